"""What a write would do, said before it happens: who moves, what stays, who is blocked by it.

Each gives two lists of sentences, changes and stays. Where it is about members chosen their number
comes first: who shows it need not count them again.
"""

import copy
from datetime import timedelta

from django.db.models import Case, Count, F, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from members.arrays import any_of
from members.templatetags.console import count, credits

from . import limits, moves, pace
from .models import BillingGroup, TotalField

CLOSED = (BillingGroup.Standing.BLOCKED, BillingGroup.Standing.FROZEN)


def of_choosing(number):
    """While it is open what is done with the members chosen."""
    chosen = ngettext("%(count)s member chosen.", "%(count)s members chosen.", number)
    return [chosen % {"count": count(number)}], []


def of_assigning(members, target, period):
    """How many `members`, a queryset, are, and what moving them to `target` would do.

    `target` is a billing group, annotated with `used`.
    """
    move = moves.foresee(members, target, period)
    changes, stays = [], []
    if move.number:
        changes = [_moves(move.number, target), *_named(move), *_at_once(move, target)]
        sentence = _("%(credits)s Credits used so far stay where they were used.")
        stays.append(sentence % {"credits": credits(move.used)})
    if move.there:
        text = ngettext(
            "%(count)s member is in %(group)s already.",
            "%(count)s members are in %(group)s already.",
            move.there,
        )
        stays.append(text % {"count": count(move.there), "group": target.name})
    return move.number + move.there, changes, stays


def of_removing(members, group, period):
    """On returning `members` of `group` to Unassigned."""
    number = members.count()
    returns = ngettext(
        "%(count)s member returns to Unassigned.",
        "%(count)s members return to Unassigned.",
        number,
    )
    changes = [returns % {"count": count(number)}, *_unassigning(members, period)]
    return changes, [_stays_under(group, moves.used_under(group, members, period))]


def of_deleting(group, period):
    """On deleting `group`, annotated with `used`."""
    members = group.members.present()
    number = members.count()
    go = ngettext(
        "%(count)s member moves to Unassigned.",
        "%(count)s members move to Unassigned.",
        number,
    )
    changes = [
        go % {"count": count(number)},
        *_unassigning(members, period),
        _("The name is free for a new billing group."),
    ]
    stays = [_stays_under(group, group.used), _("Accounts, groups and personal usage limits.")]
    return changes, stays


def of_personal_limit(members, period, personal_limit, is_unlimited):
    """How many `members`, a queryset, are, and what one personal usage limit for them would do."""
    limit = {"personal_limit": personal_limit, "is_unlimited": is_unlimited}
    asked = {"number": Count("pk"), "other": Count("pk", filter=~Q(**limit))}
    turning = limits.turning(**limit)
    found = limits.to_be_judged(members, period).aggregate(**asked, **turning)
    number, others, *turned = found.values()
    if not number:
        return 0, [], []
    changes = [_limits_change(others)] if others else []
    changes += turns(limits.Turned(*turned)) or [_("Nobody becomes blocked or unblocked.")]
    return number, changes, [_("Role, groups, billing group and the Credits used so far.")]


def of_adjusting(member, period, group, credits):
    """On a signed record of `credits` of `member` under `group` in the current `period`."""
    present = member.organization.members.present()
    closed = limits.closed_groups(period, group_used=_more("used", credits, Q(pk=group.pk)))
    turned = limits.who_turns(
        present.filter(Q(pk=member.pk) | Q(billing_group=group)),
        period,
        used=_more("used", credits, Q(pk=member.pk)),
        is_closed=any_of("billing_group", [*closed]),
    )
    changes = turns(turned) or [_("Nobody becomes blocked or unblocked.")]
    return changes, [_("The records of the usage that it mends.")]


def turns(turned):
    """Sentences on those whom a write blocks and unblocks, where there are such."""
    sentences = []
    if turned.blocked:
        text = ngettext(
            "%(count)s member becomes blocked.", "%(count)s members become blocked.", turned.blocked
        )
        sentences.append(text % {"count": count(turned.blocked)})
    if turned.unblocked:
        text = ngettext(
            "%(count)s member is no longer blocked.",
            "%(count)s members are no longer blocked.",
            turned.unblocked,
        )
        sentences.append(text % {"count": count(turned.unblocked)})
    return sentences


def _more(total, credits, condition):
    more = When(condition, then=F(total) + Value(credits))
    return Case(more, default=F(total), output_field=TotalField())


def _unassigning(members, period):
    return turns(moves.turned_by_unassigning(members, period))


def _moves(number, target):
    text = ngettext(
        "%(count)s member moves to %(group)s.", "%(count)s members move to %(group)s.", number
    )
    return text % {"count": count(number), "group": target.name}


def _named(move):
    """Where members come from, unless it is Unassigned alone."""
    if all(source.is_unassigned for source in move.sources):
        return []
    text = _("%(count)s from %(group)s.")
    named = [text % {"count": count(each.number), "group": each.name} for each in move.sources]
    if others := move.groups - len(move.sources):
        text = ngettext(
            "%(count)s from %(groups)s other billing group.",
            "%(count)s from %(groups)s other billing groups.",
            others,
        )
        number = move.number - sum(source.number for source in move.sources)
        named.append(text % {"count": count(number), "groups": count(others)})
    return named


def _limits_change(number):
    text = ngettext(
        "%(count)s personal usage limit changes.",
        "%(count)s personal usage limits change.",
        number,
    )
    return text % {"count": count(number)}


def _stays_under(group, used):
    sentence = _("%(credits)s Credits used this period stay under %(group)s, in pages and exports.")
    return sentence % {"credits": credits(used), "group": group.name}


def of_limiting(group, limit, period, now):
    """Sentences on capping `group` at `limit`: whom that turns, and the day it is reached on."""
    is_closed = limits.is_full(group.used, limit)
    members = group.members.present()
    sentences = turns(limits.who_turns(members, period, is_closed=is_closed))
    limited = copy.copy(group)
    limited.period_limit = limit
    standing = limits.standing(limited)
    if standing not in CLOSED:
        return [*sentences, of_pace(group.used, limit, period, now)]
    sentences = sentences or [_("Nobody becomes blocked or unblocked.")]
    if standing == BillingGroup.Standing.BLOCKED:
        sentence = _("The billing group opens again on %(day)s, or when its limit is raised.")
        sentences.append(sentence % {"day": _day(period.last_day + timedelta(days=1))})
    return sentences


def of_pace(used, limit, period, now):
    """Where `used` by now leads: the day on which `limit` is reached, or the use by the end."""
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


def _at_once(move, target):
    """Whom the move to `target` turns; a full one lets nobody use Credits."""
    standing, everybody = limits.standing(target), move.turned.blocked == move.number
    if standing == BillingGroup.Standing.FROZEN:
        why = _("%(group)s is frozen: they will be blocked at once.")
        why = why if everybody else _("%(group)s is frozen.")
    elif standing == BillingGroup.Standing.BLOCKED:
        why = _("%(group)s is at its limit: they will be blocked at once.")
        why = why if everybody else _("%(group)s is at its limit.")
    else:
        return turns(move.turned)
    return [why % {"group": target.name}, *([] if everybody else turns(move.turned))]
