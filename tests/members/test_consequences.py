"""What an admin is told before a member is disabled, enabled, removed or gets another role."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.operations import add_group_members
from members.keys import revoke_api_key
from members.models import ApiKey, Member

from ..factories import TESTS, GroupFactory, MemberFactory, new_key
from ..pages import words


@pytest.fixture
def grace(organization, admin):
    """An admin in two groups, with two API keys that work and a revoked one."""
    grace = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    for group in GroupFactory.create_batch(2, organization=organization):
        one = organization.members.filter(pk=grace.pk)
        add_group_members(actor=TESTS, group=group, members=one)
    new_key(grace), new_key(grace)
    revoke_api_key(actor=TESTS, key=new_key(grace).key)
    return grace


@pytest.fixture
def told(console, organization, grace):
    """The changes that a page tells of, as its form stands."""

    def ask(page, **sent):
        address = reverse(f"members:{page}", args=[organization.slug, grace.pk])
        return console.post(address, {**sent, "look": "1"}).context["changes"]

    return ask


@pytest.fixture
def change(console, organization, grace):
    def post(page, **sent):
        console.post(reverse(f"members:{page}", args=[organization.slug, grace.pk]), sent)
        grace.refresh_from_db()

    return post


def working(organization):
    return ApiKey.objects.working(timezone.now()).filter(organization=organization).count()


def test_the_keys_of_whom_is_disabled_stop_and_work_again(told, change, organization):
    assert told("disable")[-1] == "2 API keys that they made stop working."
    change("disable")
    assert working(organization) == 0
    assert told("enable")[-1] == "2 API keys that they made work again."
    change("enable")
    assert working(organization) == 2


def test_the_keys_of_whom_is_no_admin_any_more_stop_and_work_again(told, change, organization):
    assert told("role", role="org_member") == [
        "They can no longer open this console, and see only their own usage.",
        "2 API keys that they made stop working.",
    ]
    change("role", role="org_member")
    assert working(organization) == 0
    assert told("role", role="org_admin") == [
        "They can open this console and change everything in it.",
        "2 API keys that they made work again.",
    ]


def test_the_role_that_they_have_changes_nothing(told):
    assert told("role", role="org_admin") == []


def test_of_a_disabled_admin_no_key_works_whatever_the_role(told, change):
    change("disable")
    assert told("role", role="org_member") == [
        "They can no longer open this console, and see only their own usage."
    ]


def test_whoever_is_removed_leaves_groups_and_keys(told, change, organization, grace):
    assert told("remove") == [
        "They return to Unassigned and cannot open the organization.",
        "They leave 2 groups.",
        "2 API keys that they made are revoked.",
        "Their seat is free.",
    ]
    change("remove")
    assert grace.groups.count() == 0
    assert organization.api_keys.filter(revoked_at=None).count() == 0


def test_who_is_in_the_group_already_is_told_apart_from_who_joins(console, organization, grace):
    group = grace.groups.first()
    MemberFactory(organization=organization)
    number = organization.members.count()
    address = reverse("members:bulk-add-to-group", args=[organization.slug])
    page = console.post(f"{address}?everyone={number}", {"group": group.pk, "look": "1"})
    assert page.context["changes"] == [f"{number - 1} members join {group}."]
    assert f"1 member is in {group} already." in words(page)
    console.post(f"{address}?everyone={number}", {"group": group.pk})
    assert group.members.count() == number
