"""Records of usage as they were sent, read one by one: a bad one spoils no other."""

from typing import Annotated, Literal

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from pydantic import Field, WithJsonSchema

from billing.metering import BATCH, Outcome, Report
from billing.models import MOST_CREDITS
from config.api import ApiError
from config.schemas import Address, Exact, In, MemberId, Time, UserId, number, time_of
from members.models import member_of_key
from members.text import is_number

ADMISSIONS = {"enforce": False, "force": True}
AMOUNT = {"type": "number", "minimum": 0, "maximum": MOST_CREDITS, "examples": [1200.5]}


class UsageRecordIn(In):
    """Usage of a member, whom one or more of `memberId`, `userId` and `email` name."""

    event_id: str = Field(min_length=1, max_length=200, examples=["event-1"])
    member_id: MemberId | None = None
    user_id: UserId | None = None
    email: Address | None = None
    credits: Annotated[Exact, WithJsonSchema(AMOUNT)]
    occurred_at: Time
    source: str | None = Field(None, max_length=100, examples=["IDE"])
    operation: str | None = Field(None, max_length=100, examples=["Agent"])
    admission: Literal["enforce", "force"] | None = Field(
        None, description="`force`: it has happened already; it is refused for no limit."
    )


FIELDS = {field.alias for field in UsageRecordIn.model_fields.values()}


class Invalid(Exception):
    """A record that cannot be judged; `args`: its field, and why."""


def records_of(body):
    """The records of a batch. Raises ApiError 400 where it is none."""
    records = body.get("records") if isinstance(body, dict) and len(body) == 1 else None
    if not isinstance(records, list) or not 1 <= len(records) <= BATCH:
        raise ApiError(400, _("Send 1 to %s records, and nothing else.") % BATCH, "records")
    return records


def members_of_emails(organization, records):
    """The ids of the members whose emails the records name, by email in lower case."""
    named = {
        email.lower()
        for record in records
        if isinstance(record, dict)
        and isinstance(email := record.get("email"), str)
        and email.isprintable()
    }
    if not named:
        return {}
    members = organization.members.annotate(lower=Lower("email")).filter(lower__in=named)
    return dict(members.values_list("lower", "pk"))


def report_of(record, emails):
    """The record as metering takes it, or the Outcome that says why it cannot be."""
    try:
        if not isinstance(record, dict):
            raise Invalid("records", "not_an_object")
        if unknown := record.keys() - FIELDS:
            raise Invalid(min(unknown), "unknown_field")
        return Report(
            _text(record, "eventId", None),
            _member(record, emails),
            _credits(record),
            _time(record),
            _text(record, "source", ""),
            _text(record, "operation", ""),
            _admission(record),
        )
    except Invalid as fault:
        field, reason = fault.args
        return Outcome("invalid", [reason], field)


def _text(record, field, default):
    value = record.get(field)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise Invalid(field, "missing" if value is None else "not_a_text")
    return value


def _member(record, emails):
    """The id that all of `memberId`, `userId` and `email` agree on."""
    named = {field: _text(record, field, "") for field in ("memberId", "userId", "email")}
    named = {field: value for field, value in named.items() if value}
    if not named:
        raise Invalid("memberId", "missing")
    ids = set()
    for field, value in named.items():
        found = emails.get(value.lower()) if field == "email" else _id(field, value)
        if found is None:
            raise Invalid(field, "unknown_member")
        ids.add(found)
    if len(ids) > 1:
        raise Invalid(next(iter(named)), "ids_disagree")
    return ids.pop()


def _id(field, value):
    if field == "userId":
        return member_of_key(value)
    return int(value) if is_number(value) else None


def _credits(record):
    value = record.get("credits")
    try:
        return number(value)
    except ValueError:
        raise Invalid("credits", "missing" if value is None else "not_a_number") from None


def _time(record):
    text = _text(record, "occurredAt", None)
    try:
        return time_of(text)
    except ValueError:
        raise Invalid("occurredAt", "not_a_time") from None


def _admission(record):
    try:
        return ADMISSIONS[_text(record, "admission", "enforce")]
    except KeyError:
        raise Invalid("admission", "unknown") from None
