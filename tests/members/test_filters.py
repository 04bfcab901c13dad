"""Which members the list shows, by billing group, group, role and status."""

import pytest
from django.http import QueryDict

from billing import limits
from billing.periods import current_period
from groups.operations import add_group_members
from members.filters import MemberFilter
from members.models import Member
from members.operations import disable_member, remove_member
from members.templatetags.console import MOST_OPTIONS

from ..factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    limit,
    report,
)
from ..pages import names, url, words


@pytest.fixture
def person(organization):
    def make(name, credits=UNLIMITED):
        member = MemberFactory(organization=organization, name=name)
        limit(member, credits)
        return member

    return make


@pytest.fixture
def shown(console, organization, admin):
    """The names of the members that a filter leaves, but for the admin who asks."""

    def ask(**filters):
        found = names(console.get(url("members:list", organization, **filters)))
        return [name for name in found if name != admin.name]

    return ask


def test_members_of_a_billing_group(shown, person, organization):
    group = BillingGroupFactory(organization=organization)
    assign(person("Ada"), group)
    person("Bob")
    assert shown(billing_group=group.pk) == ["Ada"]
    assert shown(billing_group="unassigned") == ["Bob"]


def test_members_of_a_group(shown, person, organization):
    group = GroupFactory(organization=organization)
    ada = organization.members.filter(pk=person("Ada").pk)
    add_group_members(actor=TESTS, group=group, members=ada)
    person("Bob")
    assert shown(group=group.pk) == ["Ada"]


def test_members_of_billing_groups_by_a_part_of_their_names(shown, person, organization):
    for name in ("Search Élan", "Ads", "search"):
        assign(person(f"In {name}"), BillingGroupFactory(organization=organization, name=name))
    assert shown(billing_group_name="SEARCH") == ["In search", "In Search Élan"]
    assert shown(billing_group_name="e\u0301lan") == ["In Search Élan"]
    assert shown(billing_group_name="100%") == shown(billing_group_name="a\0") == []
    assert shown(billing_group_name="unassigned", q="in") == []


def test_members_of_groups_by_a_part_of_their_names_are_found_once(
    console, shown, person, organization
):
    ada, bob = (organization.members.filter(pk=person(name).pk) for name in ("Ada", "Bob"))
    for name, members in (("Readers", ada), ("Reviewers", ada), ("Writers", bob)):
        group = GroupFactory(organization=organization, name=name)
        add_group_members(actor=TESTS, group=group, members=members)
    assert shown(group_name="re") == ["Ada"]
    found = console.get(url("members:list", organization, group_name="re"))
    assert " 1 member Clear" in words(found)
    assert shown(group_name="ers") == ["Ada", "Bob"]
    assert shown(group_name="_") == []


def test_members_of_a_role(shown, person, organization):
    MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
    person("Bob")
    assert shown(role="org_admin") == ["Grace"]
    assert shown(role="org_member") == ["Bob"]


def test_members_of_each_status(shown, person):
    person("Ada")
    person("Bob", None)
    report(person("Carl", 5), 5)
    disable_member(actor=TESTS, member=person("Dan"))
    remove_member(actor=TESTS, member=person("Eve"))
    assert shown(status="active") == ["Ada"]
    assert shown(status="blocked") == ["Bob", "Carl"]
    assert shown(status="not_set") == ["Bob"]
    assert shown(status="disabled") == ["Dan"]
    assert shown(status="removed") == ["Eve"]
    assert shown() == ["Ada", "Bob", "Carl", "Dan"]


@pytest.mark.parametrize("status", ["active", "blocked"])
def test_all_of_a_status_are_those_of_its_pages(organization, person, status, monkeypatch):
    monkeypatch.setattr(limits, "MANY", 1)
    for name in ("Free", "Full"):
        report(person(name), 2)
    limit(Member.objects.get(name="Full"), 2)
    period = current_period(organization)
    chosen = MemberFilter(QueryDict(f"status={status}"), organization=organization, period=period)
    assert "billing_membertotal" in str(chosen.all.query)
    assert set(chosen.all) == set(chosen.qs) != set()


