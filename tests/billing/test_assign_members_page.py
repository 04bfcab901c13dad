"""Assign Members: the same picker, opened from a billing group."""

import pytest

from ..factories import BillingGroupFactory, MemberFactory, assign
from ..pages import rows, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def send(console, organization, group, **sent):
    sent = {"period": today(organization), "billing_group": group.pk, **sent}
    return console.post(url("billing:assign", organization, group.pk), sent)


def test_everybody_who_is_elsewhere_is_listed_with_their_billing_group(
    console, organization, group, admin
):
    inside, outside = MemberFactory.create_batch(2, organization=organization)
    assign(inside, group)
    assign(outside, BillingGroupFactory(organization=organization, name="Research"))
    listed = rows(console.get(url("billing:assign", organization, group.pk)))
    assert set(listed) == {f"member-{admin.pk}", f"member-{outside.pk}"}
    assert " Research " in listed[f"member-{outside.pk}"]
    assert " Unassigned " in listed[f"member-{admin.pk}"]


def test_members_move_from_wherever_they_are(console, organization, group, member):
    research = BillingGroupFactory(organization=organization, name="Research")
    other = MemberFactory(organization=organization)
    assign(other, research)
    response = send(console, organization, group, member=[member.pk, other.pk])
    assert "2 members moved to Platform." in words(console.get(response["Location"]))
    entry = organization.audit_entries.get(event="AssignBillingGroup", actor_kind="user")
    unassigned = organization.billing_groups.unassigned()
    assert entry.changes["sources"] == {str(unassigned.pk): 1, str(research.pk): 1}


def test_the_consequence_names_the_group_before_anything_is_pressed(
    console, organization, group, member
):
    page = console.get(url("billing:assign", organization, group.pk, member=member.pk))
    assert "1 member moves to Platform." in words(page)


def test_only_the_group_of_the_page_can_be_the_target(console, organization, group, member):
    other = BillingGroupFactory(organization=organization)
    response = send(console, organization, group, member=[member.pk], billing_group=other.pk)
    assert response.status_code == 422
    assert not other.members.exists()
    assert not group.members.exists()


def test_no_new_group_is_made_here(console, organization, group, member):
    send(console, organization, group, member=[member.pk], new_name="Research")
    assert organization.billing_groups.formal().get() == group


def test_when_nobody_is_elsewhere_the_page_says_so(console, organization, group, admin):
    assign(admin, group)
    page = words(console.get(url("billing:assign", organization, group.pk)))
    assert "Every member is in it already." in page
