"""Every operation, as every key that may ask; a new one needs an entry in CALLS."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import AuditEntry
from members.keys import revoke_api_key
from members.models import ApiKey, Member, User
from members.operations import change_role, disable_member, remove_member

from ..factories import TESTS, MemberFactory, new_key
from ..pages import signed_in
from ..views import Place
from .calls import CALLS, METHODS, operations
from .conftest import Api

WRITING = [name for name, call in CALLS.items() if call.scope == "write"]
IN_PERIOD = [name for name in WRITING if name != "adjustUsage"]  # its periodEnd says what it mends
SENDING = [name for name, call in CALLS.items() if call.sends]
NAMING = [name for name, call in CALLS.items() if "{" in call.path]
READING = [name for name, call in CALLS.items() if call.scope == "read"]
every_operation = pytest.mark.parametrize("name", CALLS)


@pytest.fixture
def key(place):
    return new_key(place.admin)


@pytest.fixture
def api(place, key):
    return Api(place.organization, key.secret)


def perform(api, place, name, of=None, asked=None, **more):
    """Make the call of `name`; `of`: the place whose ids its address holds."""
    call = CALLS[name]
    return api.send(call.method, call.at(of or place), call.body(place, **more), **(asked or {}))


def in_period(api, place, name, end):
    """Make the call of `name`, a write, naming the period that ends then."""
    named = {"periodEnd": end.isoformat()}
    return perform(api, place, name, **(named if name in SENDING else {"asked": named}))


def entries(place):
    """What keys did in the place: (outcome, key), the oldest first."""
    noted = place.organization.audit_entries.filter(actor_kind=AuditEntry.ActorKind.KEY)
    return list(noted.order_by("id").values_list("outcome", "actor_id"))


def content(place):
    """The records of a place without the time at which somebody last touched them."""
    for record in (record for kind in place.records for record in kind):
        record.pop("updated_at", None)
        yield record


def test_every_operation_of_the_schema_is_listed_here():
    listed = {name: (call.method, call.path) for name, call in CALLS.items()}
    assert {name: said[:2] for name, said in operations().items()} == listed


@every_operation
def test_it_answers_a_key_with_its_scope_alone(place, name):
    key = new_key(place.admin, scopes=[CALLS[name].scope])
    response = perform(Api(place.organization, key.secret), place, name)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["X-Request-Id"]


@every_operation
def test_it_is_refused_without_a_working_key(place, name):
    before = place.records
    for secret in ("", "nonsense", "mm_000000000000_" + "x" * 43, "\x80\xff", "mm_"):
        response = perform(Api(place.organization, secret), place, name)
        assert response.status_code == 401
        assert response.body["code"] == "Unauthorized"
        assert response["WWW-Authenticate"] == "Bearer"
    assert place.records == before
    assert entries(place) == []


@pytest.mark.parametrize("name", ["listMembers", "addMember", "reportUsage"])
def test_a_browser_that_is_signed_in_opens_nothing(place, name):
    api = Api(place.organization, "")
    api.client = signed_in(place.admin)
    assert perform(api, place, name).status_code == 401


@every_operation
def test_without_the_scope_it_is_refused_and_that_is_noted_once(place, name):
    others = [scope for scope in ApiKey.Scope.values if scope != CALLS[name].scope]
    key = new_key(place.admin, scopes=others)
    before = place.records
    response = perform(Api(place.organization, key.secret), place, name)
    assert response.status_code == 403
    assert response.body["code"] == "Forbidden"
    assert place.records == before
    assert entries(place) == [("refused", str(key.key.pk))]


@every_operation
def test_the_key_of_another_organization_finds_nothing(place, name):
    stranger = new_key(MemberFactory(role=Member.Role.ADMIN))
    before = place.records
    response = perform(Api(place.organization, stranger.secret), place, name)
    assert response.status_code == 404
    assert response.body["code"] == "NotFound"
    assert place.records == before
    assert entries(place) == []
    assert stranger.key.organization.audit_entries.filter(actor_kind="key").count() == 0


ENDINGS = {
    "revoked": lambda key: revoke_api_key(actor=TESTS, key=key),
    "demoted": lambda key: change_role(actor=TESTS, member=key.created_by, role="org_member"),
    "disabled": lambda key: disable_member(actor=TESTS, member=key.created_by),
    "removed": lambda key: remove_member(actor=TESTS, member=key.created_by),
    "barred from signing in": lambda key: User.objects.filter(pk=key.created_by.user_id).update(
        is_active=False
    ),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_a_key_that_was_revoked_or_whose_maker_is_no_admin_opens_nothing(place, api, key, end):
    assert perform(api, place, "listMembers").status_code == 200
    end(key.key)
    before = place.records
    assert {name: perform(api, place, name).status_code for name in CALLS} == dict.fromkeys(
        CALLS, 401
    )
    assert place.records == before


def test_an_expired_key_opens_nothing(place, api, key):
    with time_machine.travel(key.key.expires_at - timedelta(seconds=1), tick=False):
        assert perform(api, place, "listMembers").status_code == 200
    with time_machine.travel(key.key.expires_at, tick=False):
        answers = {perform(api, place, name).status_code for name in CALLS}
    assert answers == {401}


def test_a_key_of_somebody_removed_stays_dead_when_they_come_back(place, api, key):
    remove_member(actor=TESTS, member=place.admin)
    Member.objects.filter(pk=place.admin.pk).update(status="ENABLED", deleted_at=None)
    assert perform(api, place, "listMembers").status_code == 401


def test_that_a_key_was_used_is_noted(place, api, key):
    assert perform(api, place, "listMembers").status_code == 200
    assert ApiKey.objects.get(pk=key.key.pk).last_used_at


@pytest.mark.parametrize("name", NAMING)
def test_what_belongs_to_another_organization_is_not_found(place, api, name):
    elsewhere = Place()
    before = place.records, elsewhere.records
    assert perform(api, place, name, of=elsewhere).status_code == 404
    assert (place.records, elsewhere.records) == before
    assert entries(place) == entries(elsewhere) == []


@pytest.mark.parametrize("name", NAMING)
def test_an_id_that_cannot_be_is_not_found(place, api, name):
    call = CALLS[name]
    own = call.at(place)
    for key in ("0", "9" * 30, "9" * 5000, "²", "1e3", "-1", "\0", "Unassigned", "null", "4711 "):
        ids = dict.fromkeys(("member_id", "group_id", "billing_group_id"), key)
        assert call.path.format(**ids) != own
        response = api.send(call.method, call.path.format(**ids), call.body(place))
        assert response.status_code == 404, key
        assert response.body["requestId"] == response["X-Request-Id"]


@every_operation
def test_a_method_that_its_address_does_not_know_is_refused_in_the_envelope(place, api, name):
    path = CALLS[name].path
    known = {call.method.lower() for call in CALLS.values() if call.path == path}
    for method in METHODS - known:
        response = api.send(method.upper(), CALLS[name].at(place))
        assert response.status_code == 405
        assert response.body["code"] == "MethodNotAllowed"
        assert {each.strip().lower() for each in response["Allow"].split(",")} == known


@pytest.mark.parametrize("name", IN_PERIOD)
def test_a_write_in_the_current_period_leaves_one_entry_of_the_key(place, api, key, name):
    before = place.records
    response = in_period(api, place, name, place.current.ends_at)
    assert response.status_code == 200
    assert place.records != before or name == "unsetUsageLimit"
    assert entries(place) == [("done", str(key.key.pk))]
    [entry] = place.organization.audit_entries.filter(request_id=response["X-Request-Id"])
    assert entry.address == "127.0.0.1"


@pytest.mark.parametrize("name", IN_PERIOD)
def test_a_write_for_a_period_that_is_over_writes_nothing(place, api, key, name):
    before = place.records
    never = timezone.now() + timedelta(seconds=1)
    for end in (place.past.ends_at, never):
        response = in_period(api, place, name, end)
        assert response.status_code == 409
        assert response.body["code"] == "Conflict"
        assert response.body["details"] == ["period_is_over"]
    assert place.records == before
    assert entries(place) == [("refused", str(key.key.pk))] * 2


@pytest.mark.parametrize("name", WRITING)
def test_a_write_that_is_sent_again_changes_nothing_more(place, api, name):
    assert perform(api, place, name).status_code == 200
    first = list(content(place))
    again = perform(api, place, name)
    assert again.status_code in {200, 404, 409}
    if again.status_code == 409:
        assert again.body["code"] == "AlreadyExists"
    assert list(content(place)) == first


@pytest.mark.parametrize("name", SENDING)
def test_what_is_no_json_object_is_a_bad_request(place, api, name):
    call, before = CALLS[name], place.records
    for body in (
        b"",
        b"{",
        b"\xff",
        b"NaN",
        b"[]",
        b"null",
        b"1e9999999999999999999",
        b"[" * 10**5,
    ):
        response = api.send(call.method, call.at(place), body)
        assert response.status_code == 400, body[:20]
        assert response.body["code"] == "BadRequest"
    assert place.records == before
    assert entries(place) == []


@pytest.mark.parametrize("name", SENDING)
def test_a_field_that_nobody_knows_is_a_bad_request(place, api, name):
    before = place.records
    for field in ("receivedAt", "received_at", "openedAt", "period_end", "organizationId"):
        assert perform(api, place, name, **{field: None}).status_code == 400
    assert place.records == before


@pytest.mark.parametrize("name", SENDING)
def test_a_body_that_is_too_long_is_refused(place, api, name):
    call = CALLS[name]
    response = api.send(call.method, call.at(place), b'"' + b"x" * (4 * 1024 * 1024) + b'"')
    assert response.status_code == 413
    assert response.body["code"] == "ContentTooLarge"


@pytest.mark.parametrize("name", READING)
def test_what_only_reads_leaves_no_entry(place, api, name):
    before = place.records
    assert perform(api, place, name).status_code == 200
    assert place.records == before
    assert entries(place) == []
