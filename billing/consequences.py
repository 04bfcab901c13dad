"""What a write would do, said before it happens."""

import copy
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from members.templatetags.console import count, credits

from . import limits, pace
from .models import BillingGroup, UsageTotal

CLOSED = (BillingGroup.Standing.BLOCKED, BillingGroup.Standing.FROZEN)


def used_where_they_are(members, period):
    """Credits that `members` have used in `period` under their current billing groups."""
    totals = UsageTotal.objects.filter(
        period=period, member__in=members, billing_group=F("member__billing_group")
    )
    return totals.aggregate(credits=Sum("credits"))["credits"] or Decimal(0)


def of_assigning(members, target, period):
    """Sentences on moving `members` (a queryset) to `target`; None while no target is chosen."""
    number = members.count()
    if not number:
        return []
    if target is None:
        chosen = ngettext("%(count)s member chosen.", "%(count)s members chosen.", number)
        return [chosen % {"count": count(number)}]
    moves = ngettext(
        "%(count)s member moves to %(group)s.", "%(count)s members move to %(group)s.", number
    )
    stays = _("%(credits)s Credits used so far stay where they were used.")
    sentences = [
        moves % {"count": count(number), "group": target.name},
        stays % {"credits": credits(used_where_they_are(members, period))},
    ]
    return sentences + _blocked_at_once(target)


def of_removing(members, group, period):
    """What returning `members` of `group` to Unassigned changes and what stays."""
    number = members.count()
    moves = ngettext(
        "%(count)s member returns to Unassigned.",
        "%(count)s members return to Unassigned.",
        number,
    )
    stays = _("%(credits)s Credits used this period stay under %(group)s, in pages and exports.")
    used = credits(used_where_they_are(members, period))
    return [moves % {"count": count(number)}], [stays % {"credits": used, "group": group.name}]


def of_deleting(group):
    """What deleting `group` changes and what it leaves alone, as two lists of sentences."""
    number = group.member_count
    moves = ngettext(
        "%(count)s member moves to Unassigned.", "%(count)s members move to Unassigned.", number
    )
    stays = _("%(credits)s Credits used this period stay under %(group)s, in pages and exports.")
    return (
        [moves % {"count": count(number)}, _("The name is free for a new billing group.")],
        [
            stays % {"credits": credits(group.used), "group": group.name},
            _("Accounts, groups and personal usage limits."),
        ],
    )


def of_limiting(group, limit, period, now):
    """Sentences on capping `group` at `limit`: whom that blocks, and the day it is reached on."""
    after = copy.copy(group)
    after.period_limit = limit
    was, is_ = (limits.standing(each) in CLOSED for each in (group, after))
    sentences = []
    if was or is_:
        sentences.append(
            _of_blocking(was, is_, group.member_count) % {"count": count(group.member_count)}
        )
    if limits.standing(after) == BillingGroup.Standing.BLOCKED:
        sentence = _("The billing group opens again on %(day)s, or when its limit is raised.")
        next_day = period.last_day + timedelta(days=1)
        sentences.append(sentence % {"day": _day(next_day)})
    return sentences if is_ else [*sentences, _of_pace(group.used, limit, period, now)]


def _of_blocking(was, is_, number):
    if was and is_:
        return ngettext(
            "%(count)s member stays blocked.", "%(count)s members stay blocked.", number
        )
    if is_:
        return ngettext(
            "%(count)s member is blocked at once.", "%(count)s members are blocked at once.", number
        )
    return ngettext(
        "The billing group no longer blocks its %(count)s member.",
        "The billing group no longer blocks its %(count)s members.",
        number,
    )


def _of_pace(used, limit, period, now):
    if not used:
        return _("No Credits were used in this period so far.")
    at = None if limit is None else pace.reached_at(period, used, limit, now)
    if at:
        day = at.astimezone(period.organization.zone).date()
        return _("At today’s pace the limit is reached on %(day)s.") % {"day": _day(day)}
    expected = credits(pace.used_by_the_end(period, used, now))
    if limit is None:
        sentence = _("At today’s pace about %(credits)s Credits are used by %(day)s.")
    else:
        sentence = _(
            "At today’s pace the limit is not reached: about %(credits)s Credits by %(day)s."
        )
    return sentence % {"credits": expected, "day": _day(period.last_day)}


def _day(day):
    return date_format(day, pgettext("day and month", "M j"))


def _blocked_at_once(target):
    standing = limits.standing(target)
    if standing == BillingGroup.Standing.FROZEN:
        return [_("%(group)s is frozen: they will be blocked at once.") % {"group": target.name}]
    if standing == BillingGroup.Standing.BLOCKED:
        sentence = _("%(group)s is at its limit: they will be blocked at once.")
        return [sentence % {"group": target.name}]
    return []
