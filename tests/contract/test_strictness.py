"""What a request says is read, or refused: nothing that it says is passed over."""

import http.client
import json
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import GroupFactory, MemberFactory, report

from ..factories import new_key
from .conftest import Api
from .server import serving


def details(response, status=400):
    assert response.status_code == status
    return response.body.get("details")


@pytest.mark.parametrize("name", ["foo", "max_results", "periodend"])
def test_a_query_that_nobody_knows_is_refused(api, name):
    assert details(api.get("/members", **{name: "1"})) == [name]


def test_a_period_in_a_query_that_belongs_into_the_body_guards_nothing(api, organization):
    response = api.send(
        "POST", "/groups", {"displayName": "Guild"}, periodEnd="2020-01-01T00:00:00Z"
    )
    assert details(response) == ["periodEnd"]
    assert not organization.groups.exists()


def test_a_period_in_a_body_that_belongs_into_the_query_guards_nothing(api, organization):
    group = GroupFactory(organization=organization)
    response = api.delete(f"/groups/{group.pk}", {"periodEnd": "2020-01-01T00:00:00Z"})
    assert details(response) is None
    assert organization.groups.filter(pk=group.pk).exists()
    assert api.delete(f"/groups/{group.pk}").status_code == 200


@pytest.mark.parametrize("wrong", ["007", "+7", "7 ", "７"])
def test_an_id_has_one_spelling(api, member, wrong):
    assert api.get(f"/members/{member.pk}").status_code == 200
    spelled = wrong.replace("7", str(member.pk)).replace("７", f"０{member.pk}")
    assert api.get(f"/members/{spelled}").status_code == 404
    body = {"userIds": [f"user-0{member.pk}"]}
    assert details(api.post("/billing-groups/unassigned/members", body)) == [
        f"userIds: user-0{member.pk}"
    ]


@pytest.fixture
def sent(organization, admin, member):
    """The result of a report of usage."""
    api = Api(organization, new_key(admin, scopes=["usage"]).secret)

    def send(**said):
        now = timezone.now().isoformat()
        record = {"eventId": "e", "memberId": str(member.pk), "credits": 1, "occurredAt": now}
        [result] = api.post("/usage-records", {"records": [record | said]}).body["results"]
        return result

    return send


@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fz", "%Y-%m-%d %H:%M:%S+00:00"]
)
def test_times_are_read_as_rfc_3339_has_them(sent, form):
    assert sent(occurredAt=timezone.now().strftime(form))["outcome"] == "recorded"


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%dT%HZ", "%G-W%V-%uT%H:%M:%SZ", "%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%S,5Z"]
    + ["%Y-%m-%dT%H:%M:%S Z", "%Y-%m-%dT%H:%M:%S+00:00:30", "%s", "%Y-%m-%d"],
)
def test_other_ways_to_write_a_time_are_refused(sent, api, form):
    said = (timezone.now() - timedelta(hours=1)).strftime(form)
    result = sent(occurredAt=said)
    assert (result["outcome"], result["field"]) == ("invalid", "occurredAt")
    assert api.get("/billing-groups", periodEnd=said).status_code == 400


def test_milliseconds_are_a_time_where_qoder_has_them_and_nowhere_else(api, member):
    report(member)
    hour_ago = int((timezone.now() - timedelta(hours=1)).timestamp() * 1000)
    assert len(api.get("/usage-events", startDate=hour_ago).body["usages"]) == 1
    assert api.get("/usage-events", endDate=hour_ago).body["usages"] == []
    for wrong in ("9" * 400, "1e3", "１７９６０８３２０００００"):
        assert api.get("/usage-events", startDate=wrong).status_code == 400
    assert (
        api.put(
            f"/members/{member.pk}/usage-limit", {"limitValue": 1, "periodEnd": hour_ago}
        ).status_code
        == 400
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"memberId": "999999"}, "memberId"),
        ({"memberId": None, "userId": "user-999999"}, "userId"),
        ({"memberId": None, "email": "nobody@example.com"}, "email"),
    ],
)
def test_the_field_of_an_unknown_member_is_the_one_that_was_sent(sent, said, field):
    result = sent(**said)
    assert (result["field"], result["reasons"]) == (field, ["unknown_member"])


def test_what_is_new_was_changed_when_it_was_made(api):
    made = api.post("/billing-groups", {"name": "Platform"}).body
    assert made["createdAt"] <= made["updatedAt"]


def test_a_wrong_host_is_told_in_the_envelope(api, settings):
    settings.ALLOWED_HOSTS = ["console.example"]
    response = api.get("/members")
    assert (response.status_code, response.body["code"]) == (400, "BadRequest")
    assert response["X-Request-Id"] == response.body["requestId"]


def test_who_is_led_to_https_gets_a_request_id_too(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/v1/openapi.json")
    assert response.status_code == 301
    assert response["X-Request-Id"]


def test_the_log_of_a_refused_request_has_the_id_that_its_answer_has(api, caplog):
    response = api.get("/members/nobody")
    [line] = [json.loads(logging.root.handlers[0].format(each)) for each in caplog.records]
    assert line["request_id"] == response.body["requestId"]


def test_a_body_that_is_sent_in_chunks_is_read(transactional_db):
    admin = MemberFactory(role="org_admin")
    headers = {
        "Authorization": f"Bearer {new_key(admin).secret}",
        "Content-Type": "application/json",
    }
    path = f"/v1/organizations/{admin.organization_id}/groups"

    def send(chunks):
        line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        try:
            line.request("POST", path, iter(chunks), headers, encode_chunked=True)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    with serving() as address:
        status, body = send([b'{"displayName": ', b'"Guild"}'])
        assert (status, body["displayName"]) == (200, "Guild")
        assert send([b'{"displayName": '])[0] == 400
        assert send([b" " * 1_000_000] * 5)[0] == 413
