"""Credits used against the limits: where members and billing groups stand in a period."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from members.arrays import any_of
from members.models import CreditsField, Member

from .models import BillingGroup, TotalField, UsageTotal

NEAR = Decimal("0.8")
ALMOST = Decimal("0.95")
MANY = 20_000  # members: from here on their sums are quicker made for all than looked up for each


def full_if(closed):
    """The limit of billing groups of which nobody uses Credits where they are `closed`."""
    return Case(When(closed, then=0), output_field=CreditsField())


JUDGED = {  # what the rule is told of a member, in its order
    "status": F("status"),
    "is_unlimited": F("is_unlimited"),
    "personal_limit": F("personal_limit"),
    "used": F("used"),
    "period_limit": F("billing_group__period_limit"),
    "group_used": F("group_used"),
}
AMONG_MANY = {  # of enabled members `as_judged`; what need not be read again is joined quicker
    **JUDGED,
    "status": Value(Member.Status.ENABLED),
    "period_limit": full_if(Q(is_closed=True)),
    "group_used": Value(0),
}
OF_A_GROUP = {  # of a member of a billing group `with_usage_in`, whom nothing else can block
    "status": Value(Member.Status.ENABLED),
    "is_unlimited": Value(True),
    "personal_limit": Value(None),
    "used": Value(None),
    "period_limit": F("period_limit"),
    "group_used": F("used"),
}


class BlockedReasons(Func):
    """Every reason of rule-breaking, told by the function that metering asks as well."""

    function = "blocked_reasons"
    output_field = ArrayField(TextField())


class IsBlocked(Func):
    """Whether there is any, told by the same rule."""

    function = "is_blocked"
    output_field = BooleanField()


def with_usage(members, period):
    """Annotate `members` with `used`: the Credits that each used in `period`."""
    own = UsageTotal.objects.filter(period=period, member=OuterRef("pk")).order_by()
    return members.annotate(
        used=_or_zero(own.values("member").annotate(sum=Sum("credits")).values("sum"))
    )


def with_usage_of_many(members, period):
    """As `with_usage`, for thousands: the sums of all who used Credits are joined at once."""
    its = FilteredRelation("member_totals", condition=Q(member_totals__period=period))
    used = Coalesce("own_total__credits", Value(0), output_field=TotalField())
    return members.alias(own_total=its).annotate(used=used)


def are_many(members):
    """Whether `members`, a queryset, are more than MANY, without counting them all."""
    return members.order_by()[MANY : MANY + 1].exists()


def with_standing(members, period, **after):
    """Annotate `members`, with their billing groups, with `used`, `group_used` and `reasons`.

    These are all that blocks them, if `after` came true: values or expressions in place of what is
    judged, by the names of JUDGED.
    """
    totals = "billing_group__group_totals"
    its = FilteredRelation(totals, condition=Q(**{f"{totals}__period": period}))  # one at most
    members = with_usage(members.with_billing_group(), period).alias(group_total=its)
    used = Coalesce("group_total__credits", Value(0), output_field=TotalField())
    return members.annotate(group_used=used).annotate(reasons=_ask(BlockedReasons, JUDGED, after))


def as_judged(members, period, with_usage=with_usage, closed=None):
    """Annotate enabled `members` with what `is_blocked` compares: `used` and `is_closed`.

    Billing groups are judged first, and their members by that: thousands are joined to fewer.
    `with_usage`: how their Credits are found; `with_usage_of_many` for thousands. `closed`: the
    `closed_groups`, where they are known.
    """
    closed = closed_groups(period) if closed is None else closed
    is_closed = any_of("billing_group", closed)
    return with_usage(members.enabled(), period).annotate(is_closed=is_closed)


def are_judged(members):
    """Whether `members`, a queryset, were found by how they stand: `as_judged`."""
    return "is_closed" in members.query.annotations


def is_blocked(**after):
    """Whether members `as_judged` are blocked, or would be if `after` came true."""
    return _ask(IsBlocked, AMONG_MANY, after)


def closed_groups(period, **after):
    """The ids of the billing groups whose limit lets nobody use Credits in `period`, or would not
    if `after` came true."""
    judged = _groups(period).values_list("pk", _ask(IsBlocked, OF_A_GROUP, after))
    return [pk for pk, is_closed in judged if is_closed]


def groups_that_turn(period, **after):
    """The ids of those that `after` opens or closes: only who is in them can turn."""
    now, then = (_ask(IsBlocked, OF_A_GROUP, told) for told in ({}, after))
    judged = _groups(period).values_list("pk", now, then)
    return [pk for pk, is_closed, would_be in judged if is_closed != would_be]


@dataclass(frozen=True, slots=True)
class Turned:
    """How many members a change blocks, and how many it unblocks."""

    blocked: int
    unblocked: int


def turning(**after):
    """Aggregates of members `as_judged`: how many it blocks and unblocks if `after` came true."""
    now, then = Q(is_blocked()), Q(is_blocked(**after))
    return {
        "blocked": Count("pk", filter=then & ~now),
        "unblocked": Count("pk", filter=now & ~then),
    }


def to_be_judged(members, period):
    """Those of `members` whom a change may turn, `as_judged`: who is disabled stays blocked."""
    if are_judged(members):
        return members.order_by()
    by = with_usage_of_many if are_many(members) else with_usage
    return as_judged(members.order_by(), period, by)


def who_turns(members, period, **after):
    """Whom of `members`, a queryset, it blocks or unblocks in `period` if `after` came true.

    `after`: as in `is_blocked`.
    """
    return Turned(**to_be_judged(members, period).aggregate(**turning(**after)))


def _groups(period):
    return period.organization.billing_groups.alive().with_usage_in(period)


def _ask(rule, about, after):
    """The `rule` on what is `about`, with `after` in place of it."""
    told = (about | after).values()
    return rule(*(each if hasattr(each, "resolve_expression") else Value(each) for each in told))


def with_usage_under(members, group, period):
    """Annotate `members` with `used`: what each used under `group` in `period`."""
    own = UsageTotal.objects.filter(period=period, member=OuterRef("pk"), billing_group=group)
    return members.annotate(used=_or_zero(own.values("credits")))


def blocked_reasons(member, period):
    """Every reason for which `member` may not use Credits in `period`, as of now; empty if none."""
    return with_standing(Member.objects.filter(pk=member.pk), period).get().reasons


def state(used, limit):
    """How near `used` is to `limit`: "", warn from 80 %, error from 95 %, blocked from 100 %."""
    if limit is None or used < limit * NEAR:
        return ""
    if used >= limit:
        return "blocked"
    return "error" if used >= limit * ALMOST else "warn"


def percent(used, limit):
    """Percent of `limit` used, rounded down, so that 100 always means blocked."""
    return int(used * 100 // limit) if limit else 0


def standing(group):
    """Where a billing group annotated with `used` stands: no limit, frozen, blocked, near, OK."""
    if group.period_limit is None:
        return BillingGroup.Standing.NO_LIMIT
    if group.period_limit == 0:
        return BillingGroup.Standing.FROZEN
    near = {"": "OK", "warn": "NEAR", "error": "NEAR", "blocked": "BLOCKED"}
    return BillingGroup.Standing[near[state(group.used, group.period_limit)]]


def _or_zero(credits):
    return Coalesce(Subquery(credits), Value(0), output_field=TotalField())
