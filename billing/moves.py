"""Members on their way to another billing group: from where, with what use, whom it turns."""

from decimal import Decimal
from heapq import nlargest
from typing import NamedTuple

from django.db.models import Count, Sum

from members.arrays import any_of

from . import limits
from .models import UsageTotal

MOST_SOURCES = 3
USED_AND_TURNED = ("credits", "blocked", "unblocked")
NOBODY = dict.fromkeys(("number", *USED_AND_TURNED), 0)
NO_LIMIT = {"period_limit": None, "group_used": 0}  # of Unassigned, and what was used of it


class Source(NamedTuple):
    """A billing group that members are in, and how many."""

    name: str
    is_unassigned: bool
    number: int


class Move(NamedTuple):
    """What becomes of members who get a billing group.

    `number`: how many move, out of so many `groups`; `sources`: those of most of them, the greatest
    number first; `there`: how many are in it already; `used`: Credits that those who move used in
    the period.
    """

    number: int
    groups: int
    sources: list[Source]
    there: int
    used: Decimal
    turned: limits.Turned


def foresee(members, target, period):
    """The Move of `members`, a queryset, to the billing group `target`, annotated with `used`."""
    after = {"period_limit": target.period_limit, "group_used": target.used}
    turning = [] if limits.are_judged(members) else limits.groups_that_turn(period, **after)
    those = members.filter(any_of("billing_group", turning))
    if limits.are_judged(members) or limits.are_many(those):
        rows = _judged_by_billing_group(members, period, after)
        there = rows.pop(target.pk, NOBODY)["number"]
        used, *turned = (sum(row[name] for row in rows.values()) for name in USED_AND_TURNED)
        turned = limits.Turned(*turned)
    else:
        rows = _by_billing_group(members)
        there = rows.pop(target.pk, NOBODY)["number"]
        moving = members.exclude(billing_group=target)
        used = _used(period, member__in=moving)
        turned = limits.who_turns(those.exclude(billing_group=target), period, **after)
    number = sum(row["number"] for row in rows.values())
    return Move(number, len(rows), _sources(rows, period), there, used, turned)


def turned_by_moving(members, period, **after):
    """Whom of `members` a billing group of that `period_limit` and `group_used` turns.

    Those alone are judged for whom it is another matter than their own.
    """
    turning = limits.groups_that_turn(period, **after)
    return limits.who_turns(members.filter(any_of("billing_group", turning)), period, **after)


def used_under(group, members, period):
    """Credits that `members` used under `group` in `period`."""
    return _used(period, billing_group=group, member__in=members)


def _by_billing_group(members, **also):
    rows = members.order_by().values("billing_group").annotate(number=Count("pk"), **also)
    return {row["billing_group"]: row for row in rows}


def _judged_by_billing_group(members, period, after):
    """All in one pass: where most are judged, their use is at hand."""
    used = {"credits": Sum("used")}
    judged = limits.to_be_judged(members, period)
    rows = _by_billing_group(judged, **used, **limits.turning(**after))
    if not limits.are_judged(members):  # as they come the disabled are among them
        disabled = limits.with_usage(members.disabled(), period)
        for group, row in _by_billing_group(disabled, **used).items():
            others = rows.get(group, NOBODY)
            rows[group] = {name: others[name] + row.get(name, 0) for name in NOBODY}
    return rows


def _sources(rows, period):
    """Where most come from, by number and name; the names of others are not asked for."""
    greatest = nlargest(MOST_SOURCES, (row["number"] for row in rows.values()))
    least = min(greatest, default=0)
    ids = [pk for pk, row in rows.items() if row["number"] >= least]
    groups = period.organization.billing_groups.filter(any_of("pk", ids))
    named = groups.values_list("pk", "name", "is_unassigned")
    sources = [Source(*group, rows[pk]["number"]) for pk, *group in named]
    return sorted(sources, key=lambda source: (-source.number, source.name))[:MOST_SOURCES]


def _used(period, **whose):
    totals = UsageTotal.objects.filter(organization=period.organization_id, period=period, **whose)
    return totals.aggregate(used=Sum("credits"))["used"] or Decimal(0)
