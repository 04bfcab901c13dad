"""What is kept about a person: handed out whole, and erased."""

import json
from functools import partial

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry, about
from audit.operations import Refused, changed, done_already, operation

from .locks import end_invitations_of
from .models import Member, User
from .operations import remove_member
from .packed import write_packed
from .sessions import sign_out_everywhere

PLAIN = {"ensure_ascii": False, "cls": DjangoJSONEncoder}


class MemberIsEnabled(Refused):
    code = "member_is_enabled"
    message = _("This member is active. Disable or remove them first.")


@operation("EraseMember")
def erase_member(*, actor, member):
    """Take name, email and user from `member`, disabled or removed; returns the member.

    A disabled one is removed with it. Records, totals and history stay, so that all sums do. A user
    who is a member nowhere else, and no support staff, is erased too. Raises MemberIsEnabled.
    """
    organization = end_invitations_of(member)
    member = organization.members.select_for_update(no_key=True).get(pk=member.pk)
    if member.is_erased:
        return done_already(member)
    if member.status == Member.Status.ENABLED:
        raise MemberIsEnabled
    if member.status == Member.Status.DISABLED:
        member = remove_member(actor=actor, member=member)
    _erase_invitations(organization, member)
    user, member.user = member.user_id, None
    member.name, member.email = member.erased_identity
    member.save(update_fields=["name", "email", "user"])
    organization.member_imports.defer("content").delete()  # the files name people too
    if user is not None:
        _erase_user(user)
    return changed(member, name=True, email=True)  # not whether they are a member elsewhere


def _erase_invitations(organization, member):
    """Those of their email, and the ones that they accepted under another."""
    organization.invitations.of_emails([member.email]).delete()
    accepted = organization.audit_entries.filter(
        about("Member", member.pk), event="AcceptInvitation"
    )
    organization.invitations.filter(pk__in=accepted.values("target_id")).delete()


def _erase_user(pk):
    """Erase who is a member nowhere else; the lock lets nobody add them meanwhile."""
    user = User.objects.select_for_update().get(pk=pk)
    if not (user.is_staff or user.memberships.exists()):
        sign_out_everywhere(user)  # a session holds the email
        user.delete()


@operation("ExportPersonalData")
def export_personal_data(*, actor, member):
    """Write all that the organization keeps about `member` as JSON; returns it as a packed file.

    Times are UTC, Credits are text with their decimals. What other organizations know of the same
    person is not in it.
    """
    file, written = write_packed(partial(_write, member))
    return changed(member, result=file, records=written)


def _write(member, file):
    """One key a line, the records last, one a line; returns how many they are."""
    file.write(b"{\n")
    for name, value in _parts(member).items():
        file.write(f'"{name}": {json.dumps(value, **PLAIN)},\n'.encode())
    file.write(b'"usageRecords": [')
    number = 0
    for number, record in enumerate(_records(member), start=1):
        start = "," if number > 1 else ""
        file.write(f"{start}\n{json.dumps(record, **PLAIN)}".encode())
    file.write(b"\n]\n}\n")
    return number


def _parts(member):
    spells = member.assignments.order_by("started_at")
    totals = member.usage_totals.exclude(credits=0).order_by("period__starts_at", "billing_group")
    return {
        "member": {
            "id": str(member.pk),
            "organization": member.organization.name,
            "name": member.name,
            "email": member.email,
            "role": member.role,
            "status": member.status,
            "billingGroup": member.billing_group.name,
            "personalLimit": member.personal_limit,
            "isUnlimited": member.is_unlimited,
            "joinedAt": member.joined_at,
            "removedAt": member.deleted_at,
        },
        "groups": list(member.groups.order_by("name").values_list("name", flat=True)),
        "billingGroups": list(
            spells.values(
                billingGroup=F("billing_group__name"), since=F("started_at"), until=F("ended_at")
            )
        ),
        "usage": list(
            totals.values(
                "credits",
                periodStart=F("period__starts_at"),
                periodEnd=F("period__ends_at"),
                billingGroup=F("billing_group__name"),
            )
        ),
        "apiKeys": list(
            member.api_keys.order_by("pk").values(
                "name",
                "prefix",
                createdAt=F("created_at"),
                lastUsedAt=F("last_used_at"),
                expiresAt=F("expires_at"),
                revokedAt=F("revoked_at"),
            )
        ),
        "auditLog": [_entry(entry, member) for entry in _entries(member)],
    }


def _entries(member):
    by_them = Q(actor_kind=AuditEntry.ActorKind.USER, actor_id=str(member.pk))
    entries = member.organization.audit_entries.filter(by_them | about("Member", member.pk))
    return entries.order_by("at", "pk")


def _entry(entry, member):
    """What they did has their address; of what others did, the others' is not told."""
    theirs = (entry.actor_kind, entry.actor_id) == (AuditEntry.ActorKind.USER, str(member.pk))
    told = {"at": entry.at, "event": entry.event, "outcome": entry.outcome}
    return told | ({"byThem": True, "address": entry.address} if theirs else {"byThem": False})


def _records(member):
    """From the oldest; period by period, as the index has them."""
    for period in member.organization.periods.order_by("starts_at"):
        records = member.records.filter(period=period).order_by("occurred_at", "event_id")
        yield from records.values(
            "credits",
            "kind",
            "source",
            "operation",
            "reason",
            eventId=F("event_id"),
            billingGroup=F("billing_group__name"),
            occurredAt=F("occurred_at"),
            recordedAt=F("recorded_at"),
        ).iterator(chunk_size=2_000)
