"""What an entry says of its changes, one by one: their names and values for reading."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from members.models import ApiKey, Member
from members.templatetags.console import count, credits, local_time, period_label
from members.text import listed

from .names import MOST_NAMED, ids_in, is_count

FIELDS = {
    "name": _("Name"),
    "description": _("Description"),
    "email": _("Email"),
    "slug": _("Address"),
    "time_zone": _("Time zone"),
    "period_start_day": _("Period start day"),
    "late_usage_hours": _("Late window (hours)"),
    "default_personal_limit": _("Default personal limit"),
    "default_is_unlimited": _("Unlimited by default"),
    "requires_two_factor": _("Require two-factor authentication of admins"),
    "role": _("Role"),
    "status": _("Status"),
    "billing_group": _("Billing group"),
    "sources": _("Moved from"),
    "personal_limit": _("Personal usage limit"),
    "is_unlimited": _("Unlimited"),
    "period_limit": _("Period Usage Limit"),
    "members": _("Members"),
    "added": _("Added"),
    "groups": _("Groups"),
    "invitations": _("Invitations"),
    "replaced": _("Invitations replaced"),
    "records": _("Usage records"),
    "sessions": _("Sessions ended"),
    "groups_left": _("Groups left"),
    "api_keys_revoked": _("API keys revoked"),
    "scopes": _("Scopes"),
    "scope": _("Scope"),
    "expires_at": _("Expires"),
    "credits": _("Credits"),
    "used": _("Credits used"),
    "reason": _("Reason"),
    "period": _("Period"),
    "rows": _("Rows"),
    "chosen_by": _("Filters"),
    "lines": _("Lines"),
    "add": _("Lines that add"),
    "change": _("Lines that change"),
    "unchanged": _("Lines without change"),
    "error": _("Lines with errors"),
    "expected": _("Members shown"),
    "found": _("Members found"),
    "changed_meanwhile": _("Changed meanwhile"),
    "method": _("Method"),
    "path": _("Page"),
}
UNSAID = {"refused"}  # the page says it as a sentence
AMOUNTS = {"personal_limit", "default_personal_limit", "period_limit", "credits", "used"}
LABELS = {
    "role": dict(Member.Role.choices),
    "status": dict(Member.Status.choices),
    "scope": dict(ApiKey.Scope.choices),
    "scopes": dict(ApiKey.Scope.choices),
    "changed_meanwhile": FIELDS,
}
LISTS = {"scopes", "changed_meanwhile"}


def details(entry, names):
    """The changes for reading, as (name, value)."""
    return [
        (FIELDS.get(field, field), _value(entry, field, names))
        for field, value in entry.changes.items()
        if field not in UNSAID and value not in ({}, [])
        if (field, value) != ("billing_group", entry.target_id)
    ]


def _value(entry, field, names):
    value = entry.changes[field]
    if is_count(entry, field):
        return count(value)
    if field in ("members", "added"):
        return _people(ids_in(entry, field), names)
    if field in ("invitations", "replaced"):
        return count(len(value))
    if field == "groups":
        return listed(names.name("Group", pk) for pk in value)
    if field in LISTS:
        return listed(_one(field, each, names) for each in value)
    if isinstance(value, dict):
        return _pairs(field, value, names)
    if isinstance(value, list):
        before, after = (_one(field, each, names) for each in value)
        return f"{before} → {after}"
    return _one(field, value, names)


def _people(ids, names):
    """The first of them by name, and how many more."""
    text = listed(names.name("Member", pk) for pk in ids[:MOST_NAMED])
    if (more := len(ids) - MOST_NAMED) <= 0:
        return text
    words = {"names": text, "count": count(more)}
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % words


def _pairs(field, value, names):
    """Counts of billing groups, or the filters that were set."""
    if field == "sources":
        value = {names.name("BillingGroup", int(pk)): count(n) for pk, n in value.items()}
    return listed(f"{name}: {each}" for name, each in value.items())


def _one(field, value, names):
    if value is None or value == "":
        return gettext("No limit") if field == "period_limit" else "–"
    if isinstance(value, bool):
        return _yes_or_no(field, value)
    if field in LABELS:
        return str(LABELS[field].get(value, value))
    if field in AMOUNTS:
        return credits(Decimal(value))
    if field == "billing_group":
        return names.name("BillingGroup", value)
    if field == "period":
        return _period(value, names)
    if field == "expires_at":
        return local_time(datetime.fromisoformat(value), names.organization)
    return str(value) if isinstance(value, str) else count(value)


def _yes_or_no(field, value):
    if field in ("name", "email"):
        return gettext("was edited")
    return gettext("yes") if value else gettext("no")


def _period(value, names):
    """A period by its id, or by its first day."""
    if isinstance(value, str):
        return gettext("from %(day)s") % {"day": date_format(date.fromisoformat(value))}
    period = names.period(value)
    return period_label(period) if period else str(value)
