"""The audit log over HTTP."""

from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from audit.filters import by_actor
from audit.models import about
from audit.names import Names
from billing.models import UNASSIGNED
from config.api import READ, ApiError, answers
from config.paging import Page, Paging, page_of
from config.schemas import Id, Out, Text, Time, TimeOrMilliseconds
from members.text import is_number

router = Router(tags=["Audit log"], auth=READ, by_alias=True, exclude_none=True)

EITHER = "RFC 3339, or Unix time in milliseconds."
Kind = Literal["Organization", "Member", "Group", "BillingGroup", "ApiKey", "Invitation"]
ActorKind = Literal["user", "key", "support", "command", "invited"]
Outcome = Literal["done", "refused"]


class AuditEntryOut(Out):
    """Who did what. Names are those of today; what is gone goes by its kind and id."""

    id: str = Field(examples=["81"])
    at: Time
    actor_kind: ActorKind
    actor_id: str = Field(
        description="Of a member, a key or an invitation, or a command's name.", examples=["4711"]
    )
    actor_name: str = Field(examples=["Ada Lovelace"])
    event: str = Field(examples=["SetBillingGroupLimit"])
    target_kind: str = Field(examples=["BillingGroup"])
    target_id: Id | None = None
    target_name: str = Field(examples=["Platform"])
    outcome: Outcome
    address: str | None = Field(None, examples=["192.0.2.1"])
    request_id: str | None = Field(None, examples=["7f9c0d9be3b14dcb9cbd3c4de9b1f0a2"])
    changes: dict[str, Any] = Field(
        description="What changed, as [before, after] or as it was given; or why it was refused.",
        examples=[{"period_limit": ["5000.0000", "8000"]}],
    )


class AuditLog(Page):
    entries: list[AuditEntryOut]


class EntriesAsked(Paging):
    """Which entries: `startDate` included, `endDate` excluded; else all."""

    actor: Text = Field("", description="`user-4711`, `key-2`, or all of a kind: `support`.")
    event: Text = Field("", description="The name of an event, such as `SetBillingGroupLimit`.")
    target_kind: Kind | None = Field(None, description="All of a kind.")
    target_id: Text = Field("", description="Needs `targetKind`; of Unassigned: `unassigned`.")
    outcome: Outcome | None = None
    start_date: TimeOrMilliseconds | None = Field(None, description=EITHER)
    end_date: TimeOrMilliseconds | None = Field(None, description=EITHER)


@router.get("/audit-log", response=answers(AuditLog))
def list_audit_log(request, asked: Query[EntriesAsked]):
    """What was done and what was refused, the latest first."""
    here = request.organization
    entries, page = page_of(request, chosen(here, asked), asked, key=("-at", "-pk"))
    names = Names(here, entries)
    return {"entries": [shown(entry, names) for entry in entries], **page}


def chosen(organization, asked):
    entries = organization.audit_entries.all()
    if asked.actor:
        entries = by_actor(entries, asked.actor)
    if asked.start_date:
        entries = entries.filter(at__gte=asked.start_date)
    if asked.end_date:
        entries = entries.filter(at__lt=asked.end_date)
    given = {name: getattr(asked, name) for name in ("event", "outcome")}
    entries = entries.filter(**{name: value for name, value in given.items() if value})
    return of_target(organization, entries, asked)


def of_target(organization, entries, asked):
    """The entries about what is asked for; of a member, what was done with many at once too."""
    kind, pk = asked.target_kind, asked.target_id
    if pk and not kind:
        raise ApiError(400, _("Say of which kind the target is."), "targetKind")
    if not pk:
        return entries.filter(target_kind=kind) if kind else entries
    if kind == "BillingGroup":
        groups = organization.billing_groups.named_in_url(pk)
        return entries.filter(target_kind=kind, target_id__in=groups.values("pk"))
    return entries.filter(about(kind, int(pk))) if is_number(pk) else entries.none()


def shown(entry, names):
    target = names.target(entry)
    is_unassigned = entry.target_kind == "BillingGroup" and target == UNASSIGNED
    return {
        "id": str(entry.pk),
        "at": entry.at,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "actor_name": names.actor(entry),
        "event": entry.event,
        "target_kind": entry.target_kind,
        "target_id": "unassigned" if is_unassigned else str(entry.target_id),
        "target_name": target,
        "outcome": entry.outcome,
        "address": entry.address,
        "request_id": entry.request_id or None,
        "changes": entry.changes,
    }
