"""Members over HTTP: the people, their limits, and whether they may use Credits."""

from decimal import Decimal
from typing import Literal

from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from billing.limits import with_standing
from billing.models import BillingGroup
from billing.periods import current_period
from config.api import READ, WRITE, WRITES, ApiError, answers
from config.named import opened_in
from config.paging import Page, Paging, page_of
from config.schemas import (
    Address,
    BillingGroupId,
    Credits,
    Email,
    LimitCredits,
    MemberId,
    Name,
    Out,
    PersonName,
    Text,
    Time,
    UserId,
    Write,
)
from members import operations

router = Router(tags=["Members"], auth=READ, by_alias=True, exclude_none=True)

UNLIMITED = -1


class MemberOut(Out):
    id: MemberId
    user_id: UserId
    name: PersonName
    email: Address
    role: Literal["org_admin", "org_member"]
    status: Literal["ENABLED", "DISABLED", "DELETED"]
    billing_group_id: BillingGroupId
    joined_at: Time
    deleted_at: Time | None = None


class Members(Page):
    members: list[MemberOut]


class MembersAsked(Paging):
    email: Text = Field("", description="Exactly this email, ignoring case.")
    include_deleted: bool = Field(False, description="Removed members too.")


class NewMember(Write):
    name: Name = Field(examples=["Ada Lovelace"])
    email: Email
    role: Literal["org_admin", "org_member"] = "org_member"
    billing_group_id: BillingGroupId = "unassigned"
    limit_value: LimitCredits | None = Field(
        None, description="-1 is unlimited; left out: the organization's default."
    )


class MemberPatch(Write):
    name: Name | None = Field(None, examples=["Ada Lovelace"])
    email: Email | None = None
    role: Literal["org_admin", "org_member"] | None = None
    status: Literal["ENABLED", "DISABLED"] | None = None


class UsageLimit(Out):
    """A personal usage limit in the current period; without `limitValue` none is set."""

    limit_value: Credits | None = Field(None, description="-1 is unlimited, 0 cannot use Credits.")
    used_value: Credits
    last_reset_at: Time
    next_reset_at: Time
    is_active: bool = Field(description="Whether an amount limits the member.")


class NewLimit(Write):
    limit_value: LimitCredits = Field(description="-1 is unlimited, 0 cannot use Credits.")


class CreditStatus(Out):
    """Whether a member may use Credits now; `remaining` is left out where nothing limits."""

    allowed: bool
    reasons: list[str] = Field(examples=[["personal_limit_reached"]])
    personal_remaining: Credits | None = None
    billing_group_id: BillingGroupId
    billing_group_remaining: Credits | None = None
    period_start: Time
    period_end: Time


@router.get("/members", response=answers(Members))
def list_members(request, asked: Query[MembersAsked]):
    """Members in the order in which they were added; removed ones if asked for."""
    here = request.organization
    members = here.members.all()
    if not asked.include_deleted:
        members = members.present()
    if asked.email:
        members = members.alias(lower=Lower("email")).filter(lower=asked.email.lower())
    groups = Prefetch("billing_group", here.billing_groups.all())
    rows, page = page_of(request, members, asked, shown=lambda rows: rows.prefetch_related(groups))
    return {"members": [shown(member) for member in rows], **page}


@router.post("/members", auth=WRITE, response=answers(MemberOut, *WRITES))
def add_member(request, body: NewMember):
    """Add a person; a removed member of that email comes back with id, history and usage."""
    group = billing_group_of(request.organization, body.billing_group_id)
    person = {"name": body.name, "email": body.email, "role": body.role, "billing_group": group}
    if body.limit_value is not None:
        person |= as_limit(body.limit_value)
    member = operations.add_member(
        actor=request.actor,
        organization=request.organization,
        opened_in=opened_in(request, body.period_end),
        **person,
    )
    return shown(member)


@router.get("/members/{member_id}", response=answers(MemberOut))
def get_member(request, member_id: str):
    """A member, removed ones too."""
    members = request.organization.members.with_billing_group()
    return shown(get_object_or_404(members.named_in_api(member_id)))


