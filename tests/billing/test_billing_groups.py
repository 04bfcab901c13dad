from decimal import Decimal

import pytest

from audit.operations import Actor, RuleBroken, SelectionChanged, Stale
from billing.models import BillingGroup, GroupTotal
from billing.operations import (
    BillingGroupIsGone,
    UnassignedIsFixed,
    assign_members,
    assign_to_new_billing_group,
    create_billing_group,
    delete_billing_group,
    edit_billing_group,
    set_period_limit,
)
from members.models import Member
from members.operations import add_member, remove_member
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    report,
)
from tests.racing import at_once, behind, result_or_error


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def unassigned(organization):
    return organization.billing_groups.unassigned()


def create(organization, name="Research", **more):
    return create_billing_group(actor=TESTS, organization=organization, name=name, **more)


def edit(group, **values):
    return edit_billing_group(
        actor=TESTS, billing_group=group, **{"name": group.name, "description": "", **values}
    )


def assign_all(group, **more):
    return assign_members(
        actor=TESTS, billing_group=group, members=group.organization.members.all(), **more
    )


def delete(group):
    return delete_billing_group(actor=TESTS, billing_group=group)


def test_a_billing_group_begins_without_members_and_without_a_limit(organization, admin):
    group = create_billing_group(
        actor=Actor("user", str(admin.pk)),
        organization=organization,
        name="Research",
        description="Cost center 7",
    )
    group.refresh_from_db()
    assert (group.name, group.description, group.period_limit) == (
        "Research",
        "Cost center 7",
        None,
    )
    assert group.created_by == admin
    assert not group.members.exists()


@pytest.mark.parametrize("name", ["Platform", "platform", "PLATFORM"])
def test_a_name_that_is_taken_is_refused_in_words(platform, name):
    with pytest.raises(RuleBroken) as refusal:
        create(platform.organization, name)
    assert refusal.value.code == "billing_group_name_once_per_organization"
    assert "already exists" in str(refusal.value.message)


@pytest.mark.parametrize("name", ["Unassigned", "UNASSIGNED", "Un assigned"])
def test_the_name_of_unassigned_is_refused_in_words(organization, name):
    with pytest.raises(RuleBroken, match="unassigned_is_reserved|name_once"):
        create(organization, name)


def test_renaming_renames_in_history_too(platform, member):
    assign(member, platform)
    report(member)
    edit(platform, name="Infrastructure")
    assert GroupTotal.objects.get().billing_group.name == "Infrastructure"


def test_a_name_may_change_its_case_alone(platform):
    assert edit(platform, name="PLATFORM").name == "PLATFORM"


@pytest.mark.parametrize(
    "change",
    [
        lambda group: edit(group, name="Free"),
        lambda group: edit(group, description="Explained"),
        lambda group: set_period_limit(actor=TESTS, billing_group=group, credits=Decimal(1)),
        lambda group: set_period_limit(actor=TESTS, billing_group=group, credits=None),
        delete,
    ],
)
def test_unassigned_is_fixed(unassigned, change):
    with pytest.raises(UnassignedIsFixed):
        change(unassigned)


@pytest.mark.parametrize(
    "change",
    [
        lambda group: edit(group, name="Back"),
        lambda group: set_period_limit(actor=TESTS, billing_group=group, credits=Decimal(1)),
        delete,
        assign_all,
        lambda group: add_to(group),
    ],
)
def test_nothing_is_done_with_a_deleted_billing_group(platform, change):
    delete(platform)
    with pytest.raises(BillingGroupIsGone):
        change(platform)


def test_a_limit_is_set_lifted_and_set_to_0(platform):
    for credits in (Decimal("10.5"), None, Decimal(0)):
        set_period_limit(actor=TESTS, billing_group=platform, credits=credits)
        platform.refresh_from_db()
        assert platform.period_limit == credits


def test_deleting_moves_the_members_to_unassigned_and_keeps_the_usage(platform, unassigned, member):
    assign(member, platform)
    report(member, 5)
    moved = delete(platform)
    member.refresh_from_db()
    platform.refresh_from_db()
    assert member.billing_group == unassigned
    assert (moved.billing_group, moved.count) == (unassigned, 1)
    assert (platform.name, platform.group_totals.get().credits) == ("Platform", 5)
    assert platform.deleted_at is not None


