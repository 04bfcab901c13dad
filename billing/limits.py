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


JUDGED = {  # what the rule is told of a member, in its order
    "status": F("status"),
    "is_unlimited": F("is_unlimited"),
    "personal_limit": F("personal_limit"),
    "used": F("used"),
    "period_limit": F("billing_group__period_limit"),
    "group_used": F("group_used"),
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


def as_judged(members, period, many=False, closed=None, all_enabled=False):
    """Annotate `members` with `is_blocked`, as if enabled, and with what it compares.

    These are `used`, the sums of `many` being made at once; and `is_closed`: billing groups are
    judged first, and their members by that. Who only looks is quicker with the list `closed` of the
    `closed_groups`; without it they are found whenever the members are, which may be later, under
    locks. `can_turn`: whether they are enabled; who is disabled stays blocked whatever changes.
    """
    members = with_usage_of_many(members, period) if many else with_usage(members, period)
    if closed is None:
        is_closed = Q(billing_group__in=closed_groups(period))
    else:
        is_closed = any_of("billing_group", closed)
    can_turn = Value(True) if all_enabled else Q(status=Member.Status.ENABLED)
    members = members.annotate(is_closed=is_closed, can_turn=can_turn)
    return members.annotate(is_blocked=_would_be_blocked())


def who_is(members, blocked):
    """Those of `members`, enabled and `as_judged`, who are `blocked`, or who are not."""
    found = members.filter(is_blocked=blocked)
    return found.annotate(is_blocked=Value(blocked))  # they need not be judged again


def are_judged(members):
    """Whether `members`, a queryset, are `as_judged` already: found by status, for one."""
    return "is_blocked" in members.query.annotations


def _would_be_blocked(**after):
    """Whether members `as_judged`, if enabled, would be blocked; `after` as in `turning`."""
    is_closed = after.pop("is_closed", Q(is_closed=True))
    full = Case(When(_expression(is_closed), then=0), output_field=CreditsField())
    told = {"status": Member.Status.ENABLED, "period_limit": full, "group_used": 0}
    return _ask(IsBlocked, JUDGED, told | after)


def closed_groups(period, **after):
    """The ids, a queryset, of the billing groups whose limit lets nobody use Credits in `period`,
    or would not if `after` came true."""
    return _groups(period).filter(_ask(IsBlocked, OF_A_GROUP, after)).values_list("pk", flat=True)


@dataclass(frozen=True, slots=True)
class Turned:
    """How many members a change blocks, and how many it unblocks."""

    blocked: int
    unblocked: int


def turning(**after):
    """Aggregates of members `as_judged`: how many it blocks and unblocks if `after` came true.

    `after`: `is_closed`, that the limit of their billing group lets nobody use Credits, as a
    condition or for all of them; other values or expressions by the names of JUDGED.
    """
    now, then, can_turn = Q(is_blocked=True), Q(_would_be_blocked(**after)), Q(can_turn=True)
    return {
        "blocked": Count("pk", filter=then & ~now & can_turn),
        "unblocked": Count("pk", filter=now & ~then & can_turn),
    }


def free():
    """The aggregate of members `as_judged`: how many nothing but their billing group can block."""
    return Count("pk", filter=~Q(_would_be_blocked(is_closed=False)) & Q(can_turn=True))


def to_be_judged(members, period):
    """All of `members`, `as_judged`, for somebody who only looks."""
    members = members.order_by()
    if are_judged(members):
        return members
    return as_judged(members, period, are_many(members), [*closed_groups(period)])


def who_turns(members, period, **after):
    """Whom of `members`, a queryset, it blocks or unblocks in `period` if `after` came true.

    `after`: as in `turning`.
    """
    return Turned(**to_be_judged(members, period).aggregate(**turning(**after)))


def _groups(period):
    return period.organization.billing_groups.alive().with_usage_in(period)


def _ask(rule, about, after):
    """The `rule` on what is `about`, with `after` in place of it."""
    return rule(*map(_expression, (about | after).values()))


def _expression(value):
    return value if hasattr(value, "resolve_expression") else Value(value)


def with_usage_under(members, group, period):
    """Annotate `members` with `used`: what each used under `group` in `period`."""
    own = UsageTotal.objects.filter(period=period, member=OuterRef("pk"), billing_group=group)
    return members.annotate(used=_or_zero(own.values("credits")))


def blocked_reasons(member, period):
    """Every reason for which `member` may not use Credits in `period`, as of now; empty if none."""
    return with_standing(Member.objects.filter(pk=member.pk), period).get().reasons


def is_full(used, limit):
    """Whether a billing group that `used` so much of its `limit` lets nobody use Credits."""
    return limit is not None and used >= limit


def state(used, limit):
    """How near `used` is to `limit`: "", warn from 80 %, error from 95 %, blocked from 100 %."""
    if is_full(used, limit):
        return "blocked"
    if limit is None or used < limit * NEAR:
        return ""
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
