"""The calendar of an organization: where periods begin and end, computed only here."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused
from members.models import Organization

from .models import Period


class PeriodIsOver(Refused):
    """The form or request was made for a period that is not the current one."""

    code = "period_is_over"
    message = _("That period is closed: view and export only. Go to the current period.")


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
        while start <= until:
            end = next_boundary(organization, start)
            _make(organization, start, end)
            start = end


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
            _make(organization, start, end)
            end = start


def follow_calendar(organization):
    """Let the last stored period run on to the first boundary of a changed calendar.

    Call inside the transaction that changed the organization, whose row is locked, after
    `make_periods(until=now)` under the old calendar: so no boundary that has passed moves.
    """
    last = organization.periods.first()
    ends_at = next_boundary(organization, last.ends_at - timedelta(microseconds=1))
    if ends_at != last.ends_at:
        last.ends_at, last.final_at = ends_at, ends_at + _late_window(organization)
        last.save(update_fields=["ends_at", "final_at"])


def follow_late_window(organization, *, now):
    """Apply a changed late window to the periods that are not final; a final one stays so."""
    for period in organization.periods.filter(final_at__gt=now):
        period.final_at = max(now, period.ends_at + _late_window(organization))
        period.save(update_fields=["final_at"])


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


def require_current(organization, opened_in):
    """Refuse a write that was begun in a period other than the current one; None asks nothing.

    Raises PeriodIsOver.
    """
    if opened_in is not None and opened_in != current_period(organization):
        raise PeriodIsOver


def _make(organization, start, end):
    Period.objects.create(
        organization=organization,
        starts_at=start,
        ends_at=end,
        final_at=end + _late_window(organization),
    )


def _late_window(organization):
    return timedelta(hours=organization.late_usage_hours)
