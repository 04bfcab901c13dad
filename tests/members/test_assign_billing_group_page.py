"""Assign Billing Group: one member, to any billing group, Unassigned too."""

import re
from html import unescape

import pytest

from billing.operations import assign_members, delete_billing_group
from members.models import Member
from members.operations import remove_member

from ..factories import TESTS, BillingGroupFactory, MemberFactory, assign, report
from ..pages import rows, signed_in, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def save(console, organization, member):
    def post(target):
        address = url("members:assign", organization, member.pk)
        response = console.post(address, {"billing_group": target, "period": today(organization)})
        member.refresh_from_db()
        return response

    return post


def test_the_member_moves_and_a_sentence_says_where(console, save, member, group):
    page = console.get(save(group.pk)["Location"])
    assert member.billing_group == group
    assert f"{member.name} is in Platform now." in words(page)
    assert " Platform " in rows(page)[f"member-{member.pk}"]


def test_back_to_unassigned(console, save, organization, member, group):
    assign(member, group)
    page = console.get(save(organization.billing_groups.unassigned().pk)["Location"])
    assert member.billing_group.is_unassigned
    assert f"{member.name} is in Unassigned now." in words(page)


def test_usage_stays_where_it_was_used(console, save, organization, member, group):
    report(member, 5)
    save(group.pk)
    page = console.get(url("billing:list", organization))
    assert rows(page)["billing-group-unassigned"].startswith("Unassigned System 1 5")
    assert rows(page)[f"billing-group-{group.pk}"].startswith("Platform 1 0")


def test_every_living_group_of_the_organization_can_be_chosen_unassigned_first(
    console, organization, member, group
):
    gone = BillingGroupFactory(organization=organization, name="Gone")
    delete_billing_group(actor=TESTS, billing_group=gone)
    BillingGroupFactory(name="Secret")
    page = console.get(url("members:assign", organization, member.pk))
    options = page.context["form"]["billing_group"].field.queryset
    assert [option.name for option in options] == ["Unassigned", "Platform"]
    assert "Secret" not in words(page)


@pytest.mark.parametrize("target", ["", "x", "0", "9" * 30, "unassigned", "\x00"])
def test_a_group_that_cannot_be_comes_back(save, member, target):
    assert save(target).status_code == 422
    assert member.billing_group.is_unassigned


def test_a_group_of_another_organization_is_no_choice(save, member):
    assert save(BillingGroupFactory().pk).status_code == 422
    assert member.billing_group.is_unassigned


def test_a_removed_member_has_no_forms(console, organization, member):
    remove_member(actor=TESTS, member=member)
    for form in ("assign", "limit"):
        assert console.get(url(f"members:{form}", organization, member.pk)).status_code == 404


def test_a_member_removed_meanwhile_is_not_said_to_have_moved(save, member, group, monkeypatch):
    def remove_first(**arguments):
        remove_member(actor=TESTS, member=member)
        return assign_members(**arguments)

    monkeypatch.setattr("members.views.changes.assign_members", remove_first)
    assert save(group.pk).status_code == 409
    assert member.billing_group.is_unassigned


def test_a_member_of_two_organizations_is_moved_in_one(save, member, group):
    twin = MemberFactory(user=member.user)
    save(group.pk)
    twin.refresh_from_db()
    assert member.billing_group == group
    assert twin.billing_group.is_unassigned


def test_another_admins_move_meanwhile_is_said_first(console, organization, member, group):
    grace = MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
    address = url("members:assign", organization, member.pk)
    shown = console.get(address).context["form"]["shown"].as_widget()
    shown = {"shown": unescape(re.search('value="([^"]*)"', shown)[1])}
    research = BillingGroupFactory(organization=organization, name="Research")
    signed_in(grace).post(address, {"billing_group": group.pk})
    page = console.post(address, {"billing_group": research.pk, **shown})
    assert page.status_code == 409
    assert "Grace set this to “Platform”" in words(page)
    member.refresh_from_db()
    assert member.billing_group == group
