"""What a write would do, said before it happens: who moves, what stays, who is blocked by it.

Each gives two lists of sentences, changes and stays.
"""

import copy
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Count, F, FilteredRelation, Q, Sum, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from members.arrays import any_of
from members.templatetags.console import count, credits

from . import limits, pace
from .models import BillingGroup, TotalField

MOST_SOURCES = 3

NO_LIMIT = None, 0  # of Unassigned, and what was used of it
CLOSED = (BillingGroup.Standing.BLOCKED, BillingGroup.Standing.FROZEN)


def of_choosing(number):
    """While it is open what is done with the members chosen."""
    chosen = ngettext("%(count)s member chosen.", "%(count)s members chosen.", number)
    return [chosen % {"count": count(number)}], []


def of_assigning(members, target, period):
    """On moving `members`, a queryset, to the billing group `target`, annotated with `used`."""
    sources = _sources(members, period)
    there = _number(source for source in sources if source.pk == target.pk)
    sources = [source for source in sources if source.pk != target.pk]
    changes, stays = [], []
    if number := _number(sources):
        turned = _turned_by_moving(members, sources, period, target.period_limit, target.used)
        at_once = _at_once(turned, number, target)
        changes = [_moves(number, target), *_named(sources), *at_once]
        sentence = _("%(credits)s Credits used so far stay where they were used.")
        stays.append(sentence % {"credits": credits(_used(sources))})
    if there:
        text = ngettext(
            "%(count)s member is in %(group)s already.",
            "%(count)s members are in %(group)s already.",
            there,
        )
        stays.append(text % {"count": count(there), "group": target.name})
    return changes, stays


def of_removing(members, group, period):
    """On returning `members` of `group` to Unassigned."""
    sources = _sources(members, period)
    number = _number(sources)
    returns = ngettext(
        "%(count)s member returns to Unassigned.",
        "%(count)s members return to Unassigned.",
        number,
    )
    turned = _turned_by_moving(members, sources, period, *NO_LIMIT)
    changes = [returns % {"count": count(number)}, *turns(turned)]
    return changes, [_stays_under(group, _used(sources))]


def of_deleting(group, period):
    """On deleting `group`, annotated with `used`."""
    members = group.members.present()
    sources = _sources(members, period)
    number = _number(sources)
    moves = ngettext(
        "%(count)s member moves to Unassigned.",
        "%(count)s members move to Unassigned.",
        number,
    )
    changes = [
        moves % {"count": count(number)},
        *turns(_turned_by_moving(members, sources, period, *NO_LIMIT)),
        _("The name is free for a new billing group."),
    ]
    stays = [_stays_under(group, group.used), _("Accounts, groups and personal usage limits.")]
    return changes, stays


def of_personal_limit(members, period, personal_limit, is_unlimited):
    """On one personal usage limit for all `members`, a queryset."""
    limit = {"personal_limit": personal_limit, "is_unlimited": is_unlimited}
    numbers = members.aggregate(all=Count("pk"), other=Count("pk", filter=~Q(**limit)))
    turned = limits.who_turns(members, period, numbers["all"], **limit)
    changes = [_limits_change(numbers["other"])] if numbers["other"] else []
    changes += turns(turned) or [_("Nobody becomes blocked or unblocked.")]
    return changes, [_("Role, groups, billing group and the Credits used so far.")]


def of_adjusting(member, period, group, credits):
    """On a signed record of `credits` of `member` under `group` in the current `period`."""
    present = member.organization.members.present()
    turned = limits.who_turns(
        present.filter(Q(pk=member.pk) | Q(billing_group=group)),
        period,
        used=_more("used", credits, Q(pk=member.pk)),
        group_used=_more("group_used", credits, Q(billing_group=group)),
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


def _turned_by_moving(members, sources, period, period_limit, group_used):
    """Whom of `members`, who are in `sources`, a group of that limit and use turns.

    Those alone are judged for whom it is another matter than their own.
    """
    after = {"period_limit": period_limit, "group_used": group_used}
    groups = _groups_of(period, [source.pk for source in sources])
    turning = limits.groups_that_turn(groups, period, **after)
    sources = [source for source in sources if source.pk in turning]
    members = members.filter(any_of("billing_group", [source.pk for source in sources]))
    return limits.who_turns(members, period, _number(sources), **after)


def _moves(number, target):
    text = ngettext(
        "%(count)s member moves to %(group)s.", "%(count)s members move to %(group)s.", number
    )
    return text % {"count": count(number), "group": target.name}


class Source(NamedTuple):
    """A billing group that members are in: how many, and what they used there in a period."""

    pk: int
    name: str
    is_unassigned: bool
    number: int
    used: Decimal


def _sources(members, period):
    """The sources of `members` in `period`, the greatest numbers first."""
    there = Q(usage_totals__period=period, usage_totals__billing_group=F("billing_group"))
    members = members.alias(total=FilteredRelation("usage_totals", condition=there)).order_by()
    found = members.values_list("billing_group").annotate(Count("pk"), Sum("total__credits"))
    found = {pk: (number, used or Decimal(0)) for pk, number, used in found}
    named = _groups_of(period, list(found)).values_list("pk", "name", "is_unassigned")
    sources = [Source(*group, *found[group[0]]) for group in named]
    return sorted(sources, key=lambda source: (-source.number, source.name))


def _groups_of(period, ids):
    return period.organization.billing_groups.filter(any_of("pk", ids))


def _number(sources):
    return sum(source.number for source in sources)


def _used(sources):
    return sum(source.used for source in sources)


def _named(sources):
    """Where members come from, unless it is Unassigned alone."""
    if all(source.is_unassigned for source in sources):
        return []
    text = _("%(count)s from %(group)s.")
    first, others = sources[:MOST_SOURCES], sources[MOST_SOURCES:]
    named = [text % {"count": count(each.number), "group": each.name} for each in first]
    if others:
        text = ngettext(
            "%(count)s from %(groups)s other billing group.",
            "%(count)s from %(groups)s other billing groups.",
            len(others),
        )
        number = count(_number(others))
        named.append(text % {"count": number, "groups": count(len(others))})
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
    sentences = turns(limits.who_turns(group.members.present(), period, period_limit=limit))
    after = copy.copy(group)
    after.period_limit = limit
    standing = limits.standing(after)
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


def _at_once(turned, number, target):
    """Whom the move of a `number` to `target` turns; a full one lets nobody use Credits."""
    standing, everybody = limits.standing(target), turned.blocked == number
    if standing == BillingGroup.Standing.FROZEN:
        why = _("%(group)s is frozen: they will be blocked at once.")
        why = why if everybody else _("%(group)s is frozen.")
    elif standing == BillingGroup.Standing.BLOCKED:
        why = _("%(group)s is at its limit: they will be blocked at once.")
        why = why if everybody else _("%(group)s is at its limit.")
    else:
        return turns(turned)
    return [why % {"group": target.name}, *([] if everybody else turns(turned))]
