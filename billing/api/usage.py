"""What was used, over HTTP: records, sums, the rows of an export, periods."""

from functools import partial
from typing import Annotated, Literal

from django.db.models import Exists, OuterRef, Prefetch, Sum
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import AfterValidator, Field

from billing.models import GroupTotal, UsageTotal
from billing.periods import all_periods
from config.api import READ, answers
from config.named import period_of
from config.paging import Page, Paging, page_of, page_over
from config.schemas import (
    Address,
    BillingGroupId,
    Credits,
    In,
    InPeriod,
    MemberId,
    Out,
    PersonName,
    Text,
    Time,
    TimeOrMilliseconds,
    UserId,
)

router = Router(tags=["Usage"], auth=READ, by_alias=True, exclude_none=True)

Words = Annotated[
    Text, AfterValidator(lambda text: [word.strip() for word in text.split(",") if word.strip()])
]


class UsageEvent(Out):
    timestamp: int = Field(description="Unix time in milliseconds.", examples=[1764547200000])
    occurred_at: Time
    event_id: str = Field(examples=["event-1"])
    member_id: MemberId
    user_id: UserId
    user_email: Address
    billing_group_id: BillingGroupId
    kind: Literal["usage", "adjustment"]
    source: str | None = Field(None, examples=["IDE"])
    operation: str | None = Field(None, examples=["Agent"])
    credits: Credits


class UsageEvents(Page):
    usages: list[UsageEvent]


EITHER = "RFC 3339, or Unix time in milliseconds."


class Between(In):
    """Which records: `startDate` included, `endDate` excluded; else since the first period."""

    start_date: TimeOrMilliseconds | None = Field(None, description=EITHER)
    end_date: TimeOrMilliseconds | None = Field(None, description=EITHER)
    sources: Words = Field("", description="Some of the sources, separated by commas.")
    operations: Words = Field("", description="Some of the operations, separated by commas.")


class EventsAsked(Between, Paging):
    pass


class SummaryAsked(Between):
    group_by: Literal["source", "operation"] = "source"


class UsageSummary(Out):
    """Credits by source or operation; "" where a record names none."""

    summary: dict[str, Credits] = Field(examples=[{"IDE": 12.5, "CLI": 3}])
    total_credits: Credits


class UsageRow(Out):
    billing_group_id: BillingGroupId
    billing_group: str = Field(examples=["Platform"])
    is_deleted: bool
    member_id: MemberId
    user_id: UserId
    member_name: PersonName
    email: Address
    credits: Credits


class UsageRows(Page):
    usages: list[UsageRow]
    period_start: Time
    period_end: Time


class RowsAsked(InPeriod, Paging):
    pass


class PeriodOut(Out):
    period_start: Time
    period_end: Time
    is_current: bool
    is_final: bool
    final_at: Time = Field(description="Until then it takes late usage.")


class Periods(Page):
    periods: list[PeriodOut]


@router.get("/members/{member_id}/usage-events", response=answers(UsageEvents))
def list_member_usage_events(request, member_id: str, asked: Query[EventsAsked]):
    """The usage records of a member, the latest first."""
    return events(request, asked, member=member_of(request, member_id))


@router.get("/usage-events", response=answers(UsageEvents))
def list_usage_events(request, asked: Query[EventsAsked]):
    """The usage records of the organization, the latest first."""
    return events(request, asked)


@router.get("/members/{member_id}/usage-summary", response=answers(UsageSummary))
def get_usage_summary(request, member_id: str, asked: Query[SummaryAsked]):
    """The Credits of a member by source or operation."""
    member = member_of(request, member_id)
    periods = periods_between(request.organization, asked)
    records = chosen(request.organization.usage_records, asked)
    records = records.filter(period__in=periods, member=member)
    sums = records.values_list(asked.group_by).annotate(sum=Sum("credits")).order_by(asked.group_by)
    summary = dict(sums)
    return {"summary": summary, "total_credits": sum(summary.values())}


@router.get("/billing-groups/usage", response=answers(UsageRows))
def list_usage(request, asked: Query[RowsAsked]):
    """The rows of the period's export: Credits by billing group and member, deleted ones too."""
    return usage_rows(request, asked)


