"""Groups over HTTP."""

from typing import Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import Field

from config.api import READ, WRITE, WRITES, answers
from config.named import members_of, opened_in
from config.paging import BY_AGE, Page, Paging, page_of
from config.schemas import (
    Chosen,
    Description,
    Id,
    Name,
    Out,
    PersonOut,
    Text,
    Time,
    UserId,
    Write,
    person,
)
from groups import operations
from groups.models import Group

router = Router(tags=["Groups"], auth=READ, by_alias=True, exclude_none=True)


class GroupOut(Out):
    id: Id
    organization_id: str = Field(examples=["1"])
    display_name: str = Field(examples=["Engineering"])
    description: str | None = Field(None, examples=["Everyone who builds"])
    source: Literal["manual"]
    is_managed: bool
    creator_id: UserId | None = Field(None, description="Left out where a program made it.")
    created_at: Time
    updated_at: Time
    member_count: int = Field(examples=[3])


class Groups(Page):
    groups: list[GroupOut]


class GroupsAsked(Paging):
    keyword: Text = Field("", description="In the name or the description, ignoring case.")


class NewGroup(Write):
    display_name: Name = Field(examples=["Engineering"])
    description: Description = ""


class GroupPatch(Write):
    display_name: Name | None = None
    description: Description | None = None


class GroupMembers(Page):
    members: list[PersonOut]


class Changed(Out):
    """How many were added or removed; who was in the group already, or was not, is left alone."""

    count: int = Field(examples=[1])


@router.get("/groups", response=answers(Groups))
def list_groups(request, asked: Query[GroupsAsked]):
    """Groups in the order in which they were made."""
    groups = request.organization.groups.matching(asked.keyword)
    rows, page = page_of(request, groups, asked, BY_AGE, shown=seen)
    return {"groups": [shown(group) for group in rows], **page}


@router.post("/groups", auth=WRITE, response=answers(GroupOut, *WRITES))
def create_group(request, body: NewGroup):
    """Make a group. A name that another one bears is refused: 409 AlreadyExists."""
    group = operations.create_group(
        actor=request.actor,
        organization=request.organization,
        name=body.display_name,
        description=body.description,
        opened_in=opened_in(request, body.period_end),
    )
    return shown(found(request, str(group.pk)))


@router.get("/groups/{group_id}", response=answers(GroupOut))
def get_group(request, group_id: str):
    """A group and how many members it has."""
    return shown(found(request, group_id))


@router.patch("/groups/{group_id}", auth=WRITE, response=answers(GroupOut, *WRITES))
def update_group(request, group_id: str, body: GroupPatch):
    """Rename or describe a group."""
    operations.edit_group(
        actor=request.actor,
        group=found(request, group_id),
        name=body.display_name,
        description=body.description,
        opened_in=opened_in(request, body.period_end),
    )
    return shown(found(request, group_id))


@router.delete("/groups/{group_id}", auth=WRITE, response=answers(Changed, *WRITES))
def delete_group(request, group_id: str, asked: Query[Write]):
    """Delete a group and its memberships, nothing else; `count` memberships are gone."""
    return operations.delete_group(
        actor=request.actor,
        group=found(request, group_id),
        opened_in=opened_in(request, asked.period_end),
    )


@router.get("/groups/{group_id}/members", response=answers(GroupMembers))
def list_group_members(request, group_id: str, asked: Query[Paging]):
    """The present members of a group."""
    members = request.organization.members.present().in_group(found(request, group_id))
    rows, page = page_of(request, members, asked)
    return {"members": [person(member) for member in rows], **page}


@router.post("/groups/{group_id}/members", auth=WRITE, response=answers(Changed, *WRITES))
def add_group_members(request, group_id: str, body: Chosen):
    """Add up to 1,000 members, all or none of them."""
    return change_members(operations.add_group_members, request, group_id, body)


@router.delete("/groups/{group_id}/members", auth=WRITE, response=answers(Changed, *WRITES))
def remove_group_members(request, group_id: str, body: Chosen):
    """Take up to 1,000 members out, all or none of them."""
    return change_members(operations.remove_group_members, request, group_id, body)


def change_members(verb, request, group_id, body):
    group = found(request, group_id)
    return verb(
        actor=request.actor,
        group=group,
        members=members_of(request, body.user_ids),
        expected=len(set(body.user_ids)),
        opened_in=opened_in(request, body.period_end),
    )


def seen(groups):
    return groups.select_related("created_by").with_member_count()


def found(request, key):
    return get_object_or_404(seen(request.organization.groups).named_in_api(key))


def shown(group):
    return {
        "id": str(group.pk),
        "organization_id": str(group.organization_id),
        "display_name": group.name,
        "description": group.description or None,
        "source": group.source,
        "is_managed": group.source != Group.Source.MANUAL,
        "creator_id": group.created_by and group.created_by.user_key,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
        "member_count": group.member_count,
    }
