"""Billing groups over HTTP."""

from functools import partial

from django.http import Http404
from ninja import Query, Router
from pydantic import Field

from billing import operations
from billing.models import BillingGroup
from billing.periods import current_period
from config.api import READ, WRITE, WRITES, answers
from config.named import members_of, opened_in, period_of
from config.paging import BY_AGE, Page, Paging, page_of
from config.schemas import (
    BillingGroupId,
    Chosen,
    Credits,
    Description,
    InPeriod,
    LimitCredits,
    Name,
    Out,
    PersonOut,
    Text,
    Time,
    UserId,
    Write,
    person,
)
from members.models import Member

router = Router(tags=["Billing groups"], auth=READ, by_alias=True, exclude_none=True)

NO_LIMIT = -1


class BillingGroupOut(Out):
    id: BillingGroupId = Field(description="`unassigned` for the system one.")
    organization_id: str = Field(examples=["1"])
    name: str = Field(examples=["Platform"])
    description: str | None = Field(None, examples=["Cost center 4711"])
    is_unassigned: bool
    member_count: int = Field(description="Members who are in it now.", examples=[3])
    limit_amount: Credits = Field(description="-1 is no limit, 0 is frozen.")
    current_used: Credits = Field(description="Credits used in the period.")
    is_blocked: bool = Field(description="Whether the limit is reached in the period.")
    creator_id: UserId | None = Field(None, description="Left out where a program made it.")
    created_at: Time
    updated_at: Time


class BillingGroups(Page):
    billing_groups: list[BillingGroupOut]
    period_start: Time
    period_end: Time


class BillingGroupsAsked(InPeriod, Paging):
    keyword: Text = Field("", description="In the name, or in a current member's name or email.")


class NewBillingGroup(Write):
    name: Name
    description: Description = ""


class BillingGroupPatch(Write):
    name: Name | None = None
    description: Description | None = None


class NewPeriodLimit(Write):
    limit_amount: LimitCredits = Field(description="-1 is no limit, 0 freezes the billing group.")


class BillingGroupMembers(Page):
    members: list[PersonOut]


class MovedPerson(Out):
    user_id: UserId
    from_billing_group_id: BillingGroupId


class MovedOut(Out):
    """Who was moved and from where; who is there already is not named."""

    billing_group_id: BillingGroupId
    moved: list[MovedPerson]


@router.get("/billing-groups", response=answers(BillingGroups))
def list_billing_groups(request, asked: Query[BillingGroupsAsked]):
    """Unassigned first, beyond `maxResults`; then the others in the order they were made."""
    period, here = period_of(request, asked.period_end), request.organization
    groups = here.billing_groups.alive().matching(asked.keyword, here.members)
    formal, seen = groups.filter(is_unassigned=False), partial(seen_in, period=period)
    rows, page = page_of(request, formal, asked, BY_AGE, period, seen)
    first = [] if asked.next_token else list(seen(groups.filter(is_unassigned=True)))
    return {
        "billing_groups": [shown(group) for group in first + rows],
        "period_start": period.starts_at,
        "period_end": period.ends_at,
        **page,
    }


@router.post("/billing-groups", auth=WRITE, response=answers(BillingGroupOut, *WRITES))
def create_billing_group(request, body: NewBillingGroup):
    """Make a billing group. A name that a living one bears is refused: 409 AlreadyExists."""
    group = operations.create_billing_group(
        actor=request.actor,
        organization=request.organization,
        name=body.name,
        description=body.description,
        opened_in=opened_in(request, body.period_end),
    )
    return shown(found(request, group.key))


@router.get("/billing-groups/{billing_group_id}", response=answers(BillingGroupOut))
def get_billing_group(request, billing_group_id: str, asked: Query[InPeriod]):
    """A living billing group, with what was used in the period."""
    return shown(found(request, billing_group_id, period_of(request, asked.period_end)))


