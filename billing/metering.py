"""The one door for usage: every report and every adjustment of Credits passes here."""

import dataclasses
import random
import time
from contextlib import nullcontext
from datetime import MINYEAR, UTC, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, done_already, operation
from members.text import tidy, validate_printable

from .models import MOST_CREDITS, GroupTotal, UsageRecord, UsageTotal
from .periods import make_periods

BATCH = 1_000
SMALLEST = Decimal("0.0001")
CLOCK_SKEW = timedelta(minutes=5)
ATTEMPTS = 12
MISSING_PERIOD, SERIALIZATION_FAILURE, DEADLOCK = "MP001", "40001", "40P01"

CALL = """
SELECT outcome, reasons, record_id, period_id, billing_group_id FROM record_usage(
    %s, %s, %s::text[], %s::bigint[], %s::numeric[], %s::timestamptz[],
    %s::text[], %s::text[], %s::boolean[]
)
"""
CALL_ONE = """
SELECT outcome, reasons, record_id, period_id, billing_group_id FROM record_one_usage(
    %s, %s, %s, %s, %s, %s, %s, %s, %s
)
"""
INVALID = {
    "unknown_member": "memberId",
    "too_late": "occurredAt",
    "in_the_future": "occurredAt",
    "before_first_period": "occurredAt",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """Credits that a member consumed at an aware instant; `force`: it has happened already."""

    event_id: str
    member_id: int
    credits: Decimal
    occurred_at: datetime
    source: str = ""
    operation: str = ""
    force: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one report: recorded, duplicate, conflict, refused or invalid, and why."""

    outcome: str
    reasons: list = dataclasses.field(default_factory=list)
    field: str = ""
    record_id: int | None = None
    period_id: int | None = None
    billing_group_id: int | None = None


def record_usage(*, organization, reports, received_at=None):
    """Judge and record 1 to 1,000 reports in the order given, all in one transaction.

    Returns one `Outcome` per report. After it returned, everything recorded is durable and
    counted; after an exception nothing is. Sending the same reports again is harmless.
    `received_at` is the present; only the demo's history passes another time.
    """
    if not 1 <= len(reports) <= BATCH:
        raise ValueError(f"A call takes 1 to {BATCH} reports, not {len(reports)}.")
    faults = [_fault(report) for report in reports]
    sound = [report for report, fault in zip(reports, faults, strict=True) if fault is None]
    answers = iter(_call_until_settled(organization, sound, received_at) if sound else ())
    return [fault or next(answers) for fault in faults]


def _fault(report):
    """What is wrong with the report by itself, before the database is asked."""
    texts = (
        ("eventId", report.event_id, 1, 200),
        ("source", report.source, 0, 100),
        ("operation", report.operation, 0, 100),
    )
    for at, text, shortest, longest in texts:
        if not shortest <= len(text) <= longest:
            return Outcome("invalid", ["length"], at)
        if not _is_clean(text):
            return Outcome("invalid", ["unprintable"], at)
    if not 0 < report.member_id < 2**63:
        return Outcome("invalid", ["unknown_member"], "memberId")
    if report.occurred_at.tzinfo is None:
        return Outcome("invalid", ["time_zone_missing"], "occurredAt")
    if not report.credits.is_finite():
        return Outcome("invalid", ["not_a_number"], "credits")
    if not 0 <= report.credits <= MOST_CREDITS:
        return Outcome("invalid", ["out_of_range"], "credits")
    if has_more_than_4_decimals(report.credits):
        return Outcome("invalid", ["too_many_decimals"], "credits")
    return None


def has_more_than_4_decimals(credits):
    """Looked up in the digits: arithmetic would round a long number first."""
    _sign, digits, exponent = credits.as_tuple()
    return exponent < -4 and any(digits[exponent + 4 :])


def _in_utc(at):
    """The instant `at`; beyond all days that there are, the first or the last one."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return (datetime.min if at.year == MINYEAR else datetime.max).replace(tzinfo=UTC)


def _is_clean(text):
    try:
        validate_printable(text)
    except ValidationError:
        return False
    return text == tidy(text)


def _call_until_settled(organization, reports, received_at):
    for attempt in range(ATTEMPTS):
        now = received_at or timezone.now()
        try:
            with _one_transaction():
                return _call(organization, reports, now)
        except DatabaseError as error:
            code = getattr(error.__cause__, "sqlstate", None)
            if code == MISSING_PERIOD:
                make_periods(organization, until=_latest(reports, now))
            elif code in (SERIALIZATION_FAILURE, DEADLOCK) and attempt < ATTEMPTS - 1:
                time.sleep(random.uniform(0, 0.002 * 2**attempt))
            else:
                raise
    raise RuntimeError("A period is still missing after it was made.")


def _one_transaction():
    """One statement is a transaction by itself; inside another one, a part that can be undone."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _latest(reports, now):
    return max(each.occurred_at for each in reports if each.occurred_at <= now + CLOCK_SKEW)


def _call(organization, reports, received_at):
    rows = list(map(_row, reports))
    one = len(rows) == 1
    columns = rows[0] if one else map(list, zip(*rows, strict=True))
    with connection.prepared() as cursor:
        cursor.execute(CALL_ONE if one else CALL, [organization.pk, received_at, *columns])
        return [_answer(*row) for row in cursor.fetchall()]


def _row(report):
    """The report as PostgreSQL reads it, which knows fewer offsets and exponents than Python."""
    return (
        report.event_id,
        report.member_id,
        report.credits.quantize(SMALLEST),
        _in_utc(report.occurred_at),
        report.source,
        report.operation,
        report.force,
    )


def _answer(outcome, reasons, record_id, period_id, billing_group_id):
    if outcome in INVALID:
        return Outcome("invalid", [outcome], INVALID[outcome])
    return Outcome(outcome, reasons or [], "", record_id, period_id, billing_group_id)


class AdjustmentRefused(Refused):
    """The adjustment names what cannot be mended, or would make a total negative."""

    code = "adjustment_refused"


class EventIdTaken(Refused):
    code = "conflict"
    is_already_there = True
    field = "event_id"
    message = _("This event id belongs to another record.")


@operation("AdjustUsage")
def adjust_usage(
    *, actor, member, billing_group, period, credits, reason, event_id, received_at=None
):
    """Mend a mistake by a signed record of `credits` under what it names; returns the record.

    The same event id with the same content again returns the first record and does nothing.
    Raises EventIdTaken when the id has other content, AdjustmentRefused when the period is final
    or not begun, the amount is not one, a text is missing or not clean, or the member's total
    there would fall below 0.
    """
    _require_words(event_id, reason)
    member = member.organization.members.select_for_update(no_key=True).get(pk=member.pk)
    known = member.organization.usage_records.filter(event_id=event_id).first()
    if known is not None:
        return done_already(_same_adjustment(known, member, billing_group, period, credits, reason))
    key = _lock_mended(member, billing_group, period)
    now = received_at or timezone.now()  # after the waits: the period may have become final
    _require_adjustable(key["period"], credits, now)
    used = _used(key)
    if used + credits < 0:
        raise AdjustmentRefused(
            _("This would take the member's total there below 0."), used=used, credits=credits
        )
    _count(key, credits)
    return changed(
        member,
        result=_adjustment(key, credits, reason, event_id, actor, now),
        credits=(used, used + credits),
        billing_group=billing_group.pk,
        period=period.pk,
        reason=reason,
    )


def _require_words(event_id, reason):
    for text, longest in ((event_id, 200), (reason, 500)):
        if not 1 <= len(text) <= longest or not _is_clean(text):
            raise AdjustmentRefused(_("Give a reason and an event id of plain text."))


def _same_adjustment(known, member, billing_group, period, credits, reason):
    same = (
        known.kind == UsageRecord.Kind.ADJUSTMENT
        and (known.member_id, known.billing_group_id) == (member.pk, billing_group.pk)
        and (known.period_id, known.credits, known.reason) == (period.pk, credits, reason)
    )
    if not same:
        raise EventIdTaken
    return known


def _lock_mended(member, billing_group, period):
    """What is mended, by the names of its fields; the period is locked, so its end stays."""
    organization = member.organization
    period = organization.periods.select_for_update(no_key=True).filter(pk=period.pk).first()
    billing_group = organization.billing_groups.filter(pk=billing_group.pk).first()
    if period is None or billing_group is None:
        raise AdjustmentRefused(_("Choose a period and a billing group of this organization."))
    return {
        "organization": organization,
        "period": period,
        "member": member,
        "billing_group": billing_group,
    }


def _require_adjustable(period, credits, now):
    if not period.starts_at <= now < period.final_at:
        raise AdjustmentRefused(_("That period is final."), period=period.pk)
    is_amount = credits.is_finite() and 0 < abs(credits) <= MOST_CREDITS
    if not is_amount or has_more_than_4_decimals(credits):
        raise AdjustmentRefused(_("Enter Credits with at most 4 decimals, not 0."))


def _used(key):
    total = UsageTotal.objects.filter(**key).values_list("credits", flat=True).first()
    return total or Decimal(0)


def _count(key, credits):
    """Add to both totals, the group's first: its row is locked in the order metering keeps."""
    group_key = {name: key[name] for name in ("organization", "period", "billing_group")}
    for model, model_key in ((GroupTotal, group_key), (UsageTotal, key)):
        model.objects.bulk_create([model(**model_key)], ignore_conflicts=True)
        model.objects.filter(**model_key).update(credits=F("credits") + credits)


def _adjustment(key, credits, reason, event_id, actor, now):
    return UsageRecord.objects.create(
        **key,
        credits=credits,
        occurred_at=min(now, key["period"].ends_at - timedelta(microseconds=1)),
        recorded_at=now,
        kind=UsageRecord.Kind.ADJUSTMENT,
        event_id=event_id,
        reason=reason,
        actor=f"{actor.kind}:{actor.id}",
    )
