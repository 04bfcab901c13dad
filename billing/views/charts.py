"""Credits by day: slow where there are many records, so the pages that show them fetch them."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.charts import daily_chart, days_of, limit_chart
from config.htmx import render_page
from members.access import organization_admin

from .common import group_of, shown_period


@require_safe
@organization_admin
def days(request, organization):
    period = shown_period(request, organization)
    used = days_of(period, timezone.now())
    return _page(request, organization, period, "days", daily=daily_chart(used))


@require_safe
@organization_admin
def group_days(request, organization, key):
    """The days of one billing group; of the current period also how they near its limit."""
    period = shown_period(request, organization)
    group = group_of(organization, key, period)
    used = days_of(period, timezone.now(), group)
    has_limit = period.is_current and group.period_limit and not group.deleted_at
    charts = {
        "daily": daily_chart(used),
        "near_limit": limit_chart(used, group.period_limit) if has_limit else None,
    }
    return _page(request, organization, period, "group-days", group=group, **charts)


def _page(request, organization, period, region, **context):
    context |= {"title": _("Daily usage"), "organization": organization, "period": period}
    return render_page(request, "billing/days.html", region, context)
