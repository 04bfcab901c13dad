"""Who was in which billing group and when, whoever moved them and however."""

import random
import time
from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.models import Assignment
from billing.operations import assign_members, delete_billing_group
from members.models import Member
from members.operations import remove_member
from tests.clock import assignments_made, utc
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    assign,
    many_members,
)
from tests.racing import at_once, behind
from tests.sql import assert_refused, run

PROTECTED = "Cannot (update|delete)"


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def moved(member, platform):
    assign(member, platform)
    return member


def history(member):
    """[(billing group, since, until)], the oldest first."""
    return list(
        member.assignments.order_by("started_at", "pk").values_list(
            "billing_group", "started_at", "ended_at"
        )
    )


def assert_unbroken(member):
    """Each assignment ends when the next begins; the last is the current one and has no end."""
    member.refresh_from_db()
    places = history(member)
    for (_one, since, until), (_next, next_since, _until) in pairwise(places):
        assert since <= until == next_since
    assert places[-1] == (member.billing_group_id, member.assigned_at, None)


def test_a_new_member_has_been_in_unassigned_since_they_were_added(organization):
    before = timezone.now()
    member = MemberFactory(organization=organization)
    [(group, since, until)] = history(member)
    assert group == organization.billing_groups.unassigned().pk
    assert before - timedelta(seconds=1) < since < timezone.now() + timedelta(seconds=1)
    assert until is None
    assert_unbroken(member)


def test_a_move_ends_one_assignment_where_it_begins_the_next(member, platform):
    assign(member, platform)
    assert [group for group, _since, _until in history(member)] == [
        member.organization.billing_groups.unassigned().pk,
        platform.pk,
    ]
    assert_unbroken(member)


def test_assigning_to_the_same_billing_group_again_changes_nothing(moved, platform):
    before = history(moved)
    assign(moved, platform)
    Member.objects.update(billing_group=platform)
    assert history(moved) == before


def test_what_else_changes_about_a_member_begins_no_assignment(moved):
    before = history(moved)
    Member.objects.update(name="Renamed", is_unlimited=False)
    assert history(moved) == before


def test_a_bulk_update_moves_each_member_once_and_all_at_their_own_instant(organization, platform):
    members = many_members(organization, 50)
    here = many_members(organization, 10, billing_group=platform)
    organization.members.update(billing_group=platform)
    for member in members:
        assert len(history(member)) == 2
        assert_unbroken(member)
    assert {len(history(member)) for member in here} == {1}


def test_members_made_in_one_statement_have_a_history_each(organization, platform):
    members = many_members(organization, 3, billing_group=platform)
    assert [len(history(member)) for member in members] == [1, 1, 1]


def test_deleting_a_billing_group_and_removing_a_member_are_moves_too(moved, platform):
    delete_billing_group(actor=TESTS, billing_group=platform)
    assert len(history(moved)) == 3
    assign(moved, BillingGroupFactory(organization=moved.organization))
    remove_member(actor=TESTS, member=moved)
    assert len(history(moved)) == 5
    assert_unbroken(moved)


def test_time_is_a_parameter_of_the_transaction_alone(member, platform):
    then = utc(2030, 5, 6)
    with assignments_made(then):
        assign(member, platform)
    assert member.assigned_at == then
    other = MemberFactory(organization=member.organization)
    assert other.assigned_at < then


def test_no_move_is_stamped_before_the_one_it_follows(member, platform):
    unassigned = member.billing_group
    with assignments_made(utc(2030, 1, 1)):
        assign(member, platform)
    assign(member, unassigned)
    assert member.assigned_at == utc(2030, 1, 1)
    assert_unbroken(member)


def test_moves_at_one_instant_leave_empty_intervals_and_the_last_one_counts(member, platform):
    unassigned, at = member.billing_group, utc(2030, 1, 1)
    with assignments_made(at):
        for group in (platform, unassigned, platform):
            assign(member, group)
    assert_unbroken(member)
    current = [group for group, since, until in history(member) if until is None or since < until]
    assert current == [unassigned.pk, platform.pk]


