"""Which period usage falls in, for how long that stays open, and whose usage it is by then."""

from datetime import timedelta

import pytest

from billing.operations import delete_billing_group
from billing.periods import extend_back
from members.operations import disable_member, remove_member
from tests.clock import assignments_made, utc
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    edit_at,
    limit,
    report,
)
from tests.sums import assert_totals_equal_records

OPENED = utc(2026, 1, 10)
IN_JANUARY = utc(2026, 1, 20)
FEBRUARY = utc(2026, 2, 1)
FINAL = utc(2026, 2, 4)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def organization(db):
    """Opened in January 2026, UTC, with periods from the 1st that are final after 72 hours."""
    return OrganizationFactory(opened_at=OPENED)


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def member(organization):
    with assignments_made(OPENED):
        return MemberFactory(organization=organization, is_unlimited=True)


def verdict(*arguments, **more):
    outcome = report(*arguments, **more)
    return outcome.reasons[0] if outcome.outcome == "invalid" else outcome.outcome


def used(organization):
    """{start of period: Credits}"""
    return {
        period.starts_at: sum(each.credits for each in period.group_totals.all())
        for period in organization.periods.all()
    }


def test_usage_falls_in_the_period_of_its_own_time(member, organization):
    report(member, 3, at=FEBRUARY - MOMENT, received_at=FEBRUARY + timedelta(hours=1))
    report(member, 4, at=FEBRUARY, received_at=FEBRUARY + timedelta(hours=1))
    assert used(organization) == {utc(2026, 1, 1): 3, FEBRUARY: 4}


def test_a_period_is_open_for_late_usage_until_it_is_final(member):
    at = FEBRUARY - MOMENT
    assert verdict(member, at=at, received_at=FINAL - MOMENT) == "recorded"
    assert verdict(member, at=at, received_at=FINAL) == "too_late"
    assert verdict(member, at=at, received_at=FINAL, force=True) == "too_late"


def test_without_a_late_window_a_period_is_final_when_it_ends(organization, member):
    edit_at(IN_JANUARY, organization, late_usage_hours=0)
    assert verdict(member, at=FEBRUARY - MOMENT, received_at=FEBRUARY) == "too_late"
    assert verdict(member, at=FEBRUARY, received_at=FEBRUARY) == "recorded"


@pytest.mark.parametrize("force", [False, True])
def test_usage_may_be_5_minutes_in_the_future_and_no_more(member, force):
    ahead = IN_JANUARY + timedelta(minutes=5)
    assert verdict(member, at=ahead, received_at=IN_JANUARY, force=force) == "recorded"
    late = ahead + MOMENT
    assert verdict(member, at=late, received_at=IN_JANUARY, force=force) == "in_the_future"


def test_usage_in_the_future_makes_no_period(organization, member):
    far = utc(2036, 1, 1)
    assert verdict(member, at=far, received_at=IN_JANUARY) == "in_the_future"
    assert organization.periods.count() == 1


def test_usage_a_moment_ahead_may_open_the_next_period(organization, member):
    limit(member, 5)
    report(member, 5, at=IN_JANUARY, received_at=IN_JANUARY)
    ahead = {"at": FEBRUARY, "received_at": FEBRUARY - timedelta(minutes=5)}
    assert verdict(member, 5, **ahead) == "recorded"
    assert verdict(member, 5, **ahead) == "refused"
    assert used(organization) == {utc(2026, 1, 1): 5, FEBRUARY: 5}


@pytest.mark.parametrize("at", [utc(2025, 12, 31, 23, 59), utc(1, 1, 1), utc(1969, 12, 31)])
def test_usage_before_the_first_period_is_invalid(member, at):
    assert verdict(member, at=at, received_at=IN_JANUARY) == "before_first_period"
    assert verdict(member, at=at, received_at=IN_JANUARY, force=True) == "before_first_period"


def test_periods_made_for_history_take_its_usage_while_they_are_open(organization, member):
    extend_back(organization, to=utc(2025, 12, 5))
    december = utc(2025, 12, 31)
    assert verdict(member, at=december, received_at=utc(2026, 1, 3)) == "recorded"
    assert verdict(member, at=december, received_at=utc(2026, 1, 4)) == "too_late"


def test_consumption_starts_at_0_in_the_next_period_and_limits_stay(organization, member, platform):
    limit(member, 10)
    limit(platform, 10)
    with assignments_made(OPENED):
        assign(member, platform)
    for start in (utc(2026, 1, 15), FEBRUARY, utc(2026, 3, 1)):
        assert verdict(member, 10, at=start, received_at=start) == "recorded"
        assert report(member, 1, at=start, received_at=start).reasons == [
            "personal_limit_reached",
            "billing_group_limit_reached",
        ]


