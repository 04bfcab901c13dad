"""The figures above the billing groups of a period."""

from datetime import timedelta

from django.db.models import Count, F, Q, Subquery, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from members.templatetags.console import count, credits, lateness

from .limits import NEAR, percent
from .pace import percent_passed, used_by_the_end

DAY = timedelta(days=1)


def strip(organization, period, used, now):
    """The figures for _strip.html with the Credits `used`; asked for only if a page shows them."""
    figures = _current if period.is_current else _past
    return SimpleLazyObject(lambda: figures(organization, period, used, now))


def _current(organization, period, used, now):
    left = -(-(period.ends_at - now) // DAY)
    near = _against_limits(organization, period)
    blocked = ngettext("%(count)s of them blocked", "%(count)s of them blocked", near["blocked"])
    unassigned = organization.billing_groups.filter(is_unassigned=True).values("pk")
    unassigned = organization.members.present().filter(billing_group=Subquery(unassigned)).count()
    return [
        {
            "label": _("Credits used"),
            "figure": credits(used),
            "note": _pace(period, used, near, now),
        },
        {
            "label": _("Days left"),
            "figure": count(left),
            "note": _("Ends on %(day)s")
            % {"day": date_format(period.last_day, pgettext("day and month", "M j"))},
        },
        {
            "label": _("At %(percent)s or more") % {"percent": "80%"},
            "figure": count(near["near"]),
            "note": blocked % {"count": count(near["blocked"])} if near["near"] else "",
        },
        {
            "label": _("Unassigned members"),
            "figure": count(unassigned),
            "url": reverse("billing:handle", args=[organization.slug]) if unassigned else "",
            "action": _("Handle"),
        },
    ]


def _past(organization, period, used, now):
    totals = period.group_totals.filter(billing_group__organization=organization)
    groups = totals.exclude(credits=0).aggregate(
        formal=Count("billing_group", filter=Q(billing_group__is_unassigned=False)),
        unassigned=Count("billing_group", filter=Q(billing_group__is_unassigned=True)),
    )
    return [
        {
            "label": _("Credits used"),
            "figure": credits(used),
            "note": lateness(period, now),
        },
        {
            "label": _("Billing groups with usage"),
            "figure": count(groups["formal"]),
            "note": _("and Unassigned") if groups["unassigned"] else "",
        },
    ]


def _pace(period, used, near, now):
    """How far the period is, beside how much of the limits is used, or of what is to be expected.

    The limits say it only where every group has one. A first day says nothing of a month.
    """
    passed = percent_passed(period, now)
    if near["limits"] and not near["unlimited"]:
        text = _("%(passed)s%% of the period passed, %(used)s%% of all limits used")
        share = count(percent(near["used_of_limits"], near["limits"]))
        return text % {"passed": passed, "used": share}
    if used and now - period.starts_at >= DAY:
        text = _(
            "%(passed)s%% of the period passed, at this pace about %(credits)s Credits by its end"
        )
        return text % {"passed": passed, "credits": credits(used_by_the_end(period, used, now))}
    return _("%(passed)s%% of the period passed") % {"passed": passed}


def _against_limits(organization, period):
    """How many groups have used 80 % of their limit or more, and all of it; what all limits are."""
    groups = organization.billing_groups.formal().with_usage_in(period).order_by()
    limited = Q(period_limit__isnull=False)
    return groups.values("used", "period_limit").aggregate(
        near=Count("pk", filter=Q(used__gte=F("period_limit") * NEAR)),
        blocked=Count("pk", filter=Q(used__gte=F("period_limit"))),
        limits=Sum("period_limit"),
        used_of_limits=Sum("used", filter=limited),
        unlimited=Count("pk", filter=~limited),
    )
