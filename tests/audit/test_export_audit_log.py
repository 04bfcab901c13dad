"""Export CSV of the audit log: the entries that the page shows, as a file."""

import csv
import json
import tracemalloc

import pytest
from django.db import connection

from audit.operations import Actor, record
from groups.operations import create_group, delete_group
from tests.factories import BillingGroupFactory, MemberFactory, UserFactory, limit, new_key
from tests.pages import url

HEADER = (
    "Time,Actor Kind,Actor,Actor ID,Event,Target Kind,Target,Target ID,"
    "Outcome,Address,Request ID,Changes"
)


@pytest.fixture
def rows(console, organization):
    def get(**query):
        response = console.get(url("audit:export", organization), query)
        assert response.status_code == 200
        lines = response.getvalue().decode().removeprefix("\ufeff").split("\r\n")
        assert (lines[0], lines[-1]) == (HEADER, "")
        return list(csv.DictReader(lines[:-1]))

    return get


def test_a_row_holds_all_of_an_entry(rows, organization, admin):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    actor = Actor("user", str(admin.pk), "192.0.2.7", "request-7")
    entry = record(actor, "SetBillingGroupLimit", platform, {"period_limit": [None, "5"]})
    entry.refresh_from_db()
    [row, _opened] = rows()
    assert json.loads(row.pop("Changes")) == {"period_limit": [None, "5"]}
    assert row == {
        "Time": entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "Actor Kind": "user",
        "Actor": admin.name,
        "Actor ID": str(admin.pk),
        "Event": "SetBillingGroupLimit",
        "Target Kind": "BillingGroup",
        "Target": "Platform",
        "Target ID": str(platform.pk),
        "Outcome": "done",
        "Address": "192.0.2.7",
        "Request ID": "request-7",
    }


def test_actors_and_targets_have_their_names_of_today(rows, organization, admin):
    key = new_key(admin).key
    user = UserFactory(email="help@vendor.example")
    group = create_group(actor=Actor("key", str(key.pk)), organization=organization, name="Guild")
    delete_group(actor=Actor("support", str(user.pk)), group=group)
    told = [(row["Actor"], row["Target"]) for row in rows()]
    assert told == [
        ("help@vendor.example", "Guild"),
        ("Gateway", "Guild"),
        ("tests", "Gateway"),
        ("tests", organization.name),
    ]


def test_it_is_filtered_as_the_page_is(rows, organization):
    limit(BillingGroupFactory(organization=organization, name="Platform"), 5)
    assert [row["Event"] for row in rows(event="OpenOrganization")] == ["OpenOrganization"]
    assert [row["Event"] for row in rows(q="platform")] == ["SetBillingGroupLimit"]
    assert rows(since="nonsense") == rows(q="\0") == rows(outcome="refused") == []


def test_a_cell_that_a_spreadsheet_would_run_is_defused(rows, organization):
    limit(BillingGroupFactory(organization=organization, name="=1+1"), 5)
    record(Actor("command", "@sum"), "Test", organization, {"reason": 'a "quoted" word'})
    test, limited, _opened = rows()
    assert (test["Actor"], test["Actor ID"]) == ("'@sum", "'@sum")
    assert limited["Target"] == "'=1+1"
    assert json.loads(test["Changes"]) == {"reason": 'a "quoted" word'}


def test_it_is_an_operation_of_its_own_and_not_in_its_own_file(rows, organization, admin):
    assert len(rows(event="OpenOrganization", q="")) == 1
    [entry] = organization.audit_entries.filter(event="ExportAuditLog")
    assert entry.changes == {"rows": 1, "chosen_by": {"event": "OpenOrganization"}}
    assert entry.member_id == admin.pk


def test_nothing_of_another_organization_is_in_it(rows, organization):
    limit(MemberFactory(), 5)
    assert [row["Event"] for row in rows()] == ["OpenOrganization"]


def test_the_file_bears_the_organizations_name(console, organization):
    response = console.get(url("audit:export", organization))
    assert f'filename="{organization.slug}_audit-log.csv"' in response["Content-Disposition"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.getvalue()


def test_a_long_log_takes_the_memory_of_a_short_one(console, organization):
    def peak():
        tracemalloc.start()
        response = console.get(url("audit:export", organization))
        length = sum(map(len, response.streaming_content))  # at its end it is closed
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return length, most

    peak()
    short, before = peak()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (organization_id, actor_kind, actor_id, request_id,"
            " event, target_kind, target_id, changes, outcome)"
            " SELECT %s, 'command', 'tests', '', 'Test', 'Organization', %s, '{}', 'done'"
            " FROM generate_series(1, 20000)",
            [organization.pk, organization.pk],
        )
    long, after = peak()
    assert long > 1_000_000 > short
    assert after - before < 200_000
