"""What raw SQL cannot do to members and their groups."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from groups.models import GroupMembership
from members.models import Member
from members.operations import remove_member
from tests.factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory
from tests.racing import behind, result_or_error
from tests.sql import assert_refused, run

REMOVE = "UPDATE members_member SET status = 'DELETED', deleted_at = now() WHERE id = %s"
IN_A_GROUP = "a removed member is in no group"
ELSEWHERE = "a removed member is in Unassigned"


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization)


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization)


def join(member, group):
    return GroupMembership.objects.create(
        organization=member.organization, group=group, member=member
    )


@pytest.mark.parametrize(
    "change",
    ["status = 'DELETED'", "deleted_at = now()", "deleted_at = now(), status = 'DISABLED'"],
)
def test_a_member_is_removed_since_some_time_or_not_at_all(member, change):
    assert_refused(f"UPDATE members_member SET {change}", because="member_status_known")


def test_a_removed_member_is_in_unassigned(organization, platform):
    member = MemberFactory(organization=organization, billing_group=platform)
    assert_refused(REMOVE, member.pk, because=ELSEWHERE)
    with pytest.raises(IntegrityError, match=ELSEWHERE):
        MemberFactory(
            organization=organization,
            billing_group=platform,
            status=Member.Status.DELETED,
            deleted_at=timezone.now(),
        )


def test_a_removed_member_is_assigned_to_no_other_billing_group(member, platform):
    remove_member(actor=TESTS, member=member)
    assert_refused(
        "UPDATE members_member SET billing_group_id = %s", platform.pk, because=ELSEWHERE
    )


def test_who_is_in_a_group_is_not_removed(member, group):
    join(member, group)
    assert_refused(REMOVE, member.pk, because=IN_A_GROUP)


def test_a_removed_member_joins_no_group(member, group, admin):
    remove_member(actor=TESTS, member=member)
    with pytest.raises(IntegrityError, match=IN_A_GROUP):
        GroupMembership.objects.bulk_create(
            GroupMembership(organization=member.organization, group=group, member=each)
            for each in (admin, member)
        )


def test_a_membership_goes_over_to_nobody_else(member, group, admin):
    join(member, group)
    remove_member(actor=TESTS, member=member)
    join(admin, group)
    assert_refused(
        "UPDATE groups_groupmembership SET member_id = %s", member.pk, because="Cannot update"
    )


@pytest.mark.django_db(transaction=True)
def test_who_joins_a_group_while_they_are_removed_does_not(member, group):
    _removed, refusal = behind(
        lambda: run(REMOVE, member.pk), result_or_error(lambda: join(member, group))
    )
    assert IN_A_GROUP in str(refusal)


@pytest.mark.django_db(transaction=True)
def test_who_is_removed_while_they_join_a_group_is_not(member, group):
    _joined, refusal = behind(
        lambda: join(member, group), result_or_error(lambda: run(REMOVE, member.pk))
    )
    assert IN_A_GROUP in str(refusal)


@pytest.mark.django_db(transaction=True)
def test_removing_a_member_who_is_joining_a_group_takes_them_out_of_it(member, group):
    behind(lambda: join(member, group), lambda: remove_member(actor=TESTS, member=member))
    assert not member.groups.exists()
