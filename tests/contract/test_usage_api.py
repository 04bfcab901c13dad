"""What was used, over HTTP: records, sums, the rows of an export, periods, adjustments."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from billing.periods import all_periods
from tests.factories import (
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    report,
)

from ..factories import new_key
from .conftest import Api


def text(at):
    return at.isoformat().replace("+00:00", "Z")


@pytest.fixture
def organization(db):
    return OrganizationFactory(opened_at=timezone.now() - timedelta(days=70))


@pytest.fixture
def periods(organization):
    return all_periods(organization)


@pytest.fixture
def mended(organization, member, periods):
    """An adjustment of a member who used 5 Credits."""
    report(member, 5)
    return {
        "eventId": "mend-1",
        "memberId": str(member.pk),
        "billingGroupId": "unassigned",
        "periodEnd": text(periods[0].ends_at),
        "credits": -2,
        "reason": "Sent twice",
    }


def test_a_record_is_shown_with_whom_it_is_of_and_where(api, organization, member):
    group = BillingGroupFactory(organization=organization)
    assign(member, group)
    at = timezone.now()
    report(member, "1.5", at=at, event_id="event-1", source="IDE", operation="Agent")
    [shown] = api.get("/usage-events").body["usages"]
    assert float(shown.pop("credits")) == 1.5
    assert shown == {
        "timestamp": int(at.timestamp() * 1000),
        "occurredAt": text(at),
        "eventId": "event-1",
        "memberId": str(member.pk),
        "userId": member.user_key,
        "userEmail": member.email,
        "billingGroupId": str(group.pk),
        "kind": "usage",
        "source": "IDE",
        "operation": "Agent",
    }
    assert len(api.get(f"/members/{member.pk}/usage-events").body["usages"]) == 1


def test_records_are_chosen_by_member_time_source_and_operation(api, organization, member):
    other = MemberFactory(organization=organization, is_unlimited=True)
    now = timezone.now()
    for minutes, source, operation in ((3, "IDE", "Agent"), (2, "CLI", "Agent"), (1, "IDE", "")):
        at = now - timedelta(minutes=minutes)
        report(member, minutes, at=at, source=source, operation=operation)
    report(other, 9, at=now, source="Web")
    path = f"/members/{member.pk}/usage-events"

    def found(path=path, **asked):
        return [row["credits"] for row in api.get(path, **asked).body["usages"]]

    assert found("/usage-events") == [9, 1, 2, 3]
    assert found() == [1, 2, 3]
    assert found(sources="IDE") == [1, 3]
    assert found(sources="IDE, CLI", operations="Agent") == [2, 3]
    assert found(startDate=text(now - timedelta(minutes=2))) == [1, 2]
    assert found(endDate=text(now - timedelta(minutes=2))) == [3]
    milliseconds = int((now - timedelta(minutes=2)).timestamp() * 1000)
    assert found(startDate=str(milliseconds)) == [1, 2]
    assert found(sources="\u00e9") == []
    for wrong in ("yesterday", "2026-11-01", "nan", "inf", "9" * 40, "9999-12-31T23:59:59-14:00"):
        assert api.get(path, startDate=wrong).status_code == 400


def test_sums_are_by_source_or_operation(api, member):
    for credits, source, operation in (("0.1", "IDE", "A"), ("0.2", "IDE", "B"), ("4", "", "A")):
        report(member, credits, source=source, operation=operation)
    path = f"/members/{member.pk}/usage-summary"
    assert api.get(path).content == b'{"summary":{"":4,"IDE":0.3},"totalCredits":4.3}'
    by_operation = api.get(path, groupBy="operation").content
    assert by_operation == b'{"summary":{"A":4.1,"B":0.2},"totalCredits":4.3}'
    only = api.get(path, operations="B").content
    assert only == b'{"summary":{"IDE":0.2},"totalCredits":0.2}'
    assert api.get(path, groupBy="day").status_code == 400


def test_a_member_without_usage_has_a_sum_of_nothing(api, member):
    shown = api.get(f"/members/{member.pk}/usage-summary").body
    assert shown == {"summary": {}, "totalCredits": 0}


def test_the_rows_of_an_export_are_those_of_its_period(api, organization, member, periods):
    group = BillingGroupFactory(organization=organization, name="Platform")
    report(member, 3, at=periods[1].starts_at, received_at=periods[1].ends_at)
    assign(member, group)
    report(member, 4)
    report(member, 0)
    now, past = periods[:2]
    [row] = api.get("/billing-groups/usage").body["usages"]
    assert row == {
        "billingGroupId": str(group.pk),
        "billingGroup": "Platform",
        "isDeleted": False,
        "memberId": str(member.pk),
        "userId": member.user_key,
        "memberName": member.name,
        "email": member.email,
        "credits": 4,
    }
    shown = api.get("/billing-groups/usage", periodEnd=text(past.ends_at)).body
    assert (shown["periodStart"], shown["periodEnd"]) == (text(past.starts_at), text(past.ends_at))
    assert [row["credits"] for row in shown["usages"]] == [3]
    for name, end, credits in (
        ("unassigned", past, [3]),
        ("unassigned", now, []),
        (group.pk, now, [4]),
    ):
        path = f"/billing-groups/{name}/usage"
        rows = api.get(path, periodEnd=text(end.ends_at)).body["usages"]
        assert [row["credits"] for row in rows] == credits


def test_a_billing_group_is_shown_with_what_it_used_in_a_period(api, member, periods):
    report(member, 3, at=periods[1].starts_at, received_at=periods[1].ends_at)
    report(member, 4)
    path = "/billing-groups/unassigned"
    assert api.get(path).body["currentUsed"] == 4
    assert api.get(path, periodEnd=text(periods[1].ends_at)).body["currentUsed"] == 3
    shown = api.get("/billing-groups", periodEnd=text(periods[1].ends_at)).body
    assert shown["billingGroups"][0]["currentUsed"] == 3
    assert shown["periodEnd"] == text(periods[1].ends_at)


def test_a_period_that_never_was_is_a_bad_request(api, periods):
    never = text(periods[0].ends_at + timedelta(days=31))
    for path in ("/billing-groups", "/billing-groups/unassigned", "/billing-groups/usage"):
        for wrong in (never, "2001-01-01T00:00:00Z", "yesterday", "", "9" * 30):
            response = api.get(path, periodEnd=wrong)
            assert response.status_code == 400
            assert response.body["details"][0].startswith("periodEnd")


def test_periods_say_what_is_current_and_what_is_final(api, organization, periods):
    shown = api.get("/periods").body["periods"]
    assert [row["periodStart"] for row in shown] == [text(each.starts_at) for each in periods]
    assert [row["periodEnd"] for row in shown] == [text(each.ends_at) for each in periods]
    assert [row["isCurrent"] for row in shown] == [True, *[False] * (len(shown) - 1)]
    assert shown[0]["isFinal"] is False
    assert shown[-1]["isFinal"] is True
    assert shown[0]["finalAt"] == text(periods[0].ends_at + timedelta(hours=72))


def test_an_adjustment_mends_and_sent_again_counts_once(api, organization, member, mended):
    first = api.post("/usage-adjustments", mended).body
    assert first == {**mended, "recordId": first["recordId"]}
    assert api.post("/usage-adjustments", mended).body == first
    assert api.get(f"/members/{member.pk}/usage-limit").body["usedValue"] == 3
    kinds = [row["kind"] for row in api.get("/usage-events").body["usages"]]
    assert sorted(kinds) == ["adjustment", "usage"]
    record = organization.usage_records.get(event_id="mend-1")
    assert record.actor == f"key:{organization.api_keys.get().pk}"


@pytest.mark.parametrize(
    ("change", "status", "about"),
    [
        ({"credits": -6}, 409, "adjustment_refused"),
        ({"credits": 0}, 409, "adjustment_refused"),
        ({"credits": "1"}, 400, "credits"),
        ({"credits": 10**10}, 400, "credits"),
        ({"memberId": "0"}, 400, "memberId"),
        ({"memberId": 7}, 400, "memberId"),
        ({"billingGroupId": "0"}, 400, "billingGroupId"),
        ({"periodEnd": "2001-01-01T00:00:00Z"}, 400, "periodEnd"),
        ({"periodEnd": "yesterday"}, 400, "periodEnd"),
        ({"reason": " "}, 400, "reason"),
        ({"reason": "x" * 501}, 400, "reason"),
        ({"reason": "\u0958" * 500}, 400, "reason"),
        ({"eventId": ""}, 400, "eventId"),
        ({"eventId": "a\0b"}, 400, "eventId"),
        ({"eventId": "x" * 201}, 400, "eventId"),
        ({"receivedAt": "2026-01-01T00:00:00Z"}, 400, "receivedAt"),
    ],
)
def test_an_adjustment_that_cannot_be_changes_nothing(
    api, organization, mended, change, status, about
):
    response = api.post("/usage-adjustments", {**mended, **change})
    assert response.status_code == status
    assert response.body["details"][0].split(":")[0] == about
    assert organization.usage_records.count() == 1
    refused = organization.audit_entries.filter(actor_kind="key", outcome="refused")
    assert refused.count() == (status == 409)


def test_an_adjustment_names_nothing_of_another_organization(api, organization, mended):
    member, group = MemberFactory(), BillingGroupFactory()
    for change in ({"memberId": str(member.pk)}, {"billingGroupId": str(group.pk)}):
        assert api.post("/usage-adjustments", {**mended, **change}).status_code == 400


def test_an_event_id_with_another_content_is_a_conflict(api, mended):
    assert api.post("/usage-adjustments", mended).status_code == 200
    response = api.post("/usage-adjustments", {**mended, "credits": -1})
    assert (response.status_code, response.body["details"]) == (409, ["conflict"])


def test_a_final_period_is_mended_no_more(organization, admin, member, periods):
    report(member, 5, at=periods[1].starts_at, received_at=periods[1].ends_at)
    body = {
        "eventId": "mend-1",
        "memberId": str(member.pk),
        "billingGroupId": "unassigned",
        "periodEnd": text(periods[1].ends_at),
        "credits": -2,
        "reason": "Sent twice",
    }
    for at, status in (
        (periods[1].final_at - timedelta(seconds=1), 200),
        (periods[1].final_at, 409),
    ):
        with time_machine.travel(at, tick=False):
            api = Api(organization, new_key(admin).secret)
            assert (
                api.post("/usage-adjustments", {**body, "eventId": text(at)}).status_code == status
            )