@router.get("/billing-groups/{billing_group_id}/usage", response=answers(UsageRows))
def list_billing_group_usage(request, billing_group_id: str, asked: Query[RowsAsked]):
    """The rows of one billing group, also of a deleted one."""
    groups = request.organization.billing_groups.named_in_url(billing_group_id)
    return usage_rows(request, asked, billing_group=get_object_or_404(groups))


@router.get("/periods", response=answers(Periods))
def list_periods(request, asked: Query[Paging]):
    """The periods of the organization, the current one first."""
    now = timezone.now()
    all_periods(request.organization, now)
    begun = request.organization.periods.filter(starts_at__lte=now)
    rows, page = page_of(request, begun, asked, key=("-starts_at",))
    return {"periods": [shown_period(period, now) for period in rows], **page}


def member_of(request, member_id):
    return get_object_or_404(request.organization.members.named_in_api(member_id))


def events(request, asked, **of):
    """A page of records: period by period, each that has some read along an index."""
    totals = UsageTotal if of else GroupTotal
    used = Exists(totals.objects.filter(period=OuterRef("pk"), **of))
    periods = periods_between(request.organization, asked).filter(used)

    def parts(latest):
        behind = periods.filter(starts_at__lte=latest) if latest else periods
        return (chosen(period.records.filter(**of), asked) for period in behind)

    key = ("-occurred_at", "-pk")
    shown = partial(with_names, organization=request.organization)
    rows, page = page_over(request, parts, asked, key, shown=shown)
    return {"usages": [shown_event(record) for record in rows], **page}


def periods_between(organization, asked):
    """The periods that hold times of `asked`, the latest first."""
    periods = organization.periods.all()
    if asked.start_date:
        periods = periods.filter(ends_at__gt=asked.start_date)
    if asked.end_date:
        periods = periods.filter(starts_at__lt=asked.end_date)
    return periods


def chosen(records, asked):
    if asked.start_date:
        records = records.filter(occurred_at__gte=asked.start_date)
    if asked.end_date:
        records = records.filter(occurred_at__lt=asked.end_date)
    if asked.sources:
        records = records.filter(source__in=asked.sources)
    if asked.operations:
        records = records.filter(operation__in=asked.operations)
    return records


def usage_rows(request, asked, **of):
    here, period = request.organization, period_of(request, asked.period_end)
    totals = period.usage_totals.filter(**of).exclude(credits=0)
    key, shown = ("billing_group_id", "member_id"), partial(with_names, organization=here)
    rows, page = page_of(request, totals, asked, key, period, shown)
    return {
        "usages": [shown_total(total) for total in rows],
        "period_start": period.starts_at,
        "period_end": period.ends_at,
        **page,
    }


def with_names(rows, organization):
    """The same rows with their members and billing groups, which are looked up in one go each."""
    members = Prefetch("member", organization.members.all())
    return rows.prefetch_related(
        members, Prefetch("billing_group", organization.billing_groups.all())
    )


def shown_event(record):
    return {
        "timestamp": int(record.occurred_at.timestamp() * 1000),
        "occurred_at": record.occurred_at,
        "event_id": record.event_id,
        "member_id": str(record.member_id),
        "user_id": record.member.user_key,
        "user_email": record.member.email,
        "billing_group_id": record.billing_group.key,
        "kind": record.kind,
        "source": record.source or None,
        "operation": record.operation or None,
        "credits": record.credits,
    }


def shown_total(total):
    group, member = total.billing_group, total.member
    return {
        "billing_group_id": group.key,
        "billing_group": group.name,
        "is_deleted": group.deleted_at is not None,
        "member_id": str(member.pk),
        "user_id": member.user_key,
        "member_name": member.name,
        "email": member.email,
        "credits": total.credits,
    }


def shown_period(period, now):
    return {
        "period_start": period.starts_at,
        "period_end": period.ends_at,
        "is_current": period.starts_at <= now < period.ends_at,
        "is_final": period.final_at <= now,
        "final_at": period.final_at,
    }
