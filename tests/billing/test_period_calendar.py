"""Every instant is in exactly one period: any time zone, any start day, whatever changes when."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.periods import first_instant, last_boundary, next_boundary, period_at, starting_on
from members.models import Organization
from tests.billing.plain_calendar import PlainPeriods, first_second_of
from tests.clock import utc
from tests.factories import OrganizationFactory, edit_at

ZONES = sorted(available_timezones())
MOMENT = timedelta(microseconds=1)
ODD_DAYS = [
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight is skipped
    ("America/Sao_Paulo", date(2018, 2, 18)),  # 23:00 comes twice the day before
    ("America/Havana", date(2026, 3, 8)),  # midnight is skipped
    ("America/Havana", date(2026, 11, 1)),  # midnight comes twice
    ("Africa/Cairo", date(2026, 4, 24)),  # midnight is skipped
    ("America/St_Johns", date(2010, 11, 7)),  # at 00:01 back to 23:01 of the day before
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that never was
    ("Pacific/Kwajalein", date(1993, 8, 21)),  # another
    ("Asia/Pyongyang", date(2018, 5, 5)),  # half an hour is skipped before midnight
    ("Africa/Monrovia", date(1972, 1, 7)),  # 44 minutes and 30 seconds
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour of daylight saving
    ("Europe/Dublin", date(2026, 10, 25)),  # negative daylight saving
]

zones = st.sampled_from(ZONES)
start_days = st.integers(1, 31)
instants = st.datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(("zone", "day"), ODD_DAYS)
def test_the_first_instant_of_an_odd_day(zone, day):
    for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
        assert first_instant(each, ZoneInfo(zone)) == first_second_of(each, zone)


def test_in_every_time_zone_a_boundary_is_the_first_instant_of_its_local_date():
    days = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(36)]
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in days:
            start = first_instant(day, zone)
            assert start.astimezone(zone).date() == day, name
            assert (start - MOMENT).astimezone(zone).date() < day, name


@given(zones, start_days, instants)
def test_every_instant_lies_between_its_two_boundaries(zone, start_day, at):
    organization = Organization(time_zone=zone, period_start_day=start_day)
    start, end = last_boundary(organization, at), next_boundary(organization, at)
    assert start <= at < end
    assert timedelta(days=27) < end - start < timedelta(days=32)
    assert next_boundary(organization, start) == next_boundary(organization, end - MOMENT) == end
    assert last_boundary(organization, start) == last_boundary(organization, end - MOMENT) == start


@given(zones, start_days, instants)
def test_a_boundary_is_the_first_instant_of_the_start_day_or_of_the_months_last(
    zone, start_day, at
):
    organization = Organization(time_zone=zone, period_start_day=start_day)
    end = next_boundary(organization, at)
    middle = (end + timedelta(hours=2)).astimezone(ZoneInfo(zone)).date()
    day = min(start_day, monthrange(middle.year, middle.month)[1])
    assert end == first_second_of(middle.replace(day=day), zone)


@pytest.mark.parametrize(
    ("start_day", "starts"),
    [
        (1, ["02-01", "03-01", "04-01"]),
        (28, ["01-28", "02-28", "03-28"]),
        (29, ["01-29", "02-28", "03-29"]),
        (31, ["01-31", "02-28", "03-31", "04-30", "05-31"]),
    ],
)
def test_a_start_day_is_clamped_to_the_last_of_the_month(start_day, starts):
    organization = Organization(time_zone="UTC", period_start_day=start_day)
    at = utc(2026, 1, 28) if start_day < 29 else utc(2026, 1, start_day)
    at = at if start_day > 1 else utc(2026, 2, 1)
    for start in starts:
        assert f"{at:%m-%d}" == start
        at = next_boundary(organization, at)


def test_a_leap_year_has_a_29th_of_february():
    organization = Organization(time_zone="UTC", period_start_day=31)
    assert next_boundary(organization, utc(2028, 2, 1)) == utc(2028, 2, 29)


SHIFTS = st.sampled_from([timedelta(0), -MOMENT, MOMENT, timedelta(days=3), timedelta(days=-3)])
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 70).map(lambda days: timedelta(days=days))),
    st.tuples(st.just("until_end"), SHIFTS),
    st.tuples(st.just("need"), SHIFTS),
    st.tuples(st.just("change"), zones | st.none(), start_days | st.none()),
)


def boundaries(organization):
    periods = sorted(organization.periods.all(), key=lambda period: period.starts_at)
    for one, following in zip(periods, periods[1:], strict=False):
        assert one.ends_at == following.starts_at
    return [periods[0].starts_at, *(period.ends_at for period in periods)]


@pytest.mark.django_db
@given(
    zones,
    start_days,
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.lists(STEPS, max_size=12),
)
def test_periods_are_those_of_the_plain_calendar_whatever_changes(
    zone, start_day, opened_at, steps
):
    with transaction.atomic():
        organization = OrganizationFactory(
            time_zone=zone, period_start_day=start_day, opened_at=opened_at
        )
        plain, now = PlainPeriods(zone, start_day, opened_at), opened_at
        for step, *arguments in steps:
            if step == "wait":
                now += arguments[0]
            elif step == "until_end":
                now = max(now, plain.stored[-1] + arguments[0])
            elif step == "need":  # usage a moment ahead stores the next period early
                at = max(now, plain.stored[-1] + arguments[0])
                period_at(organization, at)
                plain.need(at)
            else:
                past = [each for each in plain.stored if each <= now]
                zone, start_day = arguments[0] or zone, arguments[1] or start_day
                organization = edit_at(
                    now, organization, time_zone=zone, period_start_day=start_day
                )
                plain.change_calendar(zone, start_day, now)
                assert [each for each in boundaries(organization) if each <= now][
                    : len(past)
                ] == past
            assert boundaries(organization) == plain.stored
        for start, end in zip(plain.stored, plain.stored[1:], strict=False):
            for at in (start, start + (end - start) / 2, end - MOMENT):
                assert organization.periods.containing(at).starts_at == start
        for period in organization.periods.all():
            assert starting_on(organization, period.first_day) == period
        transaction.set_rollback(True)
