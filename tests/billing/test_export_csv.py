"""The CSV, byte by byte."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone
from time_machine import travel

from billing.exports import Scope, preview
from billing.operations import delete_billing_group
from billing.periods import current_period
from members.models import Member
from members.operations import remove_member
from members.templatetags.console import credits

from ..clock import utc
from ..factories import TESTS, BillingGroupFactory, MemberFactory, assign, report
from ..pages import today, url, words

HEADER = "Billing Group,Member Name,Email,Credits Consumption"


@pytest.fixture
def download(console, organization):
    def get(**query):
        response = console.get(url("billing:download", organization, **query))
        return response.getvalue().decode()

    return get


@pytest.fixture
def lines(download):
    def get(**query):
        assert download(**query).endswith("\r\n")
        return download(**query).removeprefix("\ufeff").split("\r\n")[1:-1]

    return get


def user(organization, name, email=None, group=None, credits=1):
    email = email or f"{name.lower()}@example.test"
    member = MemberFactory(
        organization=organization, name=name, email=email, is_unlimited=True, user=None
    )
    if group:
        assign(member, group)
    report(member, credits)
    return member


def group(organization, name):
    return BillingGroupFactory(organization=organization, name=name)


def deleted(organization, name, user_name, at=None):
    one = group(organization, name)
    user(organization, user_name, group=one)
    with travel(at or timezone.now(), tick=False):
        delete_billing_group(actor=TESTS, billing_group=one)
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("members", [1, 4])
def test_the_preview_shows_what_the_file_begins_with(lines, organization, members):
    deleted(organization, "group 5", "Eve")
    for number in range(12):
        own = group(organization, f"Group {number}")
        for name in range(members):
            user(organization, f"Ada {number} {name}", group=own, credits=1 + name % 2)
    shown = preview(Scope(current_period(organization))).rows
    assert [",".join(map(str, row)) for row in shown] == lines()[:10]


def test_bytes(console, organization):
    user(organization, "Ada", group=group(organization, "Platform"), credits="1204.5")
    response = console.get(url("billing:download", organization))
    body = response.getvalue()
    assert body == (
        b"\xef\xbb\xbfBilling Group,Member Name,Email,Credits Consumption\r\n"
        b"Platform,Ada,ada@example.test,1204.5\r\n"
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Length"] == str(len(body))
    name = f"{organization.slug}_billing-groups_{today(organization)}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("unassigned", "unassigned"),
        ("Équipe 7/b", "equipe-7b-{pk}"),
        ("数据", "billing-group-{pk}"),
        ("Billing Groups", "billing-groups-{pk}"),
    ],
)
def test_the_file_of_one_group_bears_its_name_and_id(console, organization, key, said):
    one = organization.billing_groups.unassigned()
    if key != "unassigned":
        one = group(organization, key)
    response = console.get(url("billing:download", organization, group=one.key))
    assert response.getvalue()
    name = f"{organization.slug}_{said.format(pk=one.pk)}_{today(organization)}.csv"
    assert f'filename="{name}"' in response["Content-Disposition"]


def test_a_period_without_usage_is_a_heading_only(download):
    assert download() == f"\ufeff{HEADER}\r\n"


def test_commas_and_quotes_are_quoted(lines, organization):
    user(organization, 'Ada "Countess", of Lovelace', "ada@example.test")
    assert lines() == ['Unassigned,"Ada ""Countess"", of Lovelace",ada@example.test,1']


def test_scripts_and_accents_pass_unchanged(lines, organization):
    user(organization, "李小龙 É ﬁ 🤖", "ada@example.test", group=group(organization, "研发"))
    assert lines() == ["研发,李小龙 É ﬁ 🤖,ada@example.test,1"]


@pytest.mark.parametrize("sign", list("=+-@"))
def test_no_spreadsheet_runs_a_cell(lines, organization, sign):
    user(organization, f"{sign}1", f"{sign}1@example.test", group=group(organization, f"{sign}A"))
    assert lines() == [f"'{sign}A,'{sign}1,'{sign}1@example.test,1"]


def test_a_formula_with_a_comma_is_both_quoted_and_harmless(lines, organization):
    user(organization, '=HYPERLINK("x","y")', "ada@example.test")
    assert lines() == ['Unassigned,"\'=HYPERLINK(""x"",""y"")",ada@example.test,1']


@pytest.mark.parametrize(
    ("used", "cell"),
    [("100", "100"), ("0.5000", "0.5"), ("1000000000", "1000000000"), ("0.0001", "0.0001")]
    + [("1234567.8900", "1234567.89"), ("10.0", "10")],
)
def test_credits_are_plain_numbers(lines, organization, used, cell):
    user(organization, "Ada", credits=used)
    assert lines() == [f"Unassigned,Ada,ada@example.test,{cell}"]


def test_rows_are_in_order(lines, organization):
    for name in ("beta", "Alpha", "Éclair", "Zeta"):
        user(organization, name, group=group(organization, name))
    user(organization, "Small", "a@example.test", credits=1)
    user(organization, "Big", "z@example.test", credits=5)
    user(organization, "Same", "B@example.test", credits=1)
    first_cells = [line.split(",")[:2] for line in lines()]
    assert first_cells == [
        ["Unassigned", "Big"],
        ["Unassigned", "Same"],
        ["Unassigned", "Small"],
        ["Alpha", "Alpha"],
        ["beta", "beta"],
        ["Zeta", "Zeta"],
        ["Éclair", "Éclair"],
    ]


def test_who_used_nothing_has_no_row(lines, organization):
    user(organization, "Ada", credits=0)
    MemberFactory(organization=organization)
    assert lines() == []


def test_a_member_who_moved_has_a_row_under_each_group(lines, organization):
    member = user(organization, "Ada", credits=3)
    assign(member, group(organization, "Platform"))
    report(member, 4)
    assert lines() == ["Unassigned,Ada,ada@example.test,3", "Platform,Ada,ada@example.test,4"]


def test_removed_members_are_included(lines, organization):
    platform = group(organization, "Platform")
    remove_member(actor=TESTS, member=user(organization, "Ada", group=platform))
    assert lines() == ["Platform,Ada,ada@example.test,1"]


def test_a_deleted_group_keeps_its_name_while_nobody_else_bears_it(lines, organization):
    deleted(organization, "Platform", "Ada")
    assert lines() == ["Platform,Ada,ada@example.test,1"]


def test_a_deleted_group_says_so_beside_a_living_one_of_its_name(lines, organization):
    gone = deleted(organization, "Platform", "Ada", at=utc(2026, 11, 3, 12))
    user(organization, "Bob", group=group(organization, "platform"))
    assert set(lines()) == {
        "Platform (deleted 2026-11-03),Ada,ada@example.test,1",
        "platform,Bob,bob@example.test,1",
    }
    assert lines(group=gone.pk) == ["Platform,Ada,ada@example.test,1"]


def test_the_day_of_deletion_is_a_day_of_the_organization(lines, organization):
    organization.time_zone = "Pacific/Auckland"
    organization.save()
    deleted(organization, "Platform", "Ada", at=utc(2026, 11, 3, 12))
    deleted(organization, "Platform", "Bob", at=utc(2026, 11, 5, 12))
    assert {line.split(",")[0] for line in lines()} == {
        "Platform (deleted 2026-11-04)",
        "Platform (deleted 2026-11-06)",
    }


def test_two_groups_deleted_on_one_day_are_told_apart_by_their_ids(lines, organization):
    first = deleted(organization, "Platform", "Ada", at=utc(2026, 11, 3, 12))
    second = deleted(organization, "PLATFORM", "Bob", at=utc(2026, 11, 3, 13))
    user(organization, "Eve", group=group(organization, "Platform"))
    assert set(lines()) == {
        f'"Platform (deleted 2026-11-03, {first.pk})",Ada,ada@example.test,1',
        f'"PLATFORM (deleted 2026-11-03, {second.pk})",Bob,bob@example.test,1',
        "Platform,Eve,eve@example.test,1",
    }


def test_a_living_group_named_like_a_deleted_one_is_not_renamed(lines, organization):
    gone = deleted(organization, "Platform", "Ada", at=utc(2026, 11, 3, 12))
    user(organization, "Bob", group=group(organization, "Platform"))
    user(organization, "Eve", group=group(organization, "Platform (deleted 2026-11-03)"))
    assert set(lines()) == {
        f'"Platform (deleted 2026-11-03, {gone.pk})",Ada,ada@example.test,1',
        "Platform,Bob,bob@example.test,1",
        "Platform (deleted 2026-11-03),Eve,eve@example.test,1",
    }


def test_one_scope_is_that_group_alone(lines, organization):
    platform = group(organization, "Platform")
    user(organization, "Ada", group=platform)
    user(organization, "Bob")
    assert lines(group=platform.pk) == ["Platform,Ada,ada@example.test,1"]
    assert lines(group="unassigned") == ["Unassigned,Bob,bob@example.test,1"]


def test_rows_screen_preview_and_records_have_one_sum(console, lines, organization):
    platform = group(organization, "Platform")
    for name, used in [("Ada", "0.0001"), ("Bob", "999999999.9999"), ("Eve", "12.3")]:
        assign(user(organization, name, credits=used), platform)
        report(Member.objects.get(name=name), "0.1")
    total = sum(Decimal(line.rsplit(",", 1)[1]) for line in lines())
    shown = preview(Scope(current_period(organization)))
    assert shown.credits == total == organization.usage_records.aggregate(s=Sum("credits"))["s"]
    assert shown.count == len(lines()) == 6
    assert f"All billing groups {credits(total)}" in words(
        console.get(url("billing:list", organization))
    )
    assert f"6 rows, {credits(total)} Credits" in words(
        console.get(url("billing:export", organization))
    )


def test_nothing_of_another_organization_is_exported(lines):
    user(MemberFactory().organization, "Ada")
    assert lines() == []