@router.patch("/members/{member_id}", auth=WRITE, response=answers(MemberOut, *WRITES))
def update_member(request, member_id: str, body: MemberPatch):
    """Change what is sent, all of it or nothing. The last enabled admin stays one: 409."""
    given = body.dict(exclude={"period_end"}, exclude_none=True)
    member = operations.update_member(
        actor=request.actor,
        member=present(request, member_id),
        opened_in=opened_in(request, body.period_end),
        **given,
    )
    return shown(member)


@router.delete("/members/{member_id}", auth=WRITE, response=answers(MemberOut, *WRITES))
def remove_member(request, member_id: str, asked: Query[Write]):
    """Remove a member: out of all groups, back to Unassigned; usage stays."""
    member = operations.remove_member(
        actor=request.actor,
        member=present(request, member_id),
        opened_in=opened_in(request, asked.period_end),
    )
    return shown(member)


@router.get("/members/{member_id}/usage-limit", response=answers(UsageLimit))
def get_usage_limit(request, member_id: str):
    """The personal usage limit and what is used of it in the current period."""
    return limit_of(request, member_id)


@router.put("/members/{member_id}/usage-limit", auth=WRITE, response=answers(UsageLimit, *WRITES))
def set_usage_limit(request, member_id: str, body: NewLimit):
    """Limit what the member may use in each period; -1 lifts the limit."""
    return set_limit(request, member_id, body.period_end, **as_limit(body.limit_value))


@router.delete(
    "/members/{member_id}/usage-limit", auth=WRITE, response=answers(UsageLimit, *WRITES)
)
def unset_usage_limit(request, member_id: str, asked: Query[Write]):
    """Set no limit: the member cannot use Credits until one is set."""
    return set_limit(request, member_id, asked.period_end)


@router.get("/members/{member_id}/credit-status", response=answers(CreditStatus))
def get_credit_status(request, member_id: str):
    """Whether the member may use Credits now, every reason why not, and what remains."""
    period = current_period(request.organization)
    member = standing(request, member_id, period)
    group = member.billing_group
    return {
        "allowed": not member.reasons,
        "reasons": member.reasons,
        "personal_remaining": personal_remaining(member),
        "billing_group_id": group.key,
        "billing_group_remaining": remaining(group.period_limit, member.group_used),
        "period_start": period.starts_at,
        "period_end": period.ends_at,
    }


def shown(member):
    fields = ("name", "email", "role", "status", "joined_at", "deleted_at")
    ids = {"id": str(member.pk), "user_id": member.user_key}
    group = member.billing_group.key
    return {**ids, **{name: getattr(member, name) for name in fields}, "billing_group_id": group}


def present(request, member_id):
    return get_object_or_404(request.organization.members.present().named_in_api(member_id))


def standing(request, member_id, period):
    members = with_standing(request.organization.members, period)
    return get_object_or_404(members.named_in_api(member_id))


def limit_of(request, member_id):
    period = current_period(request.organization)
    member = standing(request, member_id, period)
    return {
        "limit_value": UNLIMITED if member.is_unlimited else member.personal_limit,
        "used_value": member.used,
        "last_reset_at": period.starts_at,
        "next_reset_at": period.ends_at,
        "is_active": member.personal_limit is not None,
    }


def set_limit(request, member_id, period_end, **limit):
    operations.set_personal_limit(
        actor=request.actor,
        member=present(request, member_id),
        opened_in=opened_in(request, period_end),
        **limit,
    )
    return limit_of(request, member_id)


def as_limit(value):
    """A limit as the operations take it."""
    if value == UNLIMITED:
        return {"personal_limit": None, "is_unlimited": True}
    return {"personal_limit": value, "is_unlimited": False}


def personal_remaining(member):
    if member.is_unlimited:
        return None
    return remaining(member.personal_limit or Decimal(0), member.used)


def remaining(limit, used):
    """What remains of `limit`, at least 0; None where there is none."""
    return None if limit is None else max(limit - used, Decimal(0))


def billing_group_of(organization, key):
    try:
        return organization.billing_groups.alive().named_in_url(key).get()
    except BillingGroup.DoesNotExist:
        raise ApiError(400, _("There is no such billing group."), "billingGroupId") from None
