"""Lists are read page by page: each row exactly once, whatever is added meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.metering import record_usage
from billing.models import UsageRecord
from tests.clock import utc
from tests.factories import (
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    many_members,
    report,
    usage,
)

from ..factories import new_key
from .conftest import Api


def pages(api, path, rows, between=None, **asked):
    """Every page of the list `rows` of `path`; `between` is done after each."""
    token = {}
    for _page in range(100):
        response = api.get(path, **asked, **token)
        assert response.status_code == 200
        yield response.body[rows]
        if "nextToken" not in response.body:
            return
        token = {"nextToken": response.body["nextToken"]}
        if between:
            between()
    raise AssertionError("a list without end")


def read_through(api, path, rows, between=None, **asked):
    return [row for page in pages(api, path, rows, between, **asked) for row in page]


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization)


def test_a_list_without_a_size_has_20_rows_and_at_most_100(api, organization):
    many_members(organization, 101)
    assert len(api.get("/members").body["members"]) == 20
    assert api.get("/members").body["maxResults"] == 20
    assert len(api.get("/members", maxResults=100).body["members"]) == 100
    for size in ("0", "101", "-1", "1e1", "2.5", "", "9" * 30):
        assert api.get("/members", maxResults=size).status_code == 400


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100])
def test_pages_give_every_member_once_in_order(api, organization, size):
    many_members(organization, 6)
    ids = [str(pk) for pk in organization.members.order_by("pk").values_list("pk", flat=True)]
    found = list(pages(api, "/members", "members", maxResults=size))
    assert [row["id"] for page in found for row in page] == ids
    assert all(page for page in found)
    assert {len(page) for page in found[:-1]} <= {size}


def test_members_who_are_added_meanwhile_neither_hide_nor_double_another(api, organization):
    before = [str(each.pk) for each in many_members(organization, 7)]
    ids = [
        row["id"]
        for row in read_through(
            api, "/members", "members", lambda: many_members(organization, 1), maxResults=3
        )
    ]
    assert len(ids) == len(set(ids))
    assert set(before) < set(ids)


def test_usage_that_is_reported_meanwhile_neither_hides_nor_doubles_another(api, member):
    at = timezone.now() - timedelta(minutes=10)
    for number in range(7):
        report(member, at=at, event_id=f"same-instant-{number}")
    seen = read_through(
        api,
        f"/members/{member.pk}/usage-events",
        "usages",
        lambda: report(member, at=at + timedelta(minutes=1)),
        maxResults=2,
    )
    expected = [f"same-instant-{number}" for number in range(7)]
    assert [row["eventId"] for row in seen] == expected[::-1]


def test_usage_is_read_across_periods_the_latest_first(admin):
    organization = OrganizationFactory(opened_at=utc(2026, 1, 1))
    member = MemberFactory(organization=organization, is_unlimited=True, role="org_admin")
    times = [utc(2026, month, day) for month in (1, 2, 3) for day in (1, 15, 28)]
    for at in times:
        record_usage(organization=organization, reports=[usage(member, at=at)], received_at=at)
    api = Api(organization, new_key(member).secret)
    seen = read_through(api, "/usage-events", "usages", maxResults=2)
    assert [row["occurredAt"] for row in seen] == [
        at.isoformat().replace("+00:00", "Z") for at in reversed(times)
    ]
    asked = {"startDate": "2026-01-15T00:00:00Z", "endDate": "2026-03-15T00:00:00Z"}
    seen = read_through(api, "/usage-events", "usages", maxResults=2, **asked)
    assert len(seen) == 6
    assert UsageRecord.objects.filter(organization=organization).count() == 9
    periods = read_through(api, "/periods", "periods", maxResults=2)
    assert [row["isCurrent"] for row in periods] == [True] + [False] * (len(periods) - 1)
    assert periods[-1]["periodStart"] == "2026-01-01T00:00:00Z"


def test_the_rows_of_an_export_come_once_each(api, organization):
    groups = [None, *BillingGroupFactory.create_batch(2, organization=organization)]
    for number in range(7):
        place = groups[number % 3] or organization.billing_groups.unassigned()
        report(
            MemberFactory(organization=organization, is_unlimited=True, billing_group=place),
            number + 1,
        )
    rows = read_through(api, "/billing-groups/usage", "usages", maxResults=2)
    assert sorted(row["credits"] for row in rows) == [1, 2, 3, 4, 5, 6, 7]


def test_unassigned_comes_first_once_and_is_not_counted(api, organization):
    BillingGroupFactory.create_batch(4, organization=organization)
    sizes = [len(page) for page in pages(api, "/billing-groups", "billingGroups", maxResults=2)]
    assert sizes == [3, 2]
    rows = read_through(api, "/billing-groups", "billingGroups", maxResults=2)
    assert [row["isUnassigned"] for row in rows] == [True] + [False] * 4


def test_members_of_groups_and_groups_themselves_are_paged(api, organization, group):
    GroupFactory.create_batch(4, organization=organization)
    assert len(read_through(api, "/groups", "groups", maxResults=2)) == 5
    members = [each.user_key for each in many_members(organization, 5)]
    assert api.post(f"/groups/{group.pk}/members", {"userIds": members}).body == {"count": 5}
    rows = read_through(api, f"/groups/{group.pk}/members", "members", maxResults=2)
    assert [row["userId"] for row in rows] == members
    rows = read_through(api, "/billing-groups/unassigned/members", "members", maxResults=2)
    assert [row["userId"] for row in rows][-5:] == members


def token_of(api, path, **asked):
    return api.get(path, maxResults=1, **asked).body["nextToken"]


def test_a_token_that_was_tampered_with_is_a_bad_request(api, organization):
    many_members(organization, 2)
    token = token_of(api, "/members")
    for wrong in ("x", token[:-1], "A" + token, token[1:], token.upper(), "a:b:c", "\0", "é", ":"):
        response = api.get("/members", nextToken=wrong)
        assert (response.status_code, response.body["details"]) == (400, ["nextToken"])


def test_a_token_of_another_list_or_filter_is_a_bad_request(api, organization, group):
    GroupFactory(organization=organization)
    many_members(organization, 2)
    BillingGroupFactory.create_batch(2, organization=organization)
    token = token_of(api, "/members")
    for path in ("/groups", "/periods", "/usage-events", "/billing-groups"):
        assert api.get(path, nextToken=token).status_code == 400
    assert api.get("/members", nextToken=token, includeDeleted="true").status_code == 400
    filtered = token_of(api, "/members", includeDeleted="true")
    assert api.get("/members", nextToken=filtered).status_code == 400
    assert api.get("/members", nextToken=filtered, includeDeleted="true").status_code == 200
    assert api.get("/members", nextToken=token, maxResults=50).status_code == 200


def test_a_token_of_another_organization_is_a_bad_request(api, organization):
    many_members(organization, 2)
    token = token_of(api, "/members")
    elsewhere = MemberFactory(role="org_admin")
    other = Api(elsewhere.organization, new_key(elsewhere).secret)
    assert other.get("/members", nextToken=token).status_code == 400


def test_the_last_page_costs_as_many_queries_as_the_first(api, organization):
    many_members(organization, 30)
    api.get("/members")
    with CaptureQueriesContext(connection) as first:
        token = token_of(api, "/members")
    with CaptureQueriesContext(connection) as later:
        api.get("/members", nextToken=token)
    assert len(first) == len(later)
    assert not any("OFFSET" in query["sql"] for query in [*first, *later])


def test_a_list_of_one_period_is_not_read_on_in_the_next(api, organization, member):
    BillingGroupFactory.create_batch(2, organization=organization)
    for place in organization.billing_groups.formal():
        report(MemberFactory(organization=organization, billing_group=place, is_unlimited=True))
    lists = {"/billing-groups": "billingGroups", "/billing-groups/usage": "usages"}
    tokens = {path: token_of(api, path) for path in lists}
    [period] = organization.periods.all()
    with time_machine.travel(period.ends_at + timedelta(seconds=1), tick=False):
        for path, token in tokens.items():
            assert api.get(path, nextToken=token, maxResults=1).status_code == 400
            end = period.ends_at.isoformat()
            again = read_through(api, path, lists[path], maxResults=1, periodEnd=end)
            assert len(again) >= 2


def test_a_page_of_events_asks_nothing_of_periods_without_usage_or_before_it(admin):
    organization = OrganizationFactory(opened_at=utc(2016, 1, 1))
    member = MemberFactory(organization=organization, is_unlimited=True, role="org_admin")
    for year in (2017, 2018, 2019):
        at = utc(year, 6, 1)
        record_usage(organization=organization, reports=[usage(member, at=at)], received_at=at)
    api = Api(organization, new_key(member).secret)
    api.get("/usage-events")
    assert organization.periods.count() > 40
    for path in ("/usage-events", f"/members/{member.pk}/usage-events"):
        token, counts = {}, []
        for _page in range(3):
            with CaptureQueriesContext(connection) as queries:
                response = api.get(path, maxResults=1, **token)
            counts.append(len(queries))
            token = {"nextToken": response.body.get("nextToken")}
        assert token == {"nextToken": None}
        assert (
            max(counts) <= counts[0] + 1
        )  # what is left of the period that the last page ended in
