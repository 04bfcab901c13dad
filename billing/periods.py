"""The calendar of an organization: where periods begin and end, computed only here."""

import copy
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile

from django.db import transaction
from django.utils import timezone

from members.models import Organization

from .models import Period


def first_instant(day, zone):
    """The first instant (UTC) of the local date `day`, also where its midnight does not exist."""
    midnight = datetime.combine(day, time.min, zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    before = midnight.replace(fold=1).astimezone(UTC)  # in a gap, fold 1 lies before it
    while instant - before > timedelta(seconds=1):
        middle = before + (instant - before) // 2
        if middle.astimezone(zone).date() >= day:
            instant = middle
        else:
            before = middle
    return instant.replace(microsecond=0)


def local_days(period):
    """The local days of `period`, each with the instant at which it begins in the period."""
    zone, day, days = period.organization.zone, period.first_day, {}
    while day <= period.last_day:
        days[day] = max(period.starts_at, first_instant(day, zone))
        day += timedelta(days=1)
    return days


def boundaries_around(organization, at):
    """Boundaries of the organization's calendar from two months before `at` to two after."""
    zone, start_day = organization.zone, organization.period_start_day
    local = at.astimezone(zone)
    for offset in range(-2, 3):
        year, month = divmod(local.year * 12 + local.month - 1 + offset, 12)
        last_day = monthrange(year, month + 1)[1]
        yield first_instant(date(year, month + 1, min(start_day, last_day)), zone)


def next_boundary(organization, at):
    """The first boundary after the instant `at`."""
    return min(each for each in boundaries_around(organization, at) if each > at)


def last_boundary(organization, at):
    """The last boundary at or before the instant `at`."""
    return max(each for each in boundaries_around(organization, at) if each <= at)


def period_at(organization, at):
    """The period of the instant `at`, made now with every missing one before it.

    Raises Period.DoesNotExist for a time before the first period.
    """
    last = organization.periods.first()
    if last is None or at >= last.ends_at:
        make_periods(organization, until=at)
    elif at >= last.starts_at:
        return last
    return organization.periods.containing(at)


def current_period(organization, now=None):
    """The period of the present, made if it is not there yet."""
    return period_at(organization, now or timezone.now())


def all_periods(organization, now=None):
    """Every period up to the current one, which is the first of the list."""
    now = now or timezone.now()
    periods = list(organization.periods.all())
    if not periods or periods[0].ends_at <= now:
        make_periods(organization, until=now)
        periods = list(organization.periods.all())
    return [period for period in periods if period.starts_at <= now]


def make_periods(organization, *, until):
    """Make every missing period up to the one that contains `until`; racing requests make one."""
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        last = organization.periods.first()
        start = last.ends_at if last else last_boundary(organization, until)
        for period in _missing(organization, start, until):
            period.save()


def extend_back(organization, *, to):
    """Make the periods before the first one that history from the instant `to` on needs.

    Where another calendar made the first one, the hours up to it are no period of their own: it
    would begin on the same local day.
    """
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        end = organization.periods.last().starts_at
        while end > to:
            start = last_boundary(organization, end - timedelta(days=2))
            _period(organization, start, end).save()
            end = start


def follow_calendar(organization):
    """Let the last stored period run on to the first boundary of a changed calendar.

    Call inside the transaction that changed the organization, whose row is locked, after
    `make_periods(until=now)` under the old calendar: so no boundary that has passed moves.
    """
    last = organization.periods.first()
    if _run_on(last, organization):
        last.save(update_fields=["ends_at", "final_at"])


def follow_late_window(organization, *, now):
    """Apply a changed late window to the periods that are not final; a final one stays so."""
    for period in organization.periods.filter(final_at__gt=now).order_by("pk"):
        if _stay_open(period, organization, now):
            period.save(update_fields=["final_at"])


@dataclass(frozen=True, slots=True)
class Outlook:
    """Periods as they would be, unsaved: ended but not final yet, the current one, the next three.

    An ended one whose `final_at` is not after the present would be final at once.
    """

    ended: list[Period]
    current: Period
    following: list[Period]


def periods_after_change(organization, *, now, **settings):
    """The periods as they would be if `settings` of the organization were changed at `now`.

    Computed as the write computes them, and nothing is written. Returns an Outlook.
    """
    stored = list(organization.periods.filter(final_at__gt=now).order_by("starts_at"))
    end = organization.periods.first().ends_at
    missing = _missing(organization, end, now)
    periods = stored + [period for period in missing if period.final_at > now]
    changed = copy.copy(organization)
    for name, value in settings.items():
        setattr(changed, name, value)
    for period in periods:
        period.organization = changed
        _stay_open(period, changed, now)
    _run_on(periods[-1], changed)
    ended = [period for period in periods if period.ends_at <= now]
    present = periods[len(ended) :]
    present += islice(_periods_from(changed, present[-1].ends_at), 4 - len(present))
    return Outlook(ended, present[0], present[1:])


def starting_on(organization, day):
    """The stored period whose first local day is `day`; raises Period.DoesNotExist."""
    noon = datetime.combine(day, time(12), UTC)
    try:
        near = (noon - timedelta(days=2), noon + timedelta(days=2))
    except OverflowError:  # the first and the last days that there are
        raise Period.DoesNotExist from None
    for period in organization.periods.filter(starts_at__range=near):
        if period.first_day == day:
            return period
    raise Period.DoesNotExist


def _missing(organization, start, until):
    """The unsaved periods from the boundary `start` up to the one that contains `until`."""
    periods = _periods_from(organization, start)
    return list(takewhile(lambda period: period.starts_at <= until, periods))


def _periods_from(organization, start):
    """The organization's calendar from the boundary `start` on, unsaved and without end."""
    while True:
        end = next_boundary(organization, start)
        yield _period(organization, start, end)
        start = end


def _period(organization, start, end):
    final_at = end + _late_window(organization)
    return Period(organization=organization, starts_at=start, ends_at=end, final_at=final_at)


def _run_on(period, organization):
    """Let `period` end at the calendar's first boundary from its end on; True if that is later."""
    before = period.ends_at
    period.ends_at = next_boundary(organization, before - timedelta(microseconds=1))
    if period.ends_at != before:
        period.final_at = period.ends_at + _late_window(organization)
    return period.ends_at != before


def _stay_open(period, organization, now):
    """Let `period`, not final yet, take late usage for the late window; True if that changed."""
    before = period.final_at
    period.final_at = max(now, period.ends_at + _late_window(organization))
    return period.final_at != before


def _late_window(organization):
    return timedelta(hours=organization.late_usage_hours)
