"""What the pages of Billing Groups share: the period of the address, the group, the form page."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.periods import all_periods, current_period
from config.htmx import render_form
from members.templatetags.console import period_label

LONGEST_KEY = 19  # digits of an id; Python itself refuses to read numbers of thousands


def shown_period(request, organization):
    """The period that the address names (404 if there is none such), with its neighbours.

    The period has `is_current`, `query` (for addresses), and for the selector `choices`,
    `earlier_url` and `later_url`.
    """
    periods = all_periods(organization)
    for period in periods:
        period.is_current = period is periods[0]
    days = [str(period.first_day) for period in periods]
    wanted = request.GET.get("period", days[0])
    if wanted not in days:
        raise Http404
    place = days.index(wanted)
    period = periods[place]
    period.choices = [(str(each.first_day), _label(each), each == period) for each in periods]
    period.query = "" if period.is_current else f"?period={period.first_day}"
    earlier, later = periods[place + 1 : place + 2], periods[:place][-1:]
    period.earlier_url = _address(request, *earlier)
    period.later_url = _address(request, *later)
    return period


def group_of(organization, key, period, groups=None):
    """The billing group of the address with its usage and members; 404 if there is none such."""
    if len(key) > LONGEST_KEY:
        raise Http404
    groups = organization.billing_groups.all() if groups is None else groups
    return get_object_or_404(groups.named_in_url(key).with_usage_in(period).with_member_count())


def formal_group_of(organization, key):
    """The living formal billing group of the address, with its usage in the current period."""
    groups = organization.billing_groups.formal()
    return group_of(organization, key, current_period(organization), groups)


def form_page(request, organization, form, template="form_page.html", **context):
    cancel_url = reverse("billing:list", args=[organization.slug])
    return render_form(
        request, template, form, organization=organization, cancel_url=cancel_url, **context
    )


def _address(request, period=None):
    return f"{request.path}?period={period.first_day}" if period else ""


def _label(period):
    label = period_label(period)
    return _("%(period)s · Current") % {"period": label} if period.is_current else label
