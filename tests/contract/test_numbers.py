"""Credits go in and out exactly: no digit is lost, none is made up."""

from decimal import Decimal

import pytest

from billing.periods import current_period
from tests.factories import BillingGroupFactory, MemberFactory, limit, report

from .calls import a_record

RECORD = """{"records": [{"eventId": "exact", "memberId": "%s", "credits": %s,
"occurredAt": "%s"}]}"""


def send(api, member, credits):
    """Report `credits`, as the body's text has them, and return what became of it."""
    body = RECORD % (member.pk, credits, a_record(member)["occurredAt"])
    return api.post("/usage-records", body.encode()).body["results"][0]


def test_a_limit_comes_back_with_all_its_digits(api, member):
    path = f"/members/{member.pk}/usage-limit"
    response = api.send("PUT", path, b'{"limitValue": 12345678901234.5678}')
    assert response.body["limitValue"] == Decimal("12345678901234.5678")
    assert b'"limitValue":12345678901234.5678,' in response.content
    assert b'"limitValue":12345678901234.5678,' in api.get(path).content
    member.refresh_from_db()
    assert member.personal_limit == Decimal("12345678901234.5678")


def test_a_tenth_and_two_tenths_are_three_tenths(api, member):
    for credits in (b"0.1", b"0.2"):
        [result] = api.post(
            "/usage-records",
            b'{"records": [%s]}'
            % (
                b'{"eventId": "e%s", "memberId": "%d", "credits": %s, "occurredAt": "%s"}'
                % (credits, member.pk, credits, a_record(member)["occurredAt"].encode())
            ),
        ).body["results"]
        assert result["outcome"] == "recorded"
    response = api.get(f"/members/{member.pk}/usage-limit")
    assert b'"usedValue":0.3,' in response.content
    assert b'"credits":0.3' in api.get("/billing-groups/usage").content
    assert b'"totalCredits":0.3' in api.get(f"/members/{member.pk}/usage-summary").content


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("1e3", 1000), ("1200.50000", Decimal("1200.5")), ("0.0001", Decimal("0.0001")), ("1E-4", 0)],
)
def test_a_number_may_be_written_as_json_writes_numbers(api, member, sent, kept):
    assert send(api, member, sent)["outcome"] == "recorded"
    used = api.get(f"/members/{member.pk}/usage-limit").body["usedValue"]
    assert used == (kept or Decimal("0.0001"))


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("0.00001", "too_many_decimals"),
        ("1000000000.0001", "out_of_range"),
        ("-0.0001", "out_of_range"),
        ("1e400", "out_of_range"),
        ("1e-400", "too_many_decimals"),
        ("9" * 40, "out_of_range"),
        ('"1"', "not_a_number"),
        ("true", "not_a_number"),
        ("null", "missing"),
        ("[1]", "not_a_number"),
    ],
)
def test_credits_that_cannot_be_are_invalid_never_rounded(api, member, sent, why):
    result = send(api, member, sent)
    assert (result["outcome"], result["field"], result["reasons"]) == ("invalid", "credits", [why])


@pytest.mark.parametrize(
    "sent", ["-2", "-0.5", "0.00001", "1e14", "1e1000000", "1e99999999999999999999", '"5"', "true"]
)
def test_a_limit_that_cannot_be_is_a_bad_request(api, member, sent):
    body = b'{"limitValue": %s}' % sent.encode()
    assert api.send("PUT", f"/members/{member.pk}/usage-limit", body).status_code == 400


@pytest.mark.parametrize(
    "sent", ["1e1000000", "-1e1000000", "1000000000.0001", "0.00001", "1e99999999999999999999"]
)
def test_an_adjustment_that_cannot_be_is_a_bad_request(api, member, sent):
    period = current_period(member.organization)
    body = """{"eventId": "e", "memberId": "%s", "billingGroupId": "unassigned",
        "periodEnd": "%s", "credits": %s, "reason": "Sent twice"}"""
    sent = body % (member.pk, period.ends_at.isoformat(), sent)
    assert api.post("/usage-adjustments", sent.encode()).status_code == 400


def test_minus_one_is_no_limit_and_nothing_else_is(api, organization):
    member = MemberFactory(organization=organization)
    group = BillingGroupFactory(organization=organization)
    path = f"/members/{member.pk}/usage-limit"
    assert "limitValue" not in api.get(path).body
    assert api.put(path, {"limitValue": -1}).body["limitValue"] == -1
    member.refresh_from_db()
    assert (member.is_unlimited, member.personal_limit) == (True, None)
    path = f"/billing-groups/{group.pk}"
    assert api.put(f"{path}/limit", {"limitAmount": 0}).body["limitAmount"] == 0
    assert api.put(f"{path}/limit", {"limitAmount": -1}).body["limitAmount"] == -1
    group.refresh_from_db()
    assert group.period_limit is None


def test_what_is_used_beyond_a_limit_leaves_zero_not_less(api, member):
    limit(member, 100)
    report(member, 150)
    assert b'"personalRemaining":0,' in api.get(f"/members/{member.pk}/credit-status").content
