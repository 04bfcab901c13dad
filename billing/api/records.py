"""Usage in, over HTTP: reports, judged and recorded in one transaction, and adjustments."""

from functools import lru_cache
from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from billing import metering
from billing.metering import BATCH, Report
from billing.models import BillingGroup
from config.api import JSON, USAGE, WRITE, WRITES, ApiError, answers, body_of, encode
from config.named import ending
from config.schemas import BillingGroupId, Credits, Id, In, MemberId, Out, SignedCredits, Text, Time

from .reading import UsageRecordIn, members_of_emails, records_of, report_of

router = Router(tags=["Usage"], by_alias=True, exclude_none=True)


class UsageResult(Out):
    """What became of one record."""

    event_id: str | None = Field(None, description="As it was sent.", examples=["event-1"])
    outcome: Literal["recorded", "duplicate", "conflict", "refused", "invalid"]
    reasons: list[str] | None = Field(
        None,
        description="Of a refusal, or why it is invalid.",
        examples=[["personal_limit_reached"]],
    )
    field: str | None = Field(None, description="What is invalid.", examples=["occurredAt"])
    record_id: Id | None = Field(None, description="Of what was recorded, now or the first time.")
    billing_group_id: BillingGroupId | None = Field(
        None, description="To which the Credits are attributed."
    )


class UsageResults(Out):
    results: list[UsageResult]


class UsageRecordsIn(In):
    records: list[UsageRecordIn] = Field(min_length=1, max_length=BATCH)


BODY = UsageRecordsIn.model_json_schema()
BODY["properties"]["records"]["items"] = BODY.pop("$defs")["UsageRecordIn"]
BODY = {"required": True, "content": {JSON: {"schema": BODY}}}


class NewAdjustment(In):
    event_id: Annotated[Text, Field(min_length=1, max_length=200, examples=["mend-1"])]
    member_id: MemberId
    billing_group_id: BillingGroupId
    period_end: Time
    credits: SignedCredits = Field(description="Added; negative to take away, never 0.")
    reason: Annotated[Text, Field(min_length=1, max_length=500, examples=["Sent twice"])]


class Adjustment(Out):
    record_id: Id
    event_id: str = Field(examples=["mend-1"])
    member_id: MemberId
    billing_group_id: BillingGroupId
    period_end: Time
    credits: Credits = Field(examples=[-12.5])
    reason: str = Field(examples=["Sent twice"])


@router.post(
    "/usage-records",
    auth=USAGE,
    response=answers(UsageResults, 413),
    openapi_extra={"requestBody": BODY},
)
def report_usage(request):
    """Report 1 to 1,000 records of usage.

    200 whenever the body could be read, with one result per record in its order; after any other
    answer nothing is recorded. Sent again, a record is a `duplicate` and counts once.
    """
    records = records_of(body_of(request))
    organization = request.organization
    members = members_of_emails(organization, records)
    reports = [report_of(record, members) for record in records]
    sound = [report for report in reports if isinstance(report, Report)]
    outcomes = iter(
        metering.record_usage(organization=organization, reports=sound) if sound else ()
    )
    unassigned = _unassigned(organization.pk)
    results = [
        _result(record, next(outcomes) if isinstance(report, Report) else report, unassigned)
        for record, report in zip(records, reports, strict=True)
    ]
    return HttpResponse(encode({"results": results}), JSON)


@router.post("/usage-adjustments", auth=WRITE, response=answers(Adjustment, *WRITES))
def adjust_usage(request, body: NewAdjustment):
    """Mend a mistake: signed Credits under what is named; sent again, it counts once.

    409 where the period is final, the event id is taken, or the total would fall below 0.
    """
    organization = request.organization
    groups = organization.billing_groups.named_in_url(body.billing_group_id)
    members = organization.members.named_in_api(body.member_id)
    record = metering.adjust_usage(
        actor=request.actor,
        member=_given(members.first(), "memberId"),
        billing_group=_given(groups.first(), "billingGroupId"),
        period=_given(ending(request, body.period_end), "periodEnd"),
        credits=body.credits,
        reason=body.reason,
        event_id=body.event_id,
    )
    return {
        "record_id": str(record.pk),
        "event_id": record.event_id,
        "member_id": str(record.member_id),
        "billing_group_id": record.billing_group.key,
        "period_end": record.period.ends_at,
        "credits": record.credits,
        "reason": record.reason,
    }


def as_sent(field, record):
    """The name by which the record says `field`: for the member it has three."""
    if field != "memberId" or not isinstance(record, dict):
        return field
    return next((name for name in ("memberId", "userId", "email") if record.get(name)), field)


def _given(found, field):
    if found is None:
        raise ApiError(400, _("There is no such thing here."), field)
    return found


def _result(record, outcome, unassigned):
    """The answer for one record; what says nothing is left out."""
    result = {"outcome": outcome.outcome}
    if isinstance(record, dict) and isinstance(record.get("eventId"), str):
        result["eventId"] = record["eventId"]
    if outcome.reasons:
        result["reasons"] = outcome.reasons
    if outcome.field:
        result["field"] = as_sent(outcome.field, record)
    if outcome.record_id:
        result["recordId"] = str(outcome.record_id)
    if group := outcome.billing_group_id:
        result["billingGroupId"] = "unassigned" if group == unassigned else str(group)
    return result


@lru_cache(maxsize=10_000)
def _unassigned(organization_id):
    """The id of the organization's Unassigned, which never changes."""
    groups = BillingGroup.objects.filter(organization=organization_id)
    return groups.values_list("pk", flat=True).get(is_unassigned=True)
