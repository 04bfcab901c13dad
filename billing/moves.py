"""Members on their way to another billing group: from where, with what use, whom it turns."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Sum

from members.arrays import any_of

from . import limits
from .models import UsageTotal

NO_LIMIT = {"period_limit": None, "group_used": 0}  # of Unassigned, and what was used of it


class Source(NamedTuple):
    """A billing group that members are in, and how many."""

    pk: int
    name: str
    is_unassigned: bool
    number: int


class Move(NamedTuple):
    """What becomes of members who get a billing group.

    `sources`: where those who move come from, the greatest numbers first; `there`: how many are
    in it already; `used`: Credits that those who move used in the period.
    """

    sources: list[Source]
    there: int
    used: Decimal
    turned: limits.Turned

    @property
    def number(self):
        """How many move."""
        return sum(source.number for source in self.sources)


def foresee(members, target, period):
    """The Move of `members`, a queryset, to the billing group `target`, annotated with `used`."""
    after = {"period_limit": target.period_limit, "group_used": target.used}
    is_judged = limits.are_judged(members)  # by how they were found: not to be found once more
    also = {"credits": Sum("used"), **limits.turning(**after)} if is_judged else {}
    numbers = _by_billing_group(members, **also)
    there = numbers.pop(target.pk, {"number": 0})["number"]
    sources = _sources(numbers, period)
    if is_judged:
        names = ("credits", "blocked", "unblocked")
        used, *turned = (sum(row[name] for row in numbers.values()) for name in names)
        return Move(sources, there, used, limits.Turned(*turned))
    moving = members.exclude(billing_group=target).order_by()
    turning = limits.groups_that_turn(period, **after)
    if sum(numbers[pk]["number"] for pk in turning if pk in numbers) > limits.MANY:
        return Move(sources, there, *_used_and_turned(moving, period, after))
    turned = limits.who_turns(moving.filter(any_of("billing_group", turning)), period, **after)
    return Move(sources, there, _used(period, member__in=moving), turned)


def turned_by_moving(members, period, **after):
    """Whom of `members` a billing group of that `period_limit` and `group_used` turns.

    Those alone are judged for whom it is another matter than their own.
    """
    turning = limits.groups_that_turn(period, **after)
    return limits.who_turns(members.filter(any_of("billing_group", turning)), period, **after)


def _used_and_turned(members, period, after):
    """Both in one pass: where most are judged, their use is at hand."""
    enabled = limits.as_judged(members, period, limits.with_usage_of_many)
    found = enabled.aggregate(credits=Sum("used"), **limits.turning(**after))
    used = (found.pop("credits") or 0) + _used(period, member__in=members.disabled())
    return used, limits.Turned(**found)


def used_under(group, members, period):
    """Credits that `members` used under `group` in `period`."""
    return _used(period, billing_group=group, member__in=members)


def _by_billing_group(members, **also):
    rows = members.order_by().values("billing_group").annotate(number=Count("pk"), **also)
    return {row["billing_group"]: row for row in rows}


def _sources(numbers, period):
    named = _groups(period, list(numbers)).values_list("pk", "name", "is_unassigned")
    sources = [Source(*group, numbers[group[0]]["number"]) for group in named]
    return sorted(sources, key=lambda source: (-source.number, source.name))


def _groups(period, ids):
    return period.organization.billing_groups.filter(any_of("pk", ids))


def _used(period, **whose):
    totals = UsageTotal.objects.filter(organization=period.organization_id, period=period, **whose)
    return totals.aggregate(used=Sum("credits"))["used"] or Decimal(0)
