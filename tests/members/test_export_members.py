"""Export CSV: the members that the list shows, as it is filtered and sorted."""

import csv
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import limits
from groups.operations import add_group_members
from members.csv_files import BLOCK
from members.models import Member
from members.operations import disable_member, remove_member

from ..factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    limit,
    many_members,
    report,
)
from ..pages import signed_in, today, url

HEADER = "Name,Email,Role,Groups,Billing Group,Personal Limit,Credits Used,Status"


@pytest.fixture
def download(console, organization):
    def get(**query):
        response = console.get(url("members:export", organization, **query))
        assert response.status_code == 200
        return response.getvalue().decode()

    return get


@pytest.fixture
def rows(download):
    def get(**query):
        lines = download(**query).removeprefix("\ufeff").splitlines()
        assert lines[0] == HEADER
        return list(csv.reader(lines[1:]))

    return get


def person(organization, name, **fields):
    email = f"{name.split()[0].lower()}@example.test"
    return MemberFactory(organization=organization, name=name, email=email, **fields)


def join(member, *names):
    for name in names:
        members = Member.objects.filter(pk=member.pk)
        group = GroupFactory(organization=member.organization, name=name)
        add_group_members(actor=TESTS, group=group, members=members)


def test_it_is_utf_8_with_bom_and_crlf_and_says_each_members_values(download, organization, admin):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    ada = person(organization, "Ada Lovelace, Countess", billing_group=platform)
    limit(ada, "1200.5")
    report(ada, "12.25")
    join(ada, "Guild", "Chapter")
    assert download(q="ada").startswith(f"\ufeff{HEADER}\r\n")
    assert download(q="ada").split("\r\n")[1:] == [
        '"Ada Lovelace, Countess",ada@example.test,Member,Chapter; Guild,Platform,'
        "1200.5,12.25,Active",
        "",
    ]


@pytest.mark.parametrize(
    ("credits", "written"), [(None, "Not set"), (UNLIMITED, "Unlimited"), (0, "0"), (100, "100")]
)
def test_a_limit_is_written_out(rows, organization, credits, written):
    limit(person(organization, "Ada"), credits)
    assert rows(q="ada@")[0][5] == written


def test_the_status_is_that_of_the_list(rows, organization):
    full, near = person(organization, "Full"), person(organization, "Near")
    for each in (full, near):
        limit(each, 10)
    report(full, 10)
    disable_member(actor=TESTS, member=person(organization, "Idle", is_unlimited=True))
    person(organization, "Unset")
    frozen = BillingGroupFactory(organization=organization)
    limit(frozen, 0)
    assign(person(organization, "Cold", is_unlimited=True), frozen)
    status = {row[0]: row[-1] for row in rows(role="org_member")}
    assert status == {
        "Cold": "Blocked",
        "Full": "Blocked",
        "Idle": "Disabled",
        "Near": "Active",
        "Unset": "Blocked",
    }


def test_filters_and_search_choose_who_is_in_it(rows, organization, admin):
    platform = BillingGroupFactory(organization=organization)
    person(organization, "Ada", billing_group=platform)
    person(organization, "Grace", billing_group=platform, is_unlimited=True)
    remove_member(actor=TESTS, member=person(organization, "Gone"))
    assert [row[0] for row in rows(billing_group=platform.pk)] == ["Ada", "Grace"]
    assert [row[0] for row in rows(q="grace")] == ["Grace"]
    assert [row[0] for row in rows(status="active")] == ["Grace"]
    assert [row[0] for row in rows(role="org_admin")] == [admin.name]
    assert [row[0] for row in rows(status="removed")] == ["Gone"]
    assert rows(role="nobody") == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Ada", "Bob", "Cid"]),
        ("-name", ["Cid", "Bob", "Ada"]),
        ("-used", ["Bob", "Cid", "Ada"]),
        ("billing_group", ["Cid", "Bob", "Ada"]),
    ],
)
def test_it_is_sorted_as_the_list_is(rows, organization, sort, order):
    people = {name: person(organization, name, is_unlimited=True) for name in ("Ada", "Bob", "Cid")}
    assign(people["Bob"], BillingGroupFactory(organization=organization, name="Alpha"))
    assign(people["Ada"], BillingGroupFactory(organization=organization, name="Beta"))
    report(people["Bob"], 9)
    report(people["Cid"], 1)
    assert [row[0] for row in rows(sort=sort, role="org_member", page=3, size=25)] == order


def test_no_cell_is_taken_for_a_formula(rows, organization):
    member = person(organization, "=1+1")
    join(member, "@home")
    [row] = rows(q="=1")
    assert row[:4] == ["'=1+1", "'=1+1@example.test", "Member", "'@home"]


def test_group_names_that_hold_the_sign_between_them_are_quoted(rows, organization):
    join(person(organization, "Ada"), "A; B", 'C "D"')
    assert rows(q="ada@")[0][3] == '"A; B"; "C ""D"""'


def test_members_of_other_organizations_are_not_in_it(rows, admin):
    MemberFactory(name="Stranger")
    assert [row[0] for row in rows()] == [admin.name]


def test_it_leaves_one_entry_with_the_filter(download, organization, admin):
    download(q="nobody")
    entry = organization.audit_entries.get(event="ExportMembers")
    assert (entry.actor_id, entry.outcome) == (str(admin.pk), "done")
    assert entry.changes == {"period": today(organization), "rows": 0, "chosen_by": {"q": "nobody"}}


def test_its_name_says_organization_and_period(console, organization):
    response = console.get(url("members:export", organization))
    name = f"{organization.slug}_members_{today(organization)}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    response.close()


def test_many_rows_take_the_memory_and_the_queries_of_few(organization, admin):
    client, asked = signed_in(admin), []

    def count(execute, *arguments):
        asked.append(arguments[0])
        return execute(*arguments)

    def asked_and_peak():
        asked.clear()
        tracemalloc.start()
        with connection.execute_wrapper(count):
            response = client.get(url("members:export", organization))
            size = sum(len(chunk) for chunk in response.streaming_content)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return len(asked), most, size

    many_members(organization, 10)
    asked_and_peak()
    few, small, size_of_few = asked_and_peak()
    many_members(organization, 2_000)
    many, large, size_of_many = asked_and_peak()
    assert size_of_many > 100 * size_of_few
    assert many == few
    assert large - small < 200_000


def test_thousands_of_a_status_are_judged_at_once(rows, organization, monkeypatch):
    monkeypatch.setattr(limits, "MANY", 1)
    for name, used in (("Bob", 2), ("Bobby", 1)):
        member = person(organization, name)
        limit(member, 2)
        report(member, used)
    with CaptureQueriesContext(connection) as asked:
        assert [row[0] for row in rows(status="blocked", q="bob")] == ["Bob"]
    assert any("billing_membertotal" in each["sql"] for each in asked)


def test_more_lines_than_are_written_at_once_are_all_there_and_counted(rows, organization):
    many_members(organization, 2 * BLOCK + 1)
    listed = rows()
    assert len({row[1] for row in listed}) == len(listed) == organization.members.count()
    entry = organization.audit_entries.get(event="ExportMembers")
    assert entry.changes["rows"] == len(listed)
