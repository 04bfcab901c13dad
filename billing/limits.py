"""Credits used against the limits: where members and billing groups stand in a period."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
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
)
from django.db.models.functions import Coalesce

from members.models import Member

from .models import BillingGroup, TotalField, UsageTotal

NEAR = Decimal("0.8")
ALMOST = Decimal("0.95")
MANY = 20_000  # members: from here on their sums are quicker made for all than looked up for each

JUDGED = {  # what blocked_reasons is told of a member, in its order
    "status": F("status"),
    "is_unlimited": F("is_unlimited"),
    "personal_limit": F("personal_limit"),
    "used": F("used"),
    "period_limit": F("billing_group__period_limit"),
    "group_used": F("group_used"),
}
NOT_OF_THE_GROUP = {  # a member who could be blocked by nothing else
    "status": Value(Member.Status.ENABLED),
    "is_unlimited": Value(True),
    "personal_limit": Value(None),
    "used": Value(None),
}


class BlockedReasons(Func):
    """Every reason of rule-breaking, told by the function that metering asks as well."""

    function = "blocked_reasons"
    output_field = ArrayField(TextField())


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


def with_standing(members, period, with_usage=with_usage):
    """Annotate `members`, with their billing groups, with `used`, `group_used` and `reasons`.

    `with_usage`: how their Credits are found; `with_usage_of_many` for thousands.
    """
    totals = "billing_group__group_totals"
    its = FilteredRelation(totals, condition=Q(**{f"{totals}__period": period}))  # one at most
    members = with_usage(members.with_billing_group(), period).alias(group_total=its)
    used = Coalesce("group_total__credits", Value(0), output_field=TotalField())
    return members.annotate(group_used=used).annotate(reasons=BlockedReasons(*JUDGED.values()))


@dataclass(frozen=True, slots=True)
class Turned:
    """How many members a change blocks, and how many it unblocks."""

    blocked: int
    unblocked: int


def who_turns(members, period, number=None, **after):
    """Whom of `members`, a queryset, it blocks or unblocks in `period` if `after` came true.

    `number`: how many they are, where it is known. `after`: values or expressions in place of
    what is judged, by the names of JUDGED.
    """
    number = members.count() if number is None else number
    by = with_usage_of_many if number > MANY else with_usage
    members = as_if(members.order_by(), period, by, **after)
    now, then = ~Q(reasons=[]), ~Q(reasons_then=[])
    turned = members.aggregate(
        blocked=Count("pk", filter=then & ~now), unblocked=Count("pk", filter=now & ~then)
    )
    return Turned(**turned)


def groups_that_turn(groups, period, **after):
    """The ids of those of the billing `groups` that `after` opens or closes: only who is in them
    can turn."""
    now = {**NOT_OF_THE_GROUP, "period_limit": F("period_limit"), "group_used": F("used")}
    groups = groups.with_usage_in(period)
    judged = groups.values_list("pk", _reasons(now), _reasons(now | after))
    return {pk for pk, reasons, reasons_then in judged if reasons != reasons_then}


def as_if(members, period, with_usage=with_usage, **after):
    """`with_standing`, and annotated with `reasons_then`: the reasons if `after` came true."""
    return with_standing(members, period, with_usage).annotate(reasons_then=_reasons(after))


def _reasons(after):
    """The reasons where `after` replaces what is judged."""
    judged = (JUDGED | after).values()
    values = [each if hasattr(each, "resolve_expression") else Value(each) for each in judged]
    return BlockedReasons(*values)


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
