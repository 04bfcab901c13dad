"""A group gathers members; nothing else about a member changes."""

import pytest

from audit.operations import RuleBroken, SelectionChanged, Stale
from groups.models import Group, GroupMembership
from groups.operations import (
    GroupIsGone,
    add_group_members,
    create_group,
    delete_group,
    edit_group,
    remove_group_members,
)
from members.models import Member
from members.operations import remove_member

from ..factories import TESTS, GroupFactory, MemberFactory, report


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization, name="Reviewers")


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, name="Ada", is_unlimited=True)


def only(*members):
    return Member.objects.filter(pk__in=[member.pk for member in members])


def add(group, *members, **more):
    return add_group_members(actor=TESTS, group=group, members=only(*members), **more)


def everything_about(member):
    return Member.objects.filter(pk=member.pk).values().get()


def test_joining_and_leaving_a_group_changes_nothing_else_about_a_member(group, ada):
    report(ada, 5)
    before = everything_about(ada)
    add(group, ada)
    assert everything_about(ada) == before
    remove_group_members(actor=TESTS, group=group, members=only(ada))
    assert everything_about(ada) == before
    assert list(ada.assignments.values_list("ended_at", flat=True)) == [None]


def test_a_member_is_added_once_however_often(group, ada):
    assert add(group, ada).count == 1
    assert add(group, ada).count == 0
    assert group.memberships.count() == 1


def test_a_member_can_be_in_many_groups(group, ada):
    other = GroupFactory(organization=group.organization)
    add(group, ada)
    add(other, ada)
    assert set(ada.groups.all()) == {group, other}


def test_removed_members_and_those_of_others_do_not_join(group, ada):
    remove_member(actor=TESTS, member=ada)
    assert add(group, ada, MemberFactory()).count == 0
    assert not group.memberships.exists()


def test_another_number_than_the_one_shown_joins_nobody(group, ada):
    with pytest.raises(SelectionChanged):
        add(group, ada, expected=2)
    assert not group.memberships.exists()


def test_deleting_a_group_deletes_its_memberships_only(group, ada):
    add(group, ada)
    before = everything_about(ada)
    assert delete_group(actor=TESTS, group=group).count == 1
    assert not Group.objects.exists()
    assert not GroupMembership.objects.exists()
    assert everything_about(ada) == before


def test_a_deleted_group_takes_nothing_more(group, ada):
    delete_group(actor=TESTS, group=group)
    with pytest.raises(GroupIsGone):
        add(group, ada)
    with pytest.raises(GroupIsGone):
        edit_group(actor=TESTS, group=group, name="New", description="")


def test_removing_a_member_of_the_organization_takes_them_out_of_all_groups(group, ada):
    add(group, ada)
    remove_member(actor=TESTS, member=ada)
    assert not ada.memberships.exists()


@pytest.mark.parametrize("name", ["Reviewers", "REVIEWERS"])
def test_names_are_unique_in_any_case_and_per_organization(group, organization, name):
    with pytest.raises(RuleBroken, match="group_name_once"):
        create_group(actor=TESTS, organization=organization, name=name)
    create_group(actor=TESTS, organization=MemberFactory().organization, name=name)


def test_a_name_that_somebody_else_changed_meanwhile_is_not_written_over(group):
    shown = {"name": "Reviewers", "description": ""}
    edit_group(actor=TESTS, group=group, name="Auditors", description="", shown=shown)
    with pytest.raises(Stale) as refusal:
        edit_group(actor=TESTS, group=group, name="Readers", description="", shown=shown)
    assert refusal.value.now == {"name": "Auditors"}
    group.refresh_from_db()
    assert group.name == "Auditors"


def test_each_operation_leaves_one_entry(organization, ada):
    group = create_group(actor=TESTS, organization=organization, name="Auditors")
    edit_group(actor=TESTS, group=group, name="Readers", description="Read")
    add(group, ada)
    remove_group_members(actor=TESTS, group=group, members=only(ada))
    delete_group(actor=TESTS, group=group)
    entries = organization.audit_entries.filter(target_kind="Group").order_by("id")
    assert [entry.event for entry in entries] == [
        "CreateGroup",
        "EditGroup",
        "AddGroupMember",
        "RemoveGroupMember",
        "DeleteGroup",
    ]
    assert {entry.target_id for entry in entries} == {group.pk}
    assert entries[2].changes["members"] == [ada.pk]
