"""The details of a billing group: who is in it, and who used how much under it."""

import pytest

from members.operations import disable_member, remove_member

from ..factories import TESTS, UNLIMITED, BillingGroupFactory, MemberFactory, assign, limit, report
from ..pages import names, rows, swap, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def shown(console, organization, group):
    def get(key=group.pk, **query):
        return console.get(url("billing:detail", organization, key, **query))

    return get


def user(group, name, credits=1, cap=UNLIMITED):
    member = MemberFactory(organization=group.organization, name=name, is_unlimited=True)
    assign(member, group)
    if credits:
        report(member, credits)
    limit(member, cap)
    return member


def test_members_are_shown_with_use_of_their_limit_and_status(shown, group):
    ada = user(group, "Ada", credits="7.5", cap=10)
    row = rows(shown())[f"member-{ada.pk}"]
    assert row == f"Skip to the acts Ada {ada.email} 7.5 of 10 75% Active"


def test_a_member_is_blocked_for_every_reason_there_is(shown, group):
    ada = user(group, "Ada", credits=10, cap=10)
    limit(group, 10)
    row = rows(shown())[f"member-{ada.pk}"]
    assert row.endswith("Blocked Personal limit reached; Billing group at its limit")


def test_a_disabled_member_and_one_without_a_limit_say_so(shown, group):
    ada, bob = user(group, "Ada"), user(group, "Bob", cap=None)
    disable_member(actor=TESTS, member=ada)
    assert rows(shown())[f"member-{ada.pk}"].endswith("1 Disabled")
    assert rows(shown())[f"member-{bob.pk}"].endswith("Not set Blocked No limit set")


def test_who_left_is_no_member_but_their_usage_stays(shown, organization, group):
    ada, bob = user(group, "Ada", credits=2), user(group, "Bob", credits=3)
    remove_member(actor=TESTS, member=ada)
    assign(bob, organization.billing_groups.unassigned())
    assert rows(shown()) == {}
    assert rows(shown(show="usage")) == {
        f"member-{bob.pk}": f"Bob {bob.email} 3",
        f"member-{ada.pk}": f"Ada Removed {ada.email} 2",
    }


def test_usage_is_what_was_used_under_this_group_only(shown, organization, group):
    ada = user(group, "Ada", credits="2.5")
    assign(ada, BillingGroupFactory(organization=organization))
    report(ada, 40)
    assert rows(shown(show="usage"))[f"member-{ada.pk}"].endswith(" 2.5")
    assert "All members 2.5" in words(shown(show="usage"))


def test_usage_begins_with_who_used_most_and_sorts(shown, group):
    for name, credits in [("Ada", 2), ("bob", 3), ("Eve", 1)]:
        user(group, name, credits)
    user(group, "Nobody", credits=0)
    assert names(shown(show="usage")) == ["bob", "Ada", "Eve"]
    assert names(shown(show="usage", sort="used")) == ["Eve", "Ada", "bob"]
    assert names(shown(show="usage", sort="name")) == ["Ada", "bob", "Eve"]
    assert names(shown(show="usage", sort="-name")) == ["Eve", "bob", "Ada"]


@pytest.mark.parametrize("show", ["members", "usage"])
def test_members_and_users_are_searched_by_name_and_email(shown, group, show):
    ada = user(group, "Ada_ 100%")
    user(group, "Bob")
    assert names(shown(show=show, q="ada")) == ["Ada_ 100%"]
    assert names(shown(show=show, q="_")) == ["Ada_ 100%"]
    assert names(shown(show=show, q=ada.email.upper())) == ["Ada_ 100%"]
    nobody = shown(show=show, q="nobody")
    assert rows(nobody) == {}
    assert "matches “nobody”" in words(nobody)


def test_usage_is_a_region_of_its_own(console, shown, organization, group):
    user(group, "Ada")
    address = url("billing:detail", organization, group.pk, show="usage")
    region = console.get(address, headers=swap("group-usage"))
    assert names(region) == ["Ada"]
    assert "<html" not in region.content.decode()


def test_unassigned_has_details_too(shown, organization, member, admin):
    page = shown("unassigned")
    assert set(names(page)) == {member.name, admin.name}
    assert "Unassigned System" in words(page)
    assert "/unassigned/handle/" in page.content.decode()
    for act in ("edit", "limit", "assign", "delete"):
        assert f"/unassigned/{act}/" not in page.content.decode()


def test_an_empty_group_says_so(shown):
    assert "No member is in Platform." in words(shown())
    assert "No Credits were used in this period." in words(shown(show="usage"))