@router.patch(
    "/billing-groups/{billing_group_id}", auth=WRITE, response=answers(BillingGroupOut, *WRITES)
)
def update_billing_group(request, billing_group_id: str, body: BillingGroupPatch):
    """Rename or describe a billing group, in history too. Unassigned is fixed: 409."""
    operations.edit_billing_group(
        actor=request.actor,
        billing_group=found(request, billing_group_id),
        name=body.name,
        description=body.description,
        opened_in=opened_in(request, body.period_end),
    )
    return shown(found(request, billing_group_id))


@router.delete(
    "/billing-groups/{billing_group_id}", auth=WRITE, response=answers(MovedOut, *WRITES)
)
def delete_billing_group(request, billing_group_id: str, asked: Query[Write]):
    """Delete a billing group: its members move to Unassigned, its usage stays under it."""
    moved = operations.delete_billing_group(
        actor=request.actor,
        billing_group=found(request, billing_group_id),
        opened_in=opened_in(request, asked.period_end),
    )
    return shown_move(moved)


@router.put(
    "/billing-groups/{billing_group_id}/limit",
    auth=WRITE,
    response=answers(BillingGroupOut, *WRITES),
)
def set_billing_group_limit(request, billing_group_id: str, body: NewPeriodLimit):
    """Limit what the billing group may use in each period."""
    credits = body.limit_amount
    operations.set_period_limit(
        actor=request.actor,
        billing_group=found(request, billing_group_id),
        credits=None if credits == NO_LIMIT else credits,
        opened_in=opened_in(request, body.period_end),
    )
    return shown(found(request, billing_group_id))


@router.get("/billing-groups/{billing_group_id}/members", response=answers(BillingGroupMembers))
def list_billing_group_members(request, billing_group_id: str, asked: Query[Paging]):
    """The members who are in the billing group now."""
    group = found(request, billing_group_id)
    members = request.organization.members.present().filter(billing_group=group)
    rows, page = page_of(request, members, asked)
    return {"members": [person(member) for member in rows], **page}


@router.post(
    "/billing-groups/{billing_group_id}/members", auth=WRITE, response=answers(MovedOut, *WRITES)
)
def assign_members(request, billing_group_id: str, body: Chosen):
    """Assign up to 1,000 members, all or none of them; what they used so far stays where it is."""
    return move(operations.assign_members, request, billing_group_id, body)


@router.delete(
    "/billing-groups/{billing_group_id}/members", auth=WRITE, response=answers(MovedOut, *WRITES)
)
def unassign_members(request, billing_group_id: str, body: Chosen):
    """Return up to 1,000 members to Unassigned; who is not in the billing group is left alone."""
    return move(operations.unassign_members, request, billing_group_id, body)


def move(verb, request, billing_group_id, body):
    moved = verb(
        actor=request.actor,
        billing_group=found(request, billing_group_id),
        members=members_of(request, body.user_ids),
        expected=len(set(body.user_ids)),
        opened_in=opened_in(request, body.period_end),
    )
    return shown_move(moved)


def seen_in(groups, period):
    return groups.select_related("created_by").with_usage_in(period).with_member_count()


def found(request, key, period=None):
    """The living billing group of a path's id."""
    period = period or current_period(request.organization)
    groups = request.organization.billing_groups.alive().named_in_url(key)
    try:
        return seen_in(groups, period).get()
    except BillingGroup.DoesNotExist:
        raise Http404 from None


def shown(group):
    limit = group.period_limit
    return {
        "id": group.key,
        "organization_id": str(group.organization_id),
        "name": group.name,
        "description": group.description or None,
        "is_unassigned": group.is_unassigned,
        "member_count": group.member_count,
        "limit_amount": NO_LIMIT if limit is None else limit,
        "current_used": group.used,
        "is_blocked": limit is not None and group.used >= limit,
        "creator_id": group.created_by and group.created_by.user_key,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }


def shown_move(moved):
    groups = moved.billing_group.organization.billing_groups
    sources = groups.in_bulk(set(moved.places.values()))
    return {
        "billing_group_id": moved.billing_group.key,
        "moved": [
            {"user_id": Member(pk=member).user_key, "from_billing_group_id": sources[place].key}
            for member, place in moved.places.items()
        ],
    }
