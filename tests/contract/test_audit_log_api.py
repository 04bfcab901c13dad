"""GET /audit-log: what was done and refused, for programs that keep it elsewhere."""

from datetime import timedelta
from typing import get_args

import pytest
from django.utils import timezone

from audit.api import Kind
from audit.models import AuditEntry
from audit.names import KINDS
from audit.operations import Actor, Refused, record
from members.operations import disable_member
from tests.factories import BillingGroupFactory, MemberFactory, assign, invite, limit

from .test_paging import read_through


@pytest.fixture
def found(api):
    """The events of the entries that are answered."""

    def read(**asked):
        response = api.get("/audit-log", **asked)
        assert response.status_code == 200, response.body
        return [entry["event"] for entry in response.body["entries"]]

    return read


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def test_an_entry_says_who_did_what_to_what(api, organization, platform, admin):
    actor = Actor("user", str(admin.pk), "192.0.2.7", "request-7")
    changes = {"period_limit": ["5000.0000", None]}
    entry = record(actor, "SetBillingGroupLimit", platform, changes)
    entry.refresh_from_db()
    told = api.get("/audit-log").body["entries"][0]
    at = told.pop("at")
    assert at == entry.at.isoformat().replace("+00:00", "Z")
    assert told == {
        "id": str(entry.pk),
        "actorKind": "user",
        "actorId": str(admin.pk),
        "actorName": admin.name,
        "event": "SetBillingGroupLimit",
        "targetKind": "BillingGroup",
        "targetId": str(platform.pk),
        "targetName": "Platform",
        "outcome": "done",
        "address": "192.0.2.7",
        "requestId": "request-7",
        "changes": {"period_limit": ["5000.0000", None]},
    }


def test_every_kind_of_actor_and_of_target_is_told(api, organization, admin, platform):
    invitation = invite(admin)[0].invitation
    for kind in AuditEntry.ActorKind.values:
        record(Actor(kind, str(invitation.pk)), "AcceptInvitation", invitation, {})
    told = api.get("/audit-log", targetKind="Invitation").body["entries"]
    assert {each["actorKind"] for each in told} == set(AuditEntry.ActorKind.values)
    assert {each["targetName"] for each in told} == {invitation.email}
    assert set(get_args(Kind)) == set(KINDS)


def test_unassigned_is_named_as_everywhere_in_the_api(api, found, organization, platform, member):
    assign(member, platform)
    assign(member, organization.billing_groups.unassigned())
    assert api.get("/audit-log").body["entries"][0]["targetId"] == "unassigned"
    assert found(targetKind="BillingGroup", targetId="unassigned") == ["AssignBillingGroup"]


def test_every_entry_is_read_once_while_others_come_in(api, organization, platform):
    for credits in range(7):
        limit(platform, credits)
    before = [str(entry.pk) for entry in organization.audit_entries.order_by("-pk")]

    def act():
        limit(platform, None)

    rows = read_through(api, "/audit-log", "entries", between=act, maxResults=2)
    assert [row["id"] for row in rows] == before


def test_entries_are_chosen(found, organization, platform, member, admin, key):
    limit(platform, 5)
    limit(member, 5)
    assign(member, platform)
    with pytest.raises(Refused):
        disable_member(actor=Actor("user", str(admin.pk)), member=admin)
    assert found(event="SetBillingGroupLimit") == ["SetBillingGroupLimit"]
    assert found(outcome="refused") == found(actor=f"user-{admin.pk}") == ["DisableMember"]
    assert found(actor=f"key-{key.key.pk}") == found(actor="support") == []
    assert len(found(actor="command")) == 5
    about = {"targetKind": "Member", "targetId": member.pk}
    assert found(**about) == ["AssignBillingGroup", "SetPersonalLimit"]
    assert found(**about, event="AssignBillingGroup") == ["AssignBillingGroup"]
    assert found(targetKind="Member") == ["DisableMember", "SetPersonalLimit"]
    assert found(targetKind="ApiKey", targetId="0") == []
    assert found(targetKind="BillingGroup", targetId="x") == []


def test_entries_of_a_time_are_chosen(found, organization):
    now = timezone.now()
    assert found(endDate=(now + timedelta(minutes=1)).isoformat()) == found()
    assert found(startDate=(now + timedelta(minutes=1)).isoformat()) == []
    assert found(endDate="0") == []
    assert found(startDate="0") == found()


def test_what_cannot_be_asked_is_a_bad_request(api):
    for asked in (
        {"targetId": "7"},
        {"targetKind": "User"},
        {"outcome": "x"},
        {"startDate": "x"},
        {"event": "\0"},
        {"actor": "\0"},
        {"target": "member-7"},
    ):
        assert api.get("/audit-log", **asked).status_code == 400, asked


def test_an_actor_or_event_that_nobody_knows_matches_nothing(found):
    for actor in ("x", "user-", "user-x", "user-" + "9" * 40, "key--1", "-"):
        assert found(actor=actor) == []
    assert found(event="x") == []


def test_nothing_of_another_organization_is_told(found):
    limit(MemberFactory(), 5)
    assert set(found()) <= {"OpenOrganization", "CreateApiKey"}
