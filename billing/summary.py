"""The figures above the billing groups of a period."""

from datetime import timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from members.templatetags.console import count, credits, lateness

from .limits import NEAR

DAY = timedelta(days=1)


def strip(organization, period, used):
    """The figures for _strip.html with the Credits `used`; asked for only if a page shows them."""
    figures = _current if period.is_current else _past
    return SimpleLazyObject(lambda: figures(organization, period, used, timezone.now()))


def _current(organization, period, used, now):
    passed = int((now - period.starts_at) * 100 // (period.ends_at - period.starts_at))
    left = -(-(period.ends_at - now) // DAY)
    near = _near_their_limit(organization, period)
    blocked = ngettext("%(count)s of them blocked", "%(count)s of them blocked", near["blocked"])
    unassigned = organization.members.present().filter(billing_group__is_unassigned=True).count()
    return [
        {
            "label": _("Credits used"),
            "figure": credits(used),
            "note": _("%(percent)s%% of the period passed") % {"percent": passed},
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
    groups = period.group_totals.exclude(credits=0).aggregate(
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


def _near_their_limit(organization, period):
    """How many living groups have used 80 % of their limit or more, and how many all of it."""
    groups = organization.billing_groups.alive().with_usage_in(period)
    groups = groups.filter(period_limit__isnull=False).order_by()
    return groups.values("used", "period_limit").aggregate(
        near=Count("pk", filter=Q(used__gte=F("period_limit") * NEAR)),
        blocked=Count("pk", filter=Q(used__gte=F("period_limit"))),
    )
