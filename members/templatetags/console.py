"""Numbers, times and meters as every screen shows them."""

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import pgettext

from billing import limits

register = template.Library()


@register.filter
def credits(amount):
    """Credits for reading: grouped for the locale, trailing zeros dropped."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return number_format(text, force_grouping=True)


@register.filter
def count(number):
    return number_format(number, force_grouping=True)


@register.filter
def local_time(at, organization):
    return date_format(at.astimezone(organization.zone), "DATETIME_FORMAT")


@register.filter
def local_day(at, organization):
    return date_format(at.astimezone(organization.zone), "DATE_FORMAT")


@register.inclusion_tag("_meter.html")
def meter(used, limit):
    """Credits used against a limit; None means no limit."""
    if limit is None:
        return {"used_text": credits(used)}
    percent = limits.percent(used, limit)
    return {
        "used_text": credits(used),
        "limit_text": credits(limit),
        "percent_text": f"{number_format(percent, force_grouping=True)}%" if limit else "",
        "width": f"{min(percent, 100)}%",
        "state": limits.state(used, limit) if limit else "",
    }


@register.filter
def period_label(period):
    """The period's first and last day: Nov 1 – Nov 30, 2026."""
    first = date_format(period.first_day, pgettext("first day of a period", "M j"))
    last = date_format(period.last_day, pgettext("last day of a period", "M j, Y"))
    return f"{first} – {last}"
