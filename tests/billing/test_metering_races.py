"""Many at once: nobody slips past a limit, nothing is lost or doubled, no deadlock comes out."""

import random
from contextlib import suppress
from itertools import count

import pytest
from django.db import connection

from billing.metering import record_usage
from billing.models import BillingGroup, UsageRecord
from billing.operations import (
    BillingGroupIsGone,
    assign_members,
    create_billing_group,
    delete_billing_group,
    set_period_limit,
)
from members.models import Member
from members.operations import edit_organization
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    amount,
    assign,
    limit,
    many_members,
    period_open_for_late_usage,
    report,
    usage,
)
from tests.racing import at_once, meanwhile
from tests.sums import ATTRIBUTED_ELSEWHERE, assert_totals_equal_records

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def team(organization, platform):
    """One member for each thread."""
    return MemberFactory.create_batch(
        THREADS, organization=organization, billing_group=platform, is_unlimited=True
    )


@pytest.fixture(autouse=True)
def no_deadlock(transactional_db):
    """The door would hide one by trying again."""
    before = deadlocks()
    yield
    assert deadlocks() == before


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def assert_usage_is_where_its_members_were():
    with connection.cursor() as cursor:
        cursor.execute(ATTRIBUTED_ELSEWHERE)
        assert cursor.fetchall() == []


def reporting(members, times, credits=7):
    """For each of `members` a call that reports that many times."""
    return [
        lambda member=member: [report(member, credits).outcome for _ in range(times)]
        for member in members
    ]


def test_of_16_at_the_limit_of_their_billing_group_one_crosses_it(team, platform):
    for round in range(1, 9):
        limit(platform, 100 * round)
        at_once(*reporting(team, 3))
        used = platform.group_totals.get().credits
        assert 100 * round <= used < 100 * round + 7
    assert_totals_equal_records()


def test_of_16_at_the_limit_of_one_member_one_crosses_it(member):
    for round in range(1, 9):
        limit(member, 50 * round)
        at_once(*reporting([member] * THREADS, 2))
        used = member.usage_totals.get().credits
        assert 50 * round <= used < 50 * round + 7
    assert_totals_equal_records()


def test_of_batches_at_the_limit_of_two_billing_groups_one_crosses_each(
    organization, team, platform
):
    research = BillingGroupFactory(organization=organization, name="Research")
    for member in team[::2]:
        assign(member, research)
    limit(platform, 1000)
    limit(research, 500)

    def batch(seed):
        members = random.Random(seed).choices(team, k=60)
        return record_usage(organization=organization, reports=[usage(m, 7) for m in members])

    at_once(*(lambda seed=seed: batch(seed) for seed in range(8)))
    assert platform.group_totals.get().credits == 1001
    assert research.group_totals.get().credits == 504
    assert_totals_equal_records()


def test_batches_of_different_members_pass_each_other_in_groups_without_a_limit(organization):
    groups = BillingGroupFactory.create_batch(12, organization=organization)
    teams = [many_members(organization, 3, billing_group=g, is_unlimited=True) for g in groups]

    def batches(one_of_each):
        dice = random.Random(one_of_each[0].pk)
        for _ in range(10):
            members = dice.sample(one_of_each, k=len(one_of_each))
            record_usage(organization=organization, reports=[usage(each) for each in members])

    at_once(*(lambda crew=crew: batches(crew) for crew in zip(*teams, strict=True)))
    assert {group.group_totals.get().credits for group in groups} == {30}
    assert_totals_equal_records()