def test_none_is_deleted(moved):
    assert_refused("DELETE FROM billing_assignment", because=PROTECTED)


@pytest.mark.parametrize(
    "change",
    [
        "started_at = started_at - interval '1 hour'",
        "billing_group_id = billing_group_id + 1",
        "member_id = member_id + 1",
    ],
)
def test_history_stays(moved, change):
    assert_refused(f"UPDATE billing_assignment SET {change}", because=PROTECTED)


@pytest.mark.parametrize("end", ["NULL", "started_at", "now() + interval '1 hour'"])
def test_an_ended_assignment_keeps_its_end(moved, end):
    assert_refused(
        f"UPDATE billing_assignment SET ended_at = {end} WHERE ended_at IS NOT NULL",
        because=PROTECTED,
    )


def test_none_ends_before_it_starts(member):
    assert_refused(
        "UPDATE billing_assignment SET ended_at = started_at - interval '1 second'",
        because="assignment_ends_after_it_starts|range lower bound",
    )


def test_no_two_of_a_member_overlap(moved):
    with pytest.raises(IntegrityError, match="one_billing_group_at_a_time"):
        Assignment.objects.create(
            organization=moved.organization,
            member=moved,
            billing_group=moved.billing_group,
            started_at=timezone.now() - timedelta(days=1),
        )


def test_nobody_stamps_an_assignment_by_hand(moved):
    before = moved.assigned_at
    run("UPDATE members_member SET assigned_at = '2000-01-01'")
    moved.refresh_from_db()
    assert moved.assigned_at == before


def test_a_member_is_always_in_a_billing_group_that_is_there(member):
    assert_refused("UPDATE members_member SET billing_group_id = NULL", because="not-null")
    assert_refused(
        "UPDATE members_member SET billing_group_id = 0",
        because="member_billing_group_alive_same_organization",
    )


@pytest.mark.django_db(transaction=True)
def test_a_move_is_stamped_after_the_one_it_follows_though_its_transaction_began_before(
    member, platform
):
    research = BillingGroupFactory(organization=member.organization)
    begun, moved = Event(), Event()

    def first():
        begun.wait()
        assign(member, platform)
        moved.set()

    @transaction.atomic
    def second():
        run("SELECT now()")
        begun.set()
        moved.wait()
        assign(member, research)

    at_once(first, second)
    assert_unbroken(member)
    assert [group for group, since, until in history(member) if since != until] == [
        member.organization.billing_groups.unassigned().pk,
        platform.pk,
        research.pk,
    ]


@pytest.mark.django_db(transaction=True)
def test_a_bare_update_that_waited_is_stamped_so_too(member, platform):
    research = BillingGroupFactory(organization=member.organization)
    move = Member.objects.filter(pk=member.pk).update
    behind(lambda: move(billing_group=platform), lambda: move(billing_group=research))
    assert_unbroken(member)
    assert len(history(member)) == 3


@pytest.mark.django_db(transaction=True)
def test_many_that_move_the_same_members_leave_each_an_unbroken_history(organization):
    members = many_members(organization, 8)
    groups = BillingGroupFactory.create_batch(3, organization=organization)

    def move(seed):
        dice = random.Random(seed)
        for _ in range(15):
            chosen = dice.sample(members, 5)
            assign_members(
                actor=TESTS,
                billing_group=dice.choice(groups),
                members=Member.objects.filter(pk__in=[each.pk for each in chosen]),
            )

    at_once(*(lambda seed=seed: move(seed) for seed in range(6)))
    assert Assignment.objects.count() > 50
    for member in members:
        assert_unbroken(member)


def test_many_who_move_after_one_are_not_compared_all_with_all(organization):
    group = BillingGroupFactory(organization=organization)
    crowd = many_members(organization, 5_000)
    run("ANALYZE members_member, billing_assignment, billing_billinggroup")
    for place in (group, organization.billing_groups.unassigned()) * 3:
        assign(crowd[0], place)
    start = time.monotonic()
    assign_members(actor=TESTS, billing_group=group, members=organization.members.all())
    assert time.monotonic() - start < 5  # seconds; half of one on an idle machine
