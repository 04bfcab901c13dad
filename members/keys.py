"""API keys: how they are made, what opens with them, how they end."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation

from .models import ApiKey, Member, Organization, digest_of

PREFIX_LENGTH = 15  # mm_ and 12 hexadecimal digits
USE_IS_NOTED_EVERY = timedelta(minutes=1)
SOME_PREFIX, SOME_TIME = "mm_", datetime.max.replace(tzinfo=UTC)


class MakerIsNoAdmin(Refused):
    code = "maker_is_no_admin"
    message = _("Only an enabled admin can make an API key.")


class KeyIsRevoked(Refused):
    code = "key_is_revoked"
    message = _("This API key was revoked meanwhile.")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, and its secret, which is known only now."""

    key: ApiKey
    secret: str


@operation("CreateApiKey")
def create_api_key(*, actor, maker, name, scopes, expires_at):
    """Make a key of `maker`, an enabled admin, for programs; returns a NewKey.

    `scopes`: some of `read`, `write`, `usage`; `expires_at`: an instant within a year. The key
    works only as long as its maker is an enabled admin. Raises MakerIsNoAdmin.
    """
    maker = Member.objects.select_for_update(no_key=True).get(pk=maker.pk)
    if not maker.is_admin:
        raise MakerIsNoAdmin
    prefix = f"mm_{secrets.token_hex(6)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        organization_id=maker.organization_id,
        name=name,
        scopes=list(scopes),
        prefix=prefix,
        digest=digest_of(secret),
        created_by=maker,
        created_at=Now(),
        expires_at=expires_at,
    )
    return changed(
        key, result=NewKey(key, secret), name=name, scopes=key.scopes, expires_at=expires_at
    )


@operation("RevokeApiKey")
def revoke_api_key(*, actor, key):
    """End `key` now and for ever; returns it. Raises KeyIsRevoked."""
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if key.revoked_at is not None:
        raise KeyIsRevoked
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    return changed(key, name=key.name)


def revoke_keys_of(member):
    """End every key that `member` made, within the operation that removes them; how many."""
    return member.api_keys.filter(revoked_at=None).update(revoked_at=timezone.now())


def working_key(secret):
    """The key that opens with `secret`, its organization joined; None if it does not work now.

    One query by an index; that it was used is noted at most once a minute.
    """
    now = timezone.now()
    key = _find(secret[:PREFIX_LENGTH], now) if secret.isprintable() else None
    if key is None or not key.opens_with(secret):
        return None
    if key.last_used_at is None or now - key.last_used_at >= USE_IS_NOTED_EVERY:
        _note_use(key, now)
    return key


def _find(prefix, now):
    sql, parameters = _lookup()
    given = {SOME_PREFIX: prefix, SOME_TIME: now}
    with connection.prepared() as cursor:
        cursor.execute(sql, [given.get(each, each) for each in parameters])
        row = cursor.fetchone()
    if row is None:
        return None
    columns = _columns(ApiKey)
    key = ApiKey.from_db(connection.alias, columns, row[: len(columns)])
    key.organization = Organization.from_db(
        connection.alias, _columns(Organization), row[len(columns) :]
    )
    return key


@cache
def _lookup():
    """The query of `_find` and its parameters: to put it together takes longer than to ask it."""
    of_organization = (f"organization__{name}" for name in _columns(Organization))
    keys = ApiKey.objects.working(SOME_TIME).filter(prefix=SOME_PREFIX)
    return keys.values_list(*_columns(ApiKey), *of_organization).query.sql_with_params()


@cache
def _columns(model):
    return [field.attname for field in model._meta.concrete_fields]


def _note_use(key, now):
    before = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(before, pk=key.pk, revoked_at=None).update(last_used_at=now)