def test_limits_hold_while_members_move_and_limits_change_and_groups_are_deleted(
    organization, member, team, platform
):
    """Platform and one member keep their limits; everything around them is in motion."""
    limit(platform, 300)
    limit(member, 100)
    others = BillingGroupFactory.create_batch(3, organization=organization)
    everybody, dice, numbers = [member, *team], random.Random(1), count()

    def some_members():
        chosen = dice.sample(everybody, 5)
        return Member.objects.filter(pk__in=[each.pk for each in chosen])

    def move():
        group = dice.choice([platform, *others])
        assign_members(actor=TESTS, billing_group=group, members=some_members())

    def change_limits():
        credits = amount(dice.choice([None, 0, 50, 1000]))
        set_period_limit(actor=TESTS, billing_group=dice.choice(others), credits=credits)

    def create_and_delete():
        name = f"Shortly {next(numbers)}"
        group = create_billing_group(actor=TESTS, organization=organization, name=name)
        assign_members(actor=TESTS, billing_group=group, members=some_members())
        delete_billing_group(actor=TESTS, billing_group=group)

    calls = reporting([member, member, *team], 25)
    meanwhile(calls, move, change_limits, create_and_delete)
    assert platform.group_totals.get().credits < 300 + 7
    assert sum(total.credits for total in member.usage_totals.all()) < 100 + 7
    assert_usage_is_where_its_members_were()
    assert_totals_equal_records()


def test_batches_and_single_reports_pass_moves_of_all_their_members(organization):
    """Handle moves 1,000 members to and fro while batches of 1,000 come in in another order."""
    members = many_members(organization, 1000, is_unlimited=True)
    groups = BillingGroupFactory.create_batch(2, organization=organization)
    limit(groups[0], 10_000_000)
    turns = count()

    def handle():
        group = groups[next(turns) % 2]
        assign_members(actor=TESTS, billing_group=group, members=organization.members.all())

    def batch(seed):
        order = random.Random(seed).sample(members, k=1000)
        outcomes = record_usage(organization=organization, reports=[usage(m) for m in order])
        return {each.outcome for each in outcomes}

    batches = [lambda seed=seed: batch(seed) for seed in range(4)]
    assert meanwhile(batches, handle) == [{"recorded"}] * 4
    assert UsageRecord.objects.count() == 4000
    assert_usage_is_where_its_members_were()
    assert_totals_equal_records()


def test_a_billing_group_is_deleted_with_everybody_in_it_however_they_race(organization):
    members = MemberFactory.create_batch(4, organization=organization, is_unlimited=True)

    def assign_all(group):
        with suppress(BillingGroupIsGone):
            assign_members(actor=TESTS, billing_group=group, members=organization.members.all())

    for _ in range(10):
        group = BillingGroupFactory(organization=organization)
        assign(members[0], group)
        at_once(
            lambda group=group: delete_billing_group(actor=TESTS, billing_group=group),
            lambda group=group: assign_all(group),
            lambda group=group: assign_all(group),
            *reporting(members, 2),
        )
    deleted = BillingGroup.objects.exclude(deleted_at=None)
    assert deleted.count() == 10
    assert not Member.objects.filter(billing_group__in=deleted).exists()
    assert_usage_is_where_its_members_were()
    assert_totals_equal_records()


def test_reports_that_all_need_the_next_period_make_one(organization, team):
    period = organization.periods.get()
    outcomes = at_once(
        *(
            lambda member=member: report(member, at=period.ends_at, received_at=period.ends_at)
            for member in team
        )
    )
    assert {each.outcome for each in outcomes} == {"recorded"}
    assert organization.periods.count() == 2


def test_nothing_comes_into_a_period_once_it_is_final():
    past = period_open_for_late_usage()
    team = MemberFactory.create_batch(THREADS, organization=past.organization)

    def report_until_too_late(member):
        outcomes = iter(lambda: report(member, at=past.starts_at).outcome, "invalid")
        return sum(outcome == "recorded" for outcome in outcomes)

    def close_when_some_came():
        while past.used < 2 * THREADS:
            pass
        edit_organization(actor=TESTS, organization=past.organization, late_usage_hours=0)
        return past.used

    reporters = (lambda member=member: report_until_too_late(member) for member in team)
    used, *reported = at_once(close_when_some_came, *reporters)
    assert used == past.used == sum(reported)
    assert_totals_equal_records()
