"""What a change of settings would do to the periods, shown before it is saved."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.periods import period_at, periods_after_change
from tests.clock import utc
from tests.factories import OrganizationFactory, edit_at

OPENED = utc(2026, 1, 10)
DAY = timedelta(days=1)

zones = st.sampled_from(sorted(available_timezones()))
start_days = st.integers(1, 31)
hours = st.integers(0, 24 * 90)
waits = st.integers(0, 200 * 24).map(lambda hours: timedelta(hours=hours))


@pytest.fixture
def organization(db):
    return OrganizationFactory(opened_at=OPENED)


def ends(outlook):
    return [f"{each.ends_at:%m-%d}" for each in (outlook.current, *outlook.following)]


def stored(organization):
    return list(organization.periods.order_by("starts_at").values_list())


def times(periods):
    return [(each.starts_at, each.ends_at, each.final_at) for each in periods]


def test_without_a_change_the_calendar_goes_on(organization):
    outlook = periods_after_change(organization, now=utc(2026, 1, 20))
    assert outlook.ended == []
    assert ends(outlook) == ["02-01", "03-01", "04-01", "05-01"]


def test_the_current_period_runs_on_to_the_new_start_day(organization):
    outlook = periods_after_change(organization, now=utc(2026, 1, 20), period_start_day=15)
    assert outlook.current.starts_at == utc(2026, 1, 1)
    assert ends(outlook) == ["02-15", "03-15", "04-15", "05-15"]


def test_days_are_those_of_the_new_time_zone(organization):
    outlook = periods_after_change(organization, now=utc(2026, 1, 20), time_zone="Asia/Tokyo")
    assert outlook.current.last_day == utc(2026, 2, 28).date()
    assert [each.first_day.day for each in outlook.following] == [1, 1, 1]


def test_looking_writes_nothing_and_leaves_the_organization_as_it_is(organization):
    before = stored(organization)
    periods_after_change(organization, now=utc(2026, 6, 1), time_zone="Asia/Tokyo")
    assert stored(organization) == before
    assert organization.time_zone == "UTC"


def test_a_period_that_nobody_needed_yet_ends_by_the_old_calendar(organization):
    outlook = periods_after_change(organization, now=utc(2026, 2, 2), period_start_day=15)
    assert [each.ends_at for each in outlook.ended] == [utc(2026, 2, 1)]
    assert ends(outlook) == ["03-15", "04-15", "05-15", "06-15"]


def test_where_the_next_period_is_stored_already_that_one_runs_on(organization):
    period_at(organization, utc(2026, 2, 1))
    outlook = periods_after_change(organization, now=utc(2026, 1, 31), period_start_day=15)
    assert ends(outlook) == ["02-01", "03-15", "04-15", "05-15"]


@pytest.mark.parametrize(
    ("hours", "final_at"),
    [(96, utc(2026, 2, 5)), (24, utc(2026, 2, 2, 12)), (36, utc(2026, 2, 2, 12))],
)
def test_an_ended_period_stays_open_for_the_new_window_but_not_into_the_past(
    organization, hours, final_at
):
    now = utc(2026, 2, 2, 12)
    [january] = periods_after_change(organization, now=now, late_usage_hours=hours).ended
    assert january.final_at == final_at


def test_a_final_period_stays_final(organization):
    period_at(organization, utc(2026, 2, 20))
    assert (
        periods_after_change(organization, now=utc(2026, 2, 20), late_usage_hours=2000).ended == []
    )


@pytest.mark.django_db
@given(
    zones,
    start_days,
    hours,
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.lists(st.tuples(waits, st.booleans(), zones, start_days, hours), min_size=1, max_size=4),
)
def test_what_was_shown_is_what_saving_stores(zone, start_day, window, opened_at, changes):
    with transaction.atomic():
        organization = OrganizationFactory(
            time_zone=zone, period_start_day=start_day, opened_at=opened_at
        )
        edit_at(opened_at, organization, late_usage_hours=window)
        now = opened_at
        for wait, stored_ahead, zone, start_day, window in changes:
            organization.refresh_from_db()
            now += wait
            if stored_ahead:  # usage a moment ahead
                period_at(organization, now + timedelta(minutes=5))
            settings = {
                "time_zone": zone,
                "period_start_day": start_day,
                "late_usage_hours": window,
            }
            outlook = periods_after_change(organization, now=now, **settings)
            saved = edit_at(now, organization, **settings)
            period_at(saved, outlook.following[-1].starts_at)
            current = saved.periods.filter(ends_at__gt=now).order_by("starts_at")
            assert times(current) == times([outlook.current, *outlook.following])
            for ended in outlook.ended:
                assert times(saved.periods.filter(starts_at=ended.starts_at)) == times([ended])
            shown = [each.starts_at for each in outlook.ended]
            others = saved.periods.filter(ends_at__lte=now).exclude(starts_at__in=shown)
            assert all(each.final_at <= now for each in others)
        transaction.set_rollback(True)