def test_members_of_a_billing_group_at_its_limit_are_blocked(shown, person, organization):
    group = BillingGroupFactory(organization=organization)
    assign(person("Ada"), group)
    limit(group, 0)
    assert shown(status="blocked") == ["Ada"]


def test_filters_narrow_each_other(shown, person, organization):
    group = BillingGroupFactory(organization=organization)
    for name in ("Ada", "Adam"):
        assign(person(name), group)
    person("Adele")
    assert shown(billing_group=group.pk, q="ada") == ["Ada", "Adam"]
    assert shown(billing_group=group.pk, q="adam", role="org_member") == ["Adam"]


@pytest.mark.parametrize("name", ["billing_group", "group"])
def test_what_is_not_there_or_of_another_organization_matches_nobody(shown, person, name):
    person("Ada")
    elsewhere = MemberFactory().billing_group.pk
    for value in (elsewhere, "0", "x", "²", "9" * 5000):
        assert shown(**{name: value}) == []


def test_exports_and_acts_follow_the_names_that_were_searched(console, person, organization):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    readers = GroupFactory(organization=organization, name="Readers")
    assign(person("Ada"), platform), assign(person("Bob"), platform), person("Carl")
    ada = organization.members.filter(name="Ada")
    add_group_members(actor=TESTS, group=readers, members=ada)
    named = {"billing_group_name": "plat", "group_name": "read"}
    file = console.get(url("members:export", organization, **named)).getvalue().decode()
    assert [line.split(",")[0] for line in file.splitlines()[1:]] == ["Ada"]
    act = console.get(url("members:bulk-limit", organization, everyone=1, **named))
    assert "1 member chosen." in words(act)


def test_names_of_another_organization_match_nobody(shown, person):
    person("Ada")
    BillingGroupFactory(name="Secret"), GroupFactory(name="Secret")
    assert shown(billing_group_name="Secret") == shown(group_name="Secret") == []


@pytest.mark.parametrize(
    ("name", "make", "there"),
    [("billing_group", BillingGroupFactory, 1), ("group", GroupFactory, 0)],
)
def test_where_a_select_would_be_too_long_names_are_searched(
    console, organization, name, make, there
):
    last = make(organization=organization, name="Zebra")
    make.create_batch(MOST_OPTIONS - there - 1, organization=organization)
    select, search = f'<select name="{name}"', f'type="search" name="{name}_name"'

    def has(**filters):
        page = console.get(url("members:list", organization, **filters)).text
        return [part in page for part in (select, ">Zebra</option>", search)]

    assert has() == [True, True, False]
    assert has(**{f"{name}_name": "zeb"}) == [False, False, True]
    make.create_batch(2, organization=organization)
    assert has() == [False, False, True]
    assert has(**{name: last.pk}) == [True, True, False]


@pytest.mark.parametrize("name", ["role", "status"])
def test_a_value_that_no_filter_has_matches_nobody(shown, person, name):
    person("Ada")
    assert shown(**{name: "x"}) == []


def test_nothing_found_offers_to_clear_the_filters(console, organization):
    for name in ("status", "billing_group_name", "group_name"):
        page = console.get(url("members:list", organization, **{name: "removed"}))
        assert "No member matches these filters. Clear filters" in words(page)
        assert '<a href="?">Clear filters</a>' in page.text


def test_removed_members_cannot_be_ticked(console, organization, person):
    remove_member(actor=TESTS, member=person("Eve"))
    boxes = [
        "checkbox" in console.get(url("members:list", organization, status=status)).text
        for status in ("removed", "")
    ]
    assert boxes == [False, True]


def test_members_are_sorted_by_billing_group_and_by_usage(shown, person, organization):
    assign(person("Ada"), BillingGroupFactory(organization=organization, name="Zebra"))
    assign(person("Bob"), BillingGroupFactory(organization=organization, name="Apple"))
    report(person("Carl"), 7)
    assert shown(sort="billing_group") == ["Carl", "Bob", "Ada"]
    assert shown(sort="-used")[0] == "Carl"
