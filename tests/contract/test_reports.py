"""Usage in, over HTTP: one result for each record, and all of a batch or nothing."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from billing import metering
from billing.periods import current_period
from members.models import Member
from members.operations import remove_member
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
)

from ..factories import new_key
from .calls import a_record
from .conftest import Api


def results(api, *records):
    response = api.post("/usage-records", {"records": list(records)})
    assert response.status_code == 200
    assert len(response.body["results"]) == len(records)
    return response.body["results"]


def result(api, member, **record):
    return results(api, a_record(member, **record))[0]


def used(member):
    totals = current_period(member.organization).usage_totals.filter(member=member)
    return sum(total.credits for total in totals)


def test_one_record_is_answered_as_a_batch_of_one(api, organization, member):
    group = BillingGroupFactory(organization=organization)
    assign(member, group)
    answer = result(api, member, eventId="event-1", credits=5, source="IDE", operation="Agent")
    record = organization.usage_records.get()
    assert answer == {
        "eventId": "event-1",
        "outcome": "recorded",
        "recordId": str(record.pk),
        "billingGroupId": str(group.pk),
    }
    assert (record.credits, record.source, record.operation) == (5, "IDE", "Agent")


def test_a_member_is_named_by_id_user_id_or_email_or_all_of_them(api, member):
    nobody = {"memberId": None}
    named = [
        {},
        {**nobody, "userId": member.user_key},
        {**nobody, "email": member.email.upper()},
        {"userId": member.user_key, "email": member.email},
        {"userId": "", "email": None},
    ]
    answers = results(api, *(a_record(member, **ids) for ids in named))
    assert [answer["outcome"] for answer in answers] == ["recorded"] * 5
    assert used(member) == 5


def test_bad_records_are_named_and_the_others_count(api, organization, member):
    other = MemberFactory(organization=organization, is_unlimited=True)
    stranger = MemberFactory(is_unlimited=True)
    bad = [
        (a_record(member, eventId=None), "eventId", "missing"),
        (a_record(member, eventId=""), "eventId", "length"),
        (a_record(member, eventId="x" * 201), "eventId", "length"),
        (a_record(member, eventId="a\0b"), "eventId", "unprintable"),
        (a_record(member, eventId=7), "eventId", "not_a_text"),
        (a_record(member, source="x" * 101), "source", "length"),
        (a_record(member, operation="a\tb"), "operation", "unprintable"),
        (a_record(member, memberId=None), "memberId", "missing"),
        (a_record(member, memberId="0"), "memberId", "unknown_member"),
        (a_record(member, memberId="9" * 30), "memberId", "unknown_member"),
        (a_record(member, memberId=member.pk), "memberId", "not_a_text"),
        (a_record(stranger), "memberId", "unknown_member"),
        (a_record(member, userId=stranger.user_key), "memberId", "ids_disagree"),
        (a_record(member, userId=other.user_key), "memberId", "ids_disagree"),
        (a_record(member, userId="4711"), "userId", "unknown_member"),
        (a_record(member, email="nobody@example.test"), "email", "unknown_member"),
        (a_record(member, email="\0"), "email", "unknown_member"),
        (a_record(member, email="ı@example.test\u202e"), "email", "unknown_member"),
        (a_record(member, credits=None), "credits", "missing"),
        (a_record(member, credits=-1), "credits", "out_of_range"),
        (a_record(member, credits="1"), "credits", "not_a_number"),
        (a_record(member, credits=10**4000), "credits", "out_of_range"),
        (a_record(member, occurredAt=None), "occurredAt", "missing"),
        (a_record(member, occurredAt="yesterday"), "occurredAt", "not_a_time"),
        (a_record(member, occurredAt="2026-11-19T08:30:00"), "occurredAt", "time_zone_missing"),
        (a_record(member, occurredAt="2026-02-30T08:30:00Z"), "occurredAt", "not_a_time"),
        (a_record(member, occurredAt="0001-01-01T00:00:00Z"), "occurredAt", "before_first_period"),
        (a_record(member, occurredAt="9999-12-31T23:59:59-14:00"), "occurredAt", "in_the_future"),
        (a_record(member, occurredAt=1764547200), "occurredAt", "not_a_text"),
        (a_record(member, admission="maybe"), "admission", "unknown"),
        (a_record(member, receivedAt="2026-01-01T00:00:00Z"), "receivedAt", "unknown_field"),
        (a_record(member, organizationId="1"), "organizationId", "unknown_field"),
        ("event", "records", "not_an_object"),
        ([], "records", "not_an_object"),
        (None, "records", "not_an_object"),
    ]
    mixed = [each for record, _field, _why in bad for each in (record, a_record(member))]
    answers = results(api, *mixed)
    told = [(answer["outcome"], answer["field"], answer["reasons"]) for answer in answers[::2]]
    assert told == [("invalid", field, [why]) for _record, field, why in bad]
    assert [answer["outcome"] for answer in answers[1::2]] == ["recorded"] * len(bad)
    sent = [record.get("eventId") for record in mixed[1::2]]
    assert [answer["eventId"] for answer in answers[1::2]] == sent
    assert used(member) == len(bad)
    assert Member.objects.filter(organization=organization).count() == 3  # nobody is made up


def test_too_early_too_late_and_too_soon_are_told_apart(db):
    long_ago = timezone.now() - timedelta(days=100)
    organization = OrganizationFactory(opened_at=long_ago)
    member = MemberFactory(organization=organization, is_unlimited=True, role=Member.Role.ADMIN)
    api = Api(organization, new_key(member).secret)
    for days, why in ((-150, "before_first_period"), (-70, "too_late"), (1, "in_the_future")):
        at = timezone.now() + timedelta(days=days)
        answer = result(api, member, occurredAt=at.isoformat(), admission="force")
        assert (answer["field"], answer["reasons"]) == ("occurredAt", [why])
    soon = timezone.now() + timedelta(minutes=4)
    assert result(api, member, occurredAt=soon.isoformat())["outcome"] == "recorded"


def test_an_offset_is_as_good_as_utc(api, member):
    at = timezone.now().astimezone(timezone.get_fixed_timezone(330)).isoformat()
    assert result(api, member, occurredAt=at)["outcome"] == "recorded"


def test_the_same_record_again_is_a_duplicate_of_the_first(api, organization, member):
    record = a_record(member, credits=5)
    first, again = results(api, record, record)
    later = results(api, record)[0]
    assert (first["outcome"], again["outcome"], later["outcome"]) == (
        "recorded",
        "duplicate",
        "duplicate",
    )
    assert first["recordId"] == again["recordId"] == later["recordId"]
    assert used(member) == 5


@pytest.mark.parametrize(
    "other", [{"credits": 6}, {"source": "CLI"}, {"operation": "Chat"}, {"memberId": "other"}]
)
def test_the_same_event_id_with_anything_else_is_a_conflict(api, organization, member, other):
    if "memberId" in other:
        twin = MemberFactory(organization=organization, is_unlimited=True)
        other = {"memberId": str(twin.pk)}
    record = a_record(member, credits=5)
    answers = results(api, record, {**record, **other})
    assert [answer["outcome"] for answer in answers] == ["recorded", "conflict"]
    assert results(api, {**record, **other})[0]["outcome"] == "conflict"
    assert used(member) == 5


def test_what_is_refused_says_every_reason_and_force_records_it(api, organization, member):
    group = BillingGroupFactory(organization=organization)
    assign(member, group)
    limit(member, 0)
    limit(group, 0)
    answer = result(api, member, eventId="refused-1")
    assert answer == {
        "eventId": "refused-1",
        "outcome": "refused",
        "reasons": ["personal_limit_reached", "billing_group_limit_reached"],
        "billingGroupId": str(group.pk),
    }
    assert result(api, member, eventId="refused-1", admission="force")["outcome"] == "recorded"
    assert used(member) == 1


def test_the_record_that_crosses_a_limit_counts_and_the_next_is_refused(api, member):
    limit(member, 10)
    answers = results(api, *(a_record(member, credits=8) for _ in range(3)))
    assert [each["outcome"] for each in answers] == ["recorded", "recorded", "refused"]
    assert used(member) == 16


def test_a_removed_member_is_known_and_refused(api, member):
    remove_member(actor=TESTS, member=member)
    assert result(api, member)["reasons"] == ["member_removed"]
    assert result(api, member, memberId=None, email=member.email)["reasons"] == ["member_removed"]


@pytest.mark.parametrize(
    "body",
    [
        {"records": []},
        {"records": [None] * 1001},
        {"records": {}},
        {"records": None},
        {},
        [],
        "records",
        7,
        {"records": [None], "receivedAt": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_body_that_is_no_batch_is_a_bad_request(api, organization, body):
    response = api.post("/usage-records", body)
    assert (response.status_code, response.body["details"]) == (400, ["records"])
    assert not organization.usage_records.exists()


def test_a_thousand_records_are_a_batch(api, member):
    answers = results(api, *(a_record(member) for _ in range(1000)))
    assert {each["outcome"] for each in answers} == {"recorded"}
    assert used(member) == 1000


BROKEN = {
    "no JSON": b"records",
    "cut short": b'{"records": [{"eventId": "a"',
    "not UTF-8": b'{"records": [{"eventId": "\xff\xfe"}]}',
    "half a character": b'{"records": [{"eventId": "\\ud800"}]}',
    "a byte order mark": b'\xef\xbb\xbf{"records": [{}]}',
    "NaN": b'{"records": [{"credits": NaN}]}',
    "infinite": b'{"records": [{"credits": -Infinity}]}',
    "more digits than can be": b'{"records": [{"credits": ' + b"9" * 5000 + b"}]}",
    "more exponent than can be": b'{"records": [{"credits": 1e99999999999999999999}]}',
    "a deep list": b'{"records": ' + b"[" * 100_000,
    "deep objects": b'{"records": ' + b'{"a":' * 100_000,
    "a raw control character": b'{"records": [{"eventId": "a\nb"}]}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_cannot_be_read_is_a_bad_request(api, organization, body):
    response = api.post("/usage-records", body)
    assert (response.status_code, response.body["code"]) == (400, "BadRequest")
    assert not organization.usage_records.exists()


def test_a_batch_that_breaks_midway_leaves_nothing(api, organization, member, monkeypatch):
    real = metering._answer

    def breaks(*row):
        if organization.usage_records.count() == 2:
            raise DatabaseError("the server is gone")
        return real(*row)

    monkeypatch.setattr(metering, "_answer", breaks)
    response = api.post("/usage-records", {"records": [a_record(member), a_record(member)]})
    assert response.status_code == 500
    assert not organization.usage_records.exists()
    assert used(member) == 0
    monkeypatch.undo()
    assert result(api, member)["outcome"] == "recorded"


def test_usage_leaves_no_audit_entry(api, organization, member):
    before = organization.audit_entries.count()
    result(api, member)
    result(api, member, credits=-1)
    assert organization.audit_entries.count() == before


def test_a_person_in_two_organizations_is_two_users(api, organization, member):
    twin = MemberFactory(
        user=member.user, email=member.email, is_unlimited=True, role=Member.Role.ADMIN
    )
    [here] = api.get("/members", email=member.email).body["members"]
    assert here["userId"] == member.user_key != twin.user_key
    assert result(api, member, userId=twin.user_key, memberId=None)["outcome"] == "invalid"
    assert result(api, member, memberId=None, email=member.email)["outcome"] == "recorded"
    assert (used(member), used(twin)) == (1, 0)
    assert twin.user_key not in api.get("/members").content.decode()