def test_several_periods_that_nobody_needed_are_made_at_once(organization, member):
    assert verdict(member, at=utc(2026, 6, 9), received_at=utc(2026, 6, 9)) == "recorded"
    assert organization.periods.count() == 6


def test_usage_of_an_ended_period_is_not_refused_for_limits_of_today(member, platform):
    limit(member, 0)
    limit(platform, 0)
    with assignments_made(OPENED):
        assign(member, platform)
    assert verdict(member, at=IN_JANUARY, received_at=FEBRUARY - MOMENT) == "refused"
    assert verdict(member, at=IN_JANUARY, received_at=FEBRUARY) == "recorded"


@pytest.mark.parametrize("leave", [disable_member, remove_member])
def test_usage_of_an_ended_period_is_not_refused_for_status(member, leave):
    leave(actor=TESTS, member=member)
    assert verdict(member, at=IN_JANUARY, received_at=FEBRUARY - MOMENT) == "refused"
    assert verdict(member, at=IN_JANUARY, received_at=FEBRUARY) == "recorded"


def test_late_usage_belongs_to_the_billing_group_of_its_own_time(organization, member, platform):
    unassigned = member.billing_group
    with assignments_made(utc(2026, 1, 15)):
        assign(member, platform)
    with assignments_made(utc(2026, 1, 25)):
        assign(member, unassigned)
    places = {
        utc(2026, 1, 5): unassigned,  # before the member was there
        utc(2026, 1, 15) - MOMENT: unassigned,
        utc(2026, 1, 15): platform,
        utc(2026, 1, 25) - MOMENT: platform,
        utc(2026, 1, 25): unassigned,
    }
    for at, place in places.items():
        outcome = report(member, at=at, received_at=FEBRUARY)
        assert outcome.billing_group_id == place.pk, at
    assert_totals_equal_records()


def test_the_limit_of_the_billing_group_of_its_own_time_counts_while_the_period_runs(
    member, platform
):
    unassigned = member.billing_group
    limit(platform, 0)
    with assignments_made(utc(2026, 1, 12)):
        assign(member, platform)
    with assignments_made(utc(2026, 1, 14)):
        assign(member, unassigned)
    assert verdict(member, at=utc(2026, 1, 13), received_at=IN_JANUARY) == "refused"
    assert verdict(member, at=utc(2026, 1, 14), received_at=IN_JANUARY) == "recorded"


def test_a_deleted_billing_group_takes_late_usage_of_its_time_and_its_limit_no_longer_counts(
    member, platform
):
    limit(platform, 0)
    with assignments_made(utc(2026, 1, 12)):
        assign(member, platform)
    with assignments_made(utc(2026, 1, 14)):
        delete_billing_group(actor=TESTS, billing_group=platform)
    outcome = report(member, 5, at=utc(2026, 1, 13), received_at=IN_JANUARY)
    assert (outcome.outcome, outcome.billing_group_id) == ("recorded", platform.pk)


def final_at(organization):
    return organization.periods.last().final_at


def test_a_wider_late_window_keeps_an_open_period_open_for_longer(organization, member):
    edit_at(FINAL - MOMENT, organization, late_usage_hours=96)
    assert final_at(organization) == utc(2026, 2, 5)
    assert verdict(member, at=IN_JANUARY, received_at=FINAL) == "recorded"


def test_a_narrower_late_window_closes_an_open_period_at_once_but_not_in_the_past(
    organization, member
):
    now = utc(2026, 2, 3)
    edit_at(now, organization, late_usage_hours=24)
    assert final_at(organization) == now
    assert verdict(member, at=IN_JANUARY, received_at=now) == "too_late"


@pytest.mark.parametrize("now", [FINAL, utc(2026, 2, 20)])
def test_no_late_window_re_opens_a_final_period(organization, member, now):
    edit_at(now, organization, late_usage_hours=2000)
    assert final_at(organization) == FINAL
    assert verdict(member, at=IN_JANUARY, received_at=now) == "too_late"


def test_a_period_that_a_narrow_window_made_final_stays_so_under_a_wider_one(organization, member):
    now = utc(2026, 2, 3)
    for hours in (24, 2000):
        edit_at(now, organization, late_usage_hours=hours)
    assert verdict(member, at=IN_JANUARY, received_at=now) == "too_late"
