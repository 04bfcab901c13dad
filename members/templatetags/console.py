"""Numbers, times and meters as every screen shows them."""

import json
from html import escape

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from billing import limits
from billing.models import BillingGroup, key_of
from members.alike import alike, filled
from members.models import Invitation, Member
from members.text import listed

MOST_OPTIONS = 50  # of a select: more are searched by their names

register = template.Library()
register.tag(alike)


def part(name, *but):
    """As `register.inclusion_tag`, rendered once on a page for all that differ in `but` alone."""

    def registered(tell):
        def render(told):
            return get_template(name).template.render(template.Context(told))

        @register.simple_tag(takes_context=True, name=tell.__name__)
        def tag(context, *arguments):
            told = tell(*arguments)
            kind = tuple(item for item in told.items() if item[0] not in but)
            values = {key: value for key, value in told.items() if key in but}
            return filled(context, name, kind, values, lambda values: render(told | values))

        return tell

    return registered


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


@register.simple_tag
def local_now(organization):
    """The present, where the organization is: for paper."""
    return local_time(timezone.now(), organization)


@part("_meter.html", "used_text", "limit_text", "percent_text", "width")
def meter(used, limit):
    """Credits used against a limit; None means no limit, 0 frozen: an empty bar."""
    if limit is None:
        return {"used_text": credits(used)}
    if limit == 0:
        return {"used_text": credits(used), "width": "0%"}
    percent = limits.percent(used, limit)
    return {
        "used_text": credits(used),
        "limit_text": credits(limit),
        "percent_text": f"{count(percent)}%",
        "width": f"{min(percent, 100)}%",
        "state": limits.state(used, limit),
    }


@register.filter
def period_label(period):
    """The period's first and last day: Nov 1 – Nov 30, 2026."""
    first = date_format(period.first_day, pgettext("first day of a period", "M j"))
    last = date_format(period.last_day, pgettext("last day of a period", "M j, Y"))
    return pgettext("days of a period", "%(first)s – %(last)s") % {"first": first, "last": last}


@part("_meter.html", "used_text", "limit_text", "percent_text", "width")
def personal_meter(member):
    """A member's use, `used`, of their personal limit."""
    if member.personal_limit is None and not member.is_unlimited:
        return {"used_text": gettext("Not set"), "state": "unset"}
    return meter(member.used, member.personal_limit)


BADGES = {
    BillingGroup.Standing.OK: ("ok", ""),
    BillingGroup.Standing.NEAR: ("warn", "triangle-alert"),
    BillingGroup.Standing.BLOCKED: ("danger", "ban"),
    BillingGroup.Standing.FROZEN: ("info", "snowflake"),
    BillingGroup.Standing.NO_LIMIT: ("", ""),
}
REASONS = {
    "member_disabled": _("Disabled"),
    "member_removed": _("Removed"),
    "personal_limit_not_set": _("No limit set"),
    "personal_limit_reached": _("Personal limit reached"),
    "billing_group_limit_reached": _("Billing group at its limit"),
}


@part("_badge.html")
def standing_badge(group):
    """The state of a billing group annotated with `used`."""
    standing = limits.standing(group)
    kind, icon = BADGES[standing]
    return {"text": standing.label, "kind": kind, "icon": icon}


@part("_status.html", "reason")
def member_badge(member):
    """The status of a member annotated with `reasons`."""
    status = Member.Status(member.status)
    if status == Member.Status.DISABLED:
        return {"text": status.label}
    if member.reasons:
        between = pgettext("between the reasons of a block", "; ")
        reasons = between.join(str(REASONS[reason]) for reason in member.reasons)
        return {"text": gettext("Blocked"), "kind": "danger", "icon": "ban", "reason": reasons}
    return {"text": status.label, "kind": "ok"}


STANDING = {
    Invitation.Standing.OPEN: {"kind": "info"},
    Invitation.Standing.NOT_SENT: {
        "kind": "danger",
        "icon": "circle-alert",
        "reason": _("The email could not be sent. Resend it."),
    },
    Invitation.Standing.EXPIRED: {},
    Invitation.Standing.BLOCKED: {
        "kind": "danger",
        "icon": "ban",
        "reason": _("Who invited them is no admin now. Resend it."),
    },
}


@part("_status.html", "reason")
def invitation_badge(invitation):
    """How a pending invitation stands."""
    standing = invitation.standing(timezone.now())
    return {"text": standing.label, **STANDING[standing]}


@register.simple_tag
def invited_with(invitation):
    """The personal limit and the groups that come with an invitation."""
    if invitation.is_unlimited:
        limit = gettext("Unlimited")
    elif invitation.personal_limit is None:
        limit = gettext("No limit set")
    else:
        limit = gettext("%(credits)s Credits") % {"credits": credits(invitation.personal_limit)}
    groups = [group.name for group in invitation.groups.all()]
    return f"{limit} · {few_names(groups)}" if groups else limit


@part("_badge.html")
def verdict_badge(line):
    """What the dry run says of a line of an import."""
    kinds = {"add": "ok", "change": "info", "error": "danger"}
    icon = "circle-alert" if line.verdict == "error" else ""
    return {"text": line.get_verdict_display(), "kind": kinds.get(line.verdict, ""), "icon": icon}


@register.filter
def role_name(role):
    return Member.Role(role).label


@register.simple_tag
def name_of(billing_group):
    """The name of a billing group; that of Unassigned is English in every language."""
    if billing_group.is_unassigned:
        return format_html('<span lang="en" translate="no">{}</span>', billing_group.name)
    return billing_group.name


@register.simple_tag
def options_of(billing_groups, chosen):
    """Options of a select; None if they are too many for one and none of them is chosen."""
    english = ' lang="en" translate="no"'
    groups = _few(billing_groups.values_list("pk", "is_unassigned", "name"), chosen)
    return _options(
        [(key_of(pk, own), name, english if own else "") for pk, own, name in groups], chosen
    )


@register.simple_tag
def group_options(groups, chosen):
    names = _few(groups.values_list("pk", "name"), chosen)
    return _options([(str(pk), name, "") for pk, name in names], chosen)


def _few(rows, chosen):
    return rows if chosen else rows[: MOST_OPTIONS + 1]


def _options(options, chosen):
    if len(options) > MOST_OPTIONS and not chosen:
        return None
    return mark_safe("".join(_option(*option, chosen) for option in options))


def _option(value, name, attributes, chosen):
    selected = " selected" if value == chosen else ""
    return f'<option value="{value}"{selected}{attributes}>{escape(name)}</option>'


@register.simple_tag
def few_names(names):
    """The first two names, then how many more; a dash for none."""
    more = f" +{count(len(names) - 2)}" if len(names) > 2 else ""
    return (listed(names[:2]) + more) or "–"


@register.simple_tag
def lateness(period, now=None):
    """Until when an ended period takes late usage, or since when it is final."""
    zone = period.organization.zone
    final_at = period.final_at.astimezone(zone)
    day = date_format(final_at, pgettext("day and month", "M j"))
    if (now or timezone.now()) >= period.final_at:
        return gettext("Final since %(day)s") % {"day": day}
    time = time_format(final_at, pgettext("time of day", "H:i"))
    return gettext("Open for late usage until %(day)s, %(time)s") % {"day": day, "time": time}


BROWSERS = {  # what they call themselves, the more special first
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


@register.filter
def browser_name(user_agent):
    """What a browser calls itself, in two words."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown browser")


@register.filter
def as_json(value):
    """For a data attribute, which is escaped as any other."""
    return json.dumps(value)
