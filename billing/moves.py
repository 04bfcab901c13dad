"""Members on their way to another billing group: from where, with what use, whom it turns."""

from decimal import Decimal
from heapq import nlargest
from typing import NamedTuple

from django.db.models import Count, Sum

from members.arrays import any_of

from . import limits
from .models import UsageTotal

MOST_SOURCES = 3


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
    is_closed, closed = limits.is_full(target.used, target.period_limit), _closed(period)
    if not limits.are_judged(members):
        those = _who_may_turn(members, is_closed, closed)
        if not limits.are_many(those):
            rows, there = _by_billing_group(members, target)
            used = _used(period, member__in=members.exclude(billing_group=target))
            free = _free(those.exclude(billing_group=target), period, closed)
            return _move(rows, there, used, _turned(free, is_closed), period)
        members = limits.as_judged(members, period, many=True, closed=closed)
    asked = {"credits": Sum("used"), "free": limits.free()}
    rows, there = _by_billing_group(members, target, **asked)
    used, shut = sum(row["credits"] for row in rows.values()), set(closed)
    free = sum(row["free"] for pk, row in rows.items() if (pk in shut) != is_closed)
    return _move(rows, there, used, _turned(free, is_closed), period)


def turned_by_unassigning(members, period):
    """Whom of `members` Unassigned turns, which is never closed."""
    closed = _closed(period)
    those = _who_may_turn(members, False, closed)
    return _turned(_free(those, period, closed, limits.are_many(those)), is_closed=False)


def used_under(group, members, period):
    """Credits that `members` used under `group` in `period`."""
    return _used(period, billing_group=group, member__in=members)


def _closed(period):
    return [*limits.closed_groups(period)]


def _free(members, period, closed, many=False):
    """How many of `members` nothing but their billing group can block."""
    judged = limits.as_judged(members.order_by(), period, many, closed)
    return judged.aggregate(free=limits.free())["free"]


def _turned(free, is_closed):
    """What becomes of the `free` whose next billing group `is_closed`, other than their own."""
    return limits.Turned(free, 0) if is_closed else limits.Turned(0, free)


def _who_may_turn(members, is_closed, closed):
    """Those of `members` who are in billing groups that are open, if the next one `is_closed`, else
    in `closed` ones."""
    in_closed = any_of("billing_group", closed)
    return members.exclude(in_closed) if is_closed else members.filter(in_closed)


def _by_billing_group(members, target, **also):
    """Who would move, by billing group; and how many are in `target` already."""
    rows = members.order_by().values("billing_group").annotate(number=Count("pk"), **also)
    rows = {row["billing_group"]: row for row in rows}
    there = rows.pop(target.pk, None)
    return rows, there["number"] if there else 0


def _move(rows, there, used, turned, period):
    number = sum(row["number"] for row in rows.values())
    return Move(number, len(rows), _sources(rows, period), there, used, turned)


def _sources(rows, period):
    """Where most come from, by number and name; of others only those are asked for who tie."""
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
