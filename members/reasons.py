"""Why a member cannot use Credits, and what opens it again, in sentences."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .templatetags.console import credits


def reasons_in_words(member, period):
    """A sentence for every reason for which `member` is blocked in `period`; none if not blocked.

    `member` is annotated by billing.limits.with_standing, the current billing group joined.
    """
    return [SENTENCES[reason](member, period) for reason in member.reasons]


def _disabled(member, period):
    return _("Blocked: %(name)s is disabled. An admin can enable them again.") % {
        "name": member.name
    }


def _removed(member, period):
    return _("Blocked: %(name)s was removed. An admin can add them again.") % {"name": member.name}


def _not_set(member, period):
    return _("Blocked: no personal limit is set. It opens when an admin sets one.")


def _personal_limit(member, period):
    if member.personal_limit == 0:
        return _("Blocked: the personal limit is 0 Credits. It opens when the limit is raised.")
    sentence = _(
        "Blocked: %(used)s of the personal limit of %(limit)s Credits are used. "
        "It opens again on %(day)s, or when the limit is raised."
    )
    return sentence % _use(member.used, member.personal_limit, period)


def _group_limit(member, period):
    group = member.billing_group
    if group.period_limit == 0:
        sentence = _("Blocked: %(group)s is frozen. It opens when its limit is raised.")
        return sentence % {"group": group.name}
    sentence = _(
        "Blocked: %(group)s has used %(used)s of %(limit)s Credits. "
        "It opens again on %(day)s, or when its limit is raised."
    )
    use = _use(member.group_used, group.period_limit, period)
    return sentence % {"group": group.name, **use}


def _use(used, limit, period):
    end = period.ends_at.astimezone(period.organization.zone)
    day = date_format(end, pgettext("day and month", "M j"))
    return {"used": credits(used), "limit": credits(limit), "day": day}


SENTENCES = {
    "member_disabled": _disabled,
    "member_removed": _removed,
    "personal_limit_not_set": _not_set,
    "personal_limit_reached": _personal_limit,
    "billing_group_limit_reached": _group_limit,
}
