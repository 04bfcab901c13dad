"""API keys in Settings: made with a secret shown once, listed, revoked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from members.keys import working_key
from members.models import ApiKey, Member
from members.operations import change_role, disable_member, remove_member

from ..factories import TESTS, MemberFactory, new_key
from ..pages import rows, signed_in, url, words


@pytest.fixture
def create(console, organization):
    def post(**typed):
        sent = {"name": "Gateway", "scopes": ["read", "usage"], "days": "90", **typed}
        return console.post(url("api-keys:create", organization), sent)

    return post


def secret_in(page):
    return re.search(r"<textarea[^>]*>(mm_[^<]+)</textarea>", page.content.decode())[1]


def test_the_secret_is_shown_once_opens_the_door_and_is_stored_nowhere(
    console, organization, admin, create
):
    page = create()
    secret = secret_in(page)
    assert "no-store" in page["Cache-Control"]
    assert "I have saved this API key" in words(page)
    key = organization.api_keys.get()
    assert working_key(secret) == key
    assert (key.name, key.scopes, key.created_by) == ("Gateway", ["read", "usage"], admin)
    assert abs(key.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert secret not in console.get(url("api-keys:list", organization)).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(k)::text FROM members_apikey k")
        cursor_rows = cursor.fetchall()
        cursor.execute("SELECT changes::text FROM audit_auditentry")
        cursor_rows += cursor.fetchall()
    assert not any(secret.split("_", 2)[2] in row for (row,) in cursor_rows)


def test_making_a_key_leaves_one_entry_without_the_secret(organization, create):
    create()
    entry = organization.audit_entries.latest("id")
    assert (entry.event, entry.outcome) == ("CreateApiKey", "done")
    assert set(entry.changes) == {"name", "scopes", "expires_at"}


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Enter a name."),
        ("name", "x" * 101, "at most 100"),
        ("scopes", [], "This field is required."),
        ("scopes", ["admin"], "Select a valid choice"),
        ("days", "366", "Select a valid choice"),
    ],
)
def test_bad_input_makes_no_key(organization, create, field, typed, message):
    page = create(**{field: typed})
    assert page.status_code == 422
    assert message in page.context["form"].errors[field][0]
    assert not organization.api_keys.exists()


def test_the_list_says_what_each_key_is_good_for(console, organization, admin):
    grace = MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
    active, blocked = new_key(admin, ["read"]).key, new_key(grace).key
    expired = new_key(admin, days=-1).key
    revoked = new_key(admin).key
    console.post(url("api-keys:revoke", organization, revoked.pk))
    disable_member(actor=TESTS, member=grace)
    shown = rows(console.get(url("api-keys:list", organization)))
    assert " Active " in shown[f"api-key-{active.pk}"]
    assert f"{active.prefix}… Read " in shown[f"api-key-{active.pk}"]
    assert "Its maker is no admin now." in shown[f"api-key-{blocked.pk}"]
    assert " Expired" in shown[f"api-key-{expired.pk}"]
    assert shown[f"api-key-{revoked.pk}"].endswith("Revoked")


def test_a_revoked_key_is_refused_from_then_on_and_stays_revoked(console, organization, admin):
    made = new_key(admin)
    address = url("api-keys:revoke", organization, made.key.pk)
    assert "Programs that use" in words(console.get(address))
    page = console.get(console.post(address)["Location"])
    assert "Gateway was revoked." in words(page)
    assert working_key(made.secret) is None
    assert console.post(address).status_code == 404
    with pytest.raises(Exception, match="Cannot update"):
        ApiKey.objects.update(revoked_at=None)


@pytest.mark.parametrize(
    "end",
    [
        lambda maker: disable_member(actor=TESTS, member=maker),
        lambda maker: remove_member(actor=TESTS, member=maker),
        lambda maker: change_role(actor=TESTS, member=maker, role=Member.Role.MEMBER),
    ],
)
def test_a_key_is_never_stronger_than_its_maker_is_now(organization, admin, end):
    grace = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    made = new_key(grace)
    assert working_key(made.secret) == made.key
    end(grace)
    assert working_key(made.secret) is None


def test_a_removed_makers_keys_are_revoked_and_do_not_come_back(organization, admin):
    grace = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    key = new_key(grace).key
    remove_member(actor=TESTS, member=grace)
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_an_expired_key_does_not_work(admin):
    assert working_key(new_key(admin, days=-1).secret) is None


@pytest.mark.parametrize("damage", [lambda text: text[:-1], lambda text: text + "x", str.upper])
def test_only_the_whole_secret_opens(admin, damage):
    assert working_key(damage(new_key(admin).secret)) is None


@pytest.mark.parametrize("secret", ["", "mm_", "\x00" * 60, "é" * 60, "x" * 10_000])
def test_what_cannot_be_a_key_is_none(admin, secret):
    assert working_key(secret) is None


def test_use_is_noted_at_most_once_a_minute(admin, monkeypatch):
    made = new_key(admin)
    start = timezone.now()
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
        now = start + timedelta(seconds=seconds)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        working_key(made.secret)
        made.key.refresh_from_db()
        assert made.key.last_used_at == start + timedelta(seconds=noted)


def test_a_key_of_another_organization_is_not_found(organization, admin, console):
    elsewhere = new_key(MemberFactory(role=Member.Role.ADMIN)).key
    assert console.post(url("api-keys:revoke", organization, elsewhere.pk)).status_code == 404
    assert elsewhere.name not in rows(signed_in(admin).get(url("api-keys:list", organization)))
