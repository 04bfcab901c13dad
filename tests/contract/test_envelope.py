"""What an answer other than success says, and how a program is slowed down."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

import members.api
from billing.periods import next_boundary
from config import api as config_api
from config.throttle import Throttle
from tests.factories import GroupFactory, MemberFactory

from ..factories import new_key


@pytest.mark.parametrize(
    ("status", "code", "ask"),
    [
        (400, "BadRequest", lambda api: api.get("/members", maxResults="many")),
        (400, "BadRequest", lambda api: api.post("/groups", b"{")),
        (404, "NotFound", lambda api: api.get("/members/1e3")),
        (404, "NotFound", lambda api: api.get("/no-such-thing")),
        (405, "MethodNotAllowed", lambda api: api.delete("/members")),
        (409, "Conflict", lambda api: api.patch("/billing-groups/unassigned", {"name": "X"})),
    ],
)
def test_every_error_comes_in_the_envelope(api, status, code, ask):
    response = ask(api)
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert response.body["code"] == code
    assert response.body["message"].endswith(".")
    assert response.body["requestId"] == response["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-Id"])
    assert response.body.keys() <= {"requestId", "code", "message", "details"}


@pytest.mark.parametrize(
    "address",
    [
        "/v1",
        "/v1/",
        "/v1/nowhere",
        "/v1/a%0Ab",
        "/v1/organizations/",
        "/v1/organizations/1/members/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_there_is_not_answers_in_the_envelope_without_a_key(db, address, method):
    response = Client(enforce_csrf_checks=True).generic(method, address)
    assert response.status_code == 404
    assert response.json()["code"] == "NotFound"
    assert response.json()["requestId"] == response["X-Request-Id"]


def test_the_details_name_the_fields_as_they_were_sent(api):
    body = {"userIds": [1], "periodEnd": "yesterday", "period_end": None}
    details = api.post("/billing-groups/unassigned/members", body).body["details"]
    assert {each.split(":")[0] for each in details} == {"userIds.0", "periodEnd", "period_end"}
    details = api.get("/members", maxResults=0, email="\0").body["details"]
    assert {each.split(":")[0] for each in details} == {"maxResults", "email"}


def test_a_name_that_is_taken_is_told_from_another_conflict(api, organization):
    GroupFactory(organization=organization, name="Platform")
    response = api.post("/groups", {"displayName": "platform"})
    assert (response.status_code, response.body["code"]) == (409, "AlreadyExists")
    response = api.post("/billing-groups", {"name": "UNASSIGNED"})
    assert (response.status_code, response.body["code"]) == (409, "Conflict")
    email = MemberFactory(organization=organization).email.upper()
    response = api.post("/members", {"name": "Twin", "email": email})
    assert (response.status_code, response.body["code"]) == (409, "AlreadyExists")


def test_an_error_of_ours_says_only_its_id(api, monkeypatch, caplog):
    def broken(*arguments):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(members.api, "current_period", broken)
    with caplog.at_level(logging.ERROR):
        response = api.get("/members/1/usage-limit")
    assert (response.status_code, response.body["code"]) == (500, "InternalError")
    assert "secret" not in response.content.decode()
    assert response["X-Request-Id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_each_key_is_slowed_down_by_itself(api, admin, organization, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(config_api, "throttle", Throttle(60, 2, clock=lambda: now[0]))
    other = type(api)(organization, new_key(admin).secret)
    assert [api.get("/periods").status_code for _ in range(3)] == [200, 200, 429]
    assert other.get("/periods").status_code == 200
    response = api.get("/periods")
    assert response.body["code"] == "TooManyRequests"
    assert response.body["requestId"] == response["X-Request-Id"]
    now[0] += int(response["Retry-After"])
    assert [api.get("/periods").status_code for _ in range(2)] == [200, 429]


def test_the_wait_is_said_in_whole_seconds_that_are_enough(api, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(config_api, "throttle", Throttle(7, 1, clock=lambda: now[0]))
    assert api.get("/periods").status_code == 200
    now[0] += 0.5
    response = api.get("/periods")
    assert response["Retry-After"] == "9"
    now[0] += 9
    assert api.get("/periods").status_code == 200


def test_a_write_that_was_slowed_down_wrote_nothing(api, organization, monkeypatch):
    monkeypatch.setattr(config_api, "throttle", Throttle(1, 0))
    assert api.post("/groups", {"displayName": "Platform"}).status_code == 429
    assert not organization.groups.exists()


def test_times_are_in_utc_whatever_the_organization_calls_the_hour(api, organization):
    organization.time_zone = "Asia/Tokyo"
    organization.save()
    with time_machine.travel(timezone.now() + timedelta(days=300)):
        key = new_key(MemberFactory(organization=organization, role="org_admin"))
        [period, *_rest] = type(api)(organization, key.secret).get("/periods").body["periods"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT15:00:00Z", period["periodEnd"])


def next_end(organization):
    """When the period after the stored one will end, which nobody has made yet."""
    last = organization.periods.get()
    return next_boundary(organization, last.ends_at).isoformat()


def test_a_period_that_has_just_begun_can_be_named_at_once(api, organization, admin):
    [now] = api.get("/periods").body["periods"]
    with time_machine.travel(now["periodEnd"], tick=False):
        body = {"displayName": "Platform", "periodEnd": next_end(organization)}
        api = type(api)(organization, new_key(admin).secret)
        assert organization.periods.count() == 1
        assert api.post("/groups", body).status_code == 200