def test_assigning_moves_from_anywhere_and_leaves_alone_who_is_there(platform, organization):
    research = create(organization)
    here, there, nowhere = (
        MemberFactory(organization=organization, billing_group=platform),
        MemberFactory(organization=organization, billing_group=research),
        MemberFactory(organization=organization),
    )
    moved = assign_all(platform)
    assert set(platform.members.all()) == {here, there, nowhere}
    assert moved.count == 2
    assert moved.sources == {research.pk: 1, nowhere.billing_group_id: 1}


def test_members_return_to_unassigned_by_assigning(platform, unassigned, member):
    assign(member, platform)
    assert assign_all(unassigned).count == 1
    assert set(unassigned.members.all()) == {member}


def test_assigning_touches_neither_groups_nor_role_nor_limit_nor_status(platform, organization):
    member = MemberFactory(
        organization=organization,
        role=Member.Role.ADMIN,
        status=Member.Status.DISABLED,
        personal_limit=Decimal(7),
    )
    group = GroupFactory(organization=organization)
    group.memberships.create(organization=organization, member=member)
    assign(member, platform)
    assert (member.role, member.status, member.personal_limit) == ("org_admin", "DISABLED", 7)
    assert member.groups.get() == group


def test_a_removed_member_is_not_assigned(platform, member):
    remove_member(actor=TESTS, member=member)
    assert assign_all(platform).count == 0


def test_members_of_another_organization_are_not_assigned(platform):
    stranger = MemberFactory(organization=OrganizationFactory())
    moved = assign_members(actor=TESTS, billing_group=platform, members=Member.objects.all())
    assert moved.count == 0
    stranger.refresh_from_db()
    assert stranger.billing_group.organization == stranger.organization


def test_members_may_be_chosen_through_relations(platform, organization, member):
    group = GroupFactory(organization=organization)
    group.memberships.create(organization=organization, member=member)
    chosen = Member.objects.filter(groups=group).select_related("billing_group", "user")
    assert assign_members(actor=TESTS, billing_group=platform, members=chosen).count == 1


def test_an_assignment_of_another_number_than_was_shown_is_refused(platform, member):
    with pytest.raises(SelectionChanged):
        assign_all(platform, expected=2)
    member.refresh_from_db()
    assert member.billing_group != platform
    assert assign_all(platform, expected=1).count == 1


def test_a_new_billing_group_and_its_members_come_together_or_not_at_all(organization, member):
    arguments = {
        "actor": TESTS,
        "organization": organization,
        "name": "Research",
        "members": organization.members.all(),
    }
    with pytest.raises(SelectionChanged):
        assign_to_new_billing_group(**arguments, expected=2)
    assert not BillingGroup.objects.filter(name="Research").exists()
    assert assign_to_new_billing_group(**arguments).billing_group.name == "Research"
    member.refresh_from_db()
    assert member.billing_group.name == "Research"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_create_a_name_at_once_one_is_refused_in_words(organization):
    answers = at_once(*[result_or_error(lambda: create(organization, "Research"))] * 2)
    assert {type(each) for each in answers} == {BillingGroup, RuleBroken}


def add_to(group):
    return add_member(
        actor=TESTS,
        organization=group.organization,
        name="Ada",
        email="ada@example.test",
        billing_group=group,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("come", [assign_all, add_to])
def test_nobody_comes_into_a_billing_group_that_is_being_deleted(platform, member, come):
    _deleted, answer = behind(lambda: delete(platform), result_or_error(lambda: come(platform)))
    assert isinstance(answer, BillingGroupIsGone)
    assert not platform.members.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("come", [assign_all, add_to])
def test_who_came_in_before_a_deletion_leaves_with_the_rest(platform, member, come):
    behind(lambda: come(platform), lambda: delete(platform))
    assert not platform.members.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_move_the_same_member_at_once_the_second_is_told(platform, member):
    shown = {"billing_group": member.billing_group_id}
    one = member.organization.members.filter(pk=member.pk)
    unassigned = member.organization.billing_groups.unassigned()
    again = {"actor": TESTS, "billing_group": unassigned, "members": one, "shown": shown}
    _moved, answer = behind(
        lambda: assign_all(platform), result_or_error(lambda: assign_members(**again))
    )
    assert isinstance(answer, Stale)
    assert platform.members.get() == member
