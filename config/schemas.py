"""What all requests and answers of the HTTP API are made of."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from billing.metering import has_more_than_4_decimals
from billing.models import MOST_CREDITS
from members.form_fields import CleanEmailField
from members.models import CreditsField
from members.text import tidy, validate_printable

MILLISECONDS = re.compile(r"-?\d{1,18}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def number(value):
    """A JSON number as it was sent: an int, or a Decimal; never a bool or a text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")
    return Decimal(value)


def _four_decimals(value):
    if has_more_than_4_decimals(value):
        raise ValueError("must have at most 4 decimals")
    return value


def without_zeros(credits):
    """`credits` without trailing zeros or exponent, as it stands in answers."""
    return credits.quantize(1) if credits == credits.to_integral_value() else credits.normalize()


def _limit(value):
    if value < 0 and value != -1:
        raise ValueError("must be -1, 0 or more")
    return value


def _clean(text):
    try:
        validate_printable(text)
    except ValidationError as error:
        raise ValueError(str(error.message)) from None
    return tidy(text)


def _email(text):
    try:
        return CleanEmailField(max_length=254).clean(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None


def _in_utc(at):
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time that there is") from None


def time_of(value):
    """The time that a text of RFC 3339 says; whether it names its offset is not asked here."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise ValueError("must be a time as RFC 3339 has it")
    return datetime.fromisoformat(value.upper())


def _time_or_milliseconds(value):
    if not isinstance(value, str) or not MILLISECONDS.fullmatch(value):
        return time_of(value)
    try:
        return EPOCH + timedelta(milliseconds=int(value))
    except OverflowError:
        raise ValueError("must be a time that there is") from None


def _as_number(**schema):
    return WithJsonSchema({"type": "number", **schema})


Exact = Annotated[
    Decimal,
    BeforeValidator(number),
    AfterValidator(_four_decimals),
    PlainSerializer(without_zeros, return_type=Any),
]
Credits = Annotated[Exact, _as_number(examples=[1200.5])]
SignedCredits = Annotated[
    Exact,
    Field(ge=-MOST_CREDITS, le=MOST_CREDITS),
    _as_number(minimum=-MOST_CREDITS, maximum=MOST_CREDITS, examples=[-12.5]),
]
LimitCredits = Annotated[
    Exact,
    Field(le=CreditsField.most),
    AfterValidator(_limit),
    _as_number(minimum=-1, exclusiveMaximum=10**14, examples=[1200.5]),
]
Text = Annotated[
    str,
    AfterValidator(_clean),
    Field(json_schema_extra={"pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}),
]
Name = Annotated[Text, Field(min_length=1, max_length=100, examples=["Platform"])]
Description = Annotated[Text, Field(max_length=500, examples=["Cost center 4711"])]
PersonName = Annotated[str, Field(examples=["Ada Lovelace"])]
Address = Annotated[str, Field(examples=["ada@example.com"])]
Email = Annotated[
    Address,
    AfterValidator(_email),
    Field(max_length=254, json_schema_extra={"format": "email"}),
]
Utc = Annotated[AwareDatetime, AfterValidator(_in_utc), Field(examples=["2026-12-01T00:00:00Z"])]
Time = Annotated[Utc, BeforeValidator(time_of)]
TimeOrMilliseconds = Annotated[Utc, BeforeValidator(_time_or_milliseconds)]
Id = Annotated[str, Field(examples=["12"])]
MemberId = Annotated[str, Field(examples=["4711"])]
UserId = Annotated[str, Field(examples=["user-4711"])]
BillingGroupId = Annotated[str, Field(examples=["unassigned"])]


class In(Schema):
    """What a request sends: names in lowerCamelCase, and none that nobody knows."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class Out(Schema):
    """What an answer holds; what is not set is left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Write(In):
    """The period that a write is meant for, if it says so."""

    period_end: Time | None = Field(
        None, description="The end of the current period: 409 if that is another one by now."
    )


class Chosen(Write):
    """People, all or none of whom a write is about."""

    user_ids: list[UserId] = Field(min_length=1, max_length=1000, examples=[["user-4711"]])


class InPeriod(In):
    """Which period is read."""

    period_end: Time | None = Field(
        None, description="The exact end of a period; left out: the current one."
    )


class Error(Out):
    """What went wrong, and the id under which the logs know the request."""

    request_id: str = Field(examples=["7f9c0d9be3b14dcb9cbd3c4de9b1f0a2"])
    code: str = Field(examples=["NotFound"])
    message: str = Field(examples=["There is no such thing here."])
    details: list[str] | None = Field(
        None, description="The fields or rules that it is about.", examples=[["periodEnd"]]
    )


class PersonOut(Out):
    """A member as one of a group."""

    id: MemberId
    user_id: UserId
    name: PersonName
    email: Address
    status: Literal["ENABLED", "DISABLED"]
    joined_at: Time


def person(member):
    fields = ("name", "email", "status", "joined_at")
    ids = {"id": str(member.pk), "user_id": member.user_key}
    return {**ids, **{name: getattr(member, name) for name in fields}}
