"""An import of members: sent and judged, then applied, all of it or nothing."""

import gc
import secrets
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, done_already, operation
from groups.models import GroupMembership
from members.models import MemberImport, Organization

from .judging import ADD, CHANGE, ERROR, Verdicts
from .lines import MembersFile

SQL = Path(__file__).parents[1] / "sql"
MAKE_USERS = (SQL / "import_users.sql").read_text()
LOCK_USERS = (SQL / "import_locked_users.sql").read_text()
ADD_MEMBERS = (SQL / "import_add.sql").read_text()
CHANGE_MEMBERS = (SQL / "import_change.sql").read_text()
STORE = "COPY members_importline (of_import_id, number, verdict, email, what) FROM STDIN"
MOST_IGNORED = 20
VALUES = ("name", "role", "billing_group", "personal_limit", "is_unlimited")


class VerdictsChanged(Refused):
    code = "verdicts_changed"
    message = _("Something changed since the dry run. Nothing was applied: check the new one.")


class LinesRefused(Refused):
    code = "lines_refused"
    message = _("Some lines have errors. Nothing was applied.")


class ImportIsGone(Refused):
    code = "import_is_gone"
    message = _("This file is not kept any more. Send it again.")


@contextmanager
def uncollected():
    """Nobody looks for garbage among what is made here, all of which is needed to the end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@operation("UploadMembers")
def upload_members(*, actor, organization, importer, name, content, file):
    """Keep the `content` of a CSV, read as `file`, for an hour, and judge it; returns the import.

    It takes the place of what `importer` sent before.
    """
    now = timezone.now()
    forgotten, last = MemberImport.objects.forgotten(now), organization.member_imports
    for old in (forgotten, last.filter(importer=importer)):
        old.defer("content").delete()  # many files are more than the memory holds
    verdicts = Verdicts(organization, file.lines)
    sent = MemberImport.objects.create(
        organization=organization,
        importer=importer,
        name=name,
        content=content,
        ignored=file.ignored[:MOST_IGNORED],
        digest=verdicts.digest,
        created_at=now,
    )
    _store(sent, verdicts)
    return changed(organization, result=sent, lines=len(file.lines), **verdicts.counts)


@operation("ImportMembers")
@uncollected()
def import_members(*, actor, organization, sent, digest):
    """Do what all lines of the import `sent` say, or nothing; returns the number of each verdict.

    `digest`: of the verdicts that the admin was shown. Nobody is removed, disabled, made less
    than an admin or taken out of a group; a removed member of an email comes back. Locks the
    organization, invitations, billing groups, groups, then members by id. Raises
    VerdictsChanged, LinesRefused, ImportIsGone, RuleBroken.
    """
    lines = _lines_of(sent)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    invited = list(organization.invitations.pending().locked())
    verdicts = Verdicts(organization, lines, lock=True)
    if verdicts.digest != digest:
        raise VerdictsChanged
    if verdicts.of(ERROR):
        raise LinesRefused
    added, altered = verdicts.of(ADD), verdicts.of(CHANGE)
    if not (added or altered):
        return done_already(verdicts.counts)
    ids = _add(organization, [each for each in added if not each.person.pk], verdicts.known.keys)
    _change([each for each in added + altered if each.person.pk])
    _join(organization, added + altered, ids)
    newcomers = {verdicts.known.keys[each.line.email] for each in added}
    ended = [each.pk for each in invited if each.email.lower() in newcomers]
    organization.invitations.filter(pk__in=ended).revoke(timezone.now())
    new = [ids.get(each.line.email, each.person.pk) for each in added]
    return changed(
        organization,
        result=verdicts.counts,
        added=new,
        members=new + [each.person.pk for each in altered],
        sources=_sources(altered),
        **_numbers(altered),
    )


def judge_again(sent):
    """Look at the file anew: the dry run shows how things are now. Raises ImportIsGone."""
    verdicts = Verdicts(sent.organization, _lines_of(sent))
    with transaction.atomic():
        if not MemberImport.objects.select_for_update(no_key=True).filter(pk=sent.pk):
            raise ImportIsGone
        sent.lines.all().delete()
        sent.digest = verdicts.digest
        sent.save(update_fields=["digest"])
        _store(sent, verdicts)


def _lines_of(sent):
    try:
        return MembersFile(bytes(sent.content)).lines
    except MemberImport.DoesNotExist:  # the next file took its place
        raise ImportIsGone from None


def _store(sent, verdicts):
    with connection.cursor() as cursor, cursor.copy(STORE) as rows:
        for each in verdicts.all:
            rows.write_row((sent.pk, *each.shown))


def _add(organization, added, keys):
    """Make those who are new, and their users; returns ids by email."""
    emails = [each.line.email for each in added]
    users = _users([keys[email] for email in emails])
    named = {
        "organization": organization.pk,
        "emails": emails,
        "users": [users[keys[email]] for email in emails],
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_MEMBERS, named | _columns(added))
        return dict(cursor.fetchall())


def _users(keys):
    """Ids of those who sign in with these emails, found or made; again if one was just erased."""
    passwords = [UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20) for _key in keys]
    users = {}
    while len(users) < len(keys):
        with connection.cursor() as cursor:
            cursor.execute(MAKE_USERS, {"keys": keys, "passwords": passwords})
            cursor.execute(LOCK_USERS, {"keys": keys})
            users = dict(cursor.fetchall())
    return users


def _change(altered):
    ids = [each.person.pk for each in altered]
    with connection.cursor() as cursor:
        cursor.execute(CHANGE_MEMBERS, {"ids": ids} | _columns(altered))


def _columns(judged):
    return {name: [getattr(each.after, name) for each in judged] for name in VALUES}


def _join(organization, judged, ids):
    GroupMembership.objects.bulk_create(
        GroupMembership(
            organization=organization,
            group_id=group,
            member_id=each.person.pk or ids[each.line.email],
        )
        for each in judged
        for group in each.joins
    )


def _sources(altered):
    """How many came from which billing group (id: number)."""
    pairs = ((each.person.billing_group, each.after.billing_group) for each in altered)
    return {str(pk): number for pk, number in Counter(a for a, b in pairs if a != b).items()}


def _numbers(altered):
    """Of how many members each value was changed."""
    found = Counter(
        name
        for each in altered
        for name in VALUES
        if getattr(each.person, name) != getattr(each.after, name)
    )
    found["groups"] = sum(bool(each.joins) for each in altered)
    return {name: number for name, number in found.items() if number}
