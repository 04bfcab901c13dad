"""Deleting a billing group says what it does, does it, and leaves history alone."""

import pytest

from ..factories import BillingGroupFactory, MemberFactory, assign, report
from ..pages import names, rows, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def users(organization, group):
    """Two members of the group who have used 1,204.5 Credits in it."""
    members = MemberFactory.create_batch(2, organization=organization, is_unlimited=True)
    for member, credits in zip(members, ("1000", "204.5"), strict=True):
        assign(member, group)
        report(member, credits)
    return members


def delete(console, organization, group, shown=None):
    """Send the form as it is while it shows the number of members that there are, or `shown`."""
    address = url("billing:delete", organization, group.pk)
    expected = group.members.count() if shown is None else shown
    return console.post(address, {"period": today(organization), "expected": expected})


def test_the_page_says_what_will_change_and_what_stays(console, organization, group, users):
    said = words(console.get(url("billing:delete", organization, group.pk)))
    assert "Delete Platform?" in said
    assert "2 members move to Unassigned." in said
    assert "1,204.5 Credits used this period stay under Platform, in pages and exports." in said


def test_members_return_to_unassigned_and_a_sentence_counts_them(
    console, organization, group, users
):
    page = console.get(delete(console, organization, group)["Location"])
    assert "Platform was deleted. 2 members moved to Unassigned." in words(page)
    assert all(member.billing_group.is_unassigned for member in organization.members.all())


@pytest.mark.parametrize("shown", [0, 1, 3])
def test_with_another_number_of_members_than_was_shown_it_is_not_deleted(
    console, organization, group, users, shown
):
    refused = delete(console, organization, group, shown)
    assert refused.status_code == 409
    said = words(refused)
    assert "The members have changed meanwhile: now they are 2. Nothing was written." in said
    assert "2 members move to Unassigned." in said
    group.refresh_from_db()
    assert group.deleted_at is None
    again = refused.context["form"]["expected"].value()
    assert delete(console, organization, group, again).status_code == 302


@pytest.mark.parametrize("shown", ["", "x", "1.5", "9" * 5000])
def test_a_form_that_says_no_number_deletes_nothing(console, organization, group, shown):
    assert delete(console, organization, group, shown).status_code == 422
    group.refresh_from_db()
    assert group.deleted_at is None


def test_a_deleted_group_with_usage_stays_in_the_list_with_a_badge_and_no_forms(
    console, organization, group, users
):
    delete(console, organization, group)
    page = console.get(url("billing:list", organization))
    row = rows(page)[f"billing-group-{group.pk}"]
    assert row.startswith("Platform Deleted")
    assert "1,204.5" in row
    assert f"/{group.pk}/edit/" not in page.content.decode()
    assert f"/{group.pk}/limit/" not in page.content.decode()
    assert f"/{group.pk}/assign/" not in page.content.decode()


def test_a_deleted_group_without_usage_is_gone_from_the_list(console, organization, group):
    delete(console, organization, group)
    assert names(console.get(url("billing:list", organization))) == ["Unassigned"]


def test_the_details_of_a_deleted_group_show_its_usage_only(console, organization, group, users):
    delete(console, organization, group)
    page = console.get(url("billing:detail", organization, group.pk))
    assert "Platform Deleted" in words(page)
    assert {f"member-{member.pk}" for member in users} == set(rows(page))
    for act in ("edit", "limit", "assign", "delete"):
        assert f"/{group.pk}/{act}/" not in page.content.decode()


def test_of_two_deletions_the_second_finds_nothing(console, organization, group):
    assert delete(console, organization, group).status_code == 302
    assert delete(console, organization, group).status_code == 404
    assert organization.audit_entries.filter(event="DeleteBillingGroup").count() == 1
