"""What a change of settings would do, said before it happens."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .templatetags.console import period_label


def of_settings(before, after, now):
    """What turns the Outlook `before` into `after`: two lists of sentences, changes and stays."""
    calendar, late = _of_calendar(before, after), _of_late_window(before, after, now)
    stays = []
    if calendar:
        stays.append(_("Periods that have ended, usage, and limits, also in a longer period."))
    if late:
        stays.append(_("Periods that are final."))
    return calendar + late, stays


def late_usage(period, now):
    """Until when an ended period takes late usage, or that it is final at once."""
    if period.final_at <= now:
        return _("%(period)s is final at once.") % {"period": period_label(period)}
    sentence = _("%(period)s is open for late usage until %(time)s.")
    return sentence % {"period": period_label(period), "time": _moment(period)}


def _of_calendar(before, after):
    zones = [each.current.organization.time_zone for each in (before, after)]
    ends = [each.current.ends_at for each in (before, after)]
    days = [each.current.last_day for each in (before, after)]
    if days[0] != days[1]:
        sentence = _("The current period runs on to %(after)s instead of %(before)s.")
        return [sentence % {"before": _day(days[0]), "after": _day(days[1])}]
    if ends[0] != ends[1]:
        sentence = _("The current period still ends on %(day)s, now by the clock of %(zone)s.")
        return [sentence % {"day": _day(days[0]), "zone": zones[1].replace("_", " ")}]
    starts = [each.following[0].ends_at for each in (before, after)]
    if starts[0] != starts[1] or zones[0] != zones[1]:
        return [_("The current period ends on %(day)s, as before.") % {"day": _day(days[0])}]
    return []


def _of_late_window(before, after, now):
    pairs = zip(before.ended, after.ended, strict=True)
    return [late_usage(new, now) for old, new in pairs if old.final_at != new.final_at]


def _day(day):
    return date_format(day, pgettext("day and month", "M j"))


def _moment(period):
    at = period.final_at.astimezone(period.organization.zone)
    return date_format(at, pgettext("day and time", "M j, H:i"))
