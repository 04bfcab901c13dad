"""The Billing Groups page: who stands where, what is found, and how it is ordered."""

import pytest

from billing.models import BillingGroup
from billing.operations import delete_billing_group
from members.operations import remove_member

from ..factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    assign,
    limit,
    many_members,
    report,
)
from ..pages import names, queries, rows, swap, url, words


@pytest.fixture
def listed(console, organization):
    def get(**query):
        return console.get(url("billing:list", organization, **query))

    return get


def group(organization, name, **fields):
    return BillingGroupFactory(organization=organization, name=name, **fields)


def used(group, credits):
    member = MemberFactory(organization=group.organization, is_unlimited=True)
    assign(member, group)
    report(member, credits)


def test_unassigned_stands_first_with_its_badge_and_handle(listed, organization, admin):
    group(organization, "Alpha")
    page = listed()
    assert names(page) == ["Unassigned", "Alpha"]
    assert rows(page)["billing-group-unassigned"].startswith("Unassigned System 1 0")
    assert f"/o/{organization.slug}/billing-groups/unassigned/handle/" in page.content.decode()
    for act in ("edit", "limit", "assign", "delete"):
        assert f"/unassigned/{act}/" not in page.content.decode()


def test_unassigned_is_not_counted_in_a_page(listed, organization):
    BillingGroup.objects.bulk_create(
        BillingGroup(organization=organization, name=f"Group {number:02}") for number in range(30)
    )
    first, second = listed(size=25), listed(size=25, page=2)
    assert len(names(first)) == 26
    assert names(first)[:2] == ["Unassigned", "Group 00"]
    assert names(second) == [f"Group {number}" for number in range(25, 30)]
    assert "1–25 of 30" in words(first)
    assert "Unassigned and 30 billing groups" in words(first)
    assert "Unassigned and" not in words(listed(q="group"))
    assert "30 billing groups" in words(listed(q="group"))


def test_a_row_tells_members_credits_limit_and_status(listed, organization):
    platform = group(organization, "Platform", description="Cost center 12")
    used(platform, "960.5")
    limit(platform, 1200)
    row = rows(listed())[f"billing-group-{platform.pk}"]
    assert row.startswith("Platform Cost center 12 1 960.5 960.5 of 1,200 80% Near limit View Edit")


@pytest.mark.parametrize(
    ("credits", "cap", "status"),
    [("79.9999", 100, "OK"), ("80", 100, "Near limit"), ("99.9999", 100, "Near limit")]
    + [("100", 100, "Blocked"), ("5", 0, "Frozen"), ("5", None, "No limit")],
)
def test_the_status_follows_the_limit(listed, organization, credits, cap, status):
    platform = group(organization, "Platform")
    used(platform, credits)
    limit(platform, cap)
    assert f" {status} View" in rows(listed())[f"billing-group-{platform.pk}"]


def test_a_row_says_nothing_of_the_row_before_it(listed, organization):
    limited, free, deleted = (group(organization, name) for name in "ABC")
    limit(limited, 100)
    used(deleted, 7)
    delete_billing_group(actor=TESTS, billing_group=deleted)
    shown = rows(listed())
    assert shown[f"billing-group-{limited.pk}"].startswith("A 0 0 0 of 100 0% OK View")
    assert shown[f"billing-group-{free.pk}"].startswith("B 0 0 – no limit No limit View")
    assert shown[f"billing-group-{deleted.pk}"].startswith("C Deleted 0 7 – no limit – View")


def test_the_total_covers_every_group_also_what_a_search_hides(listed, organization):
    used(group(organization, "Platform"), "1000.25")
    used(group(organization, "Research"), "234.5")
    assert "All billing groups 1,234.75" in words(listed())
    assert "All billing groups 1,234.75" in words(listed(q="platform"))


def test_removed_members_are_not_counted_but_their_usage_is(listed, organization):
    platform = group(organization, "Platform")
    used(platform, 7)
    remove_member(actor=TESTS, member=platform.members.get())
    assert rows(listed())[f"billing-group-{platform.pk}"].startswith("Platform 0 7")


def test_members_of_another_organization_are_not_shown(listed):
    used(BillingGroupFactory(name="Secret"), 5)
    page = listed()
    assert "Secret" not in words(page)
    assert "All billing groups 0" in words(page)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Unassigned", "alpha", "Beta", "gamma"]),
        ("-name", ["Unassigned", "gamma", "Beta", "alpha"]),
        ("used", ["Unassigned", "gamma", "alpha", "Beta"]),
        ("-used", ["Unassigned", "Beta", "alpha", "gamma"]),
        ("member_count", ["Unassigned", "Beta", "alpha", "gamma"]),
        ("-member_count", ["Unassigned", "gamma", "alpha", "Beta"]),
    ],
)
def test_each_number_and_the_name_sort_and_unassigned_stays_first(
    listed, organization, sort, order
):
    for name, credits, members in [("alpha", 5, 2), ("Beta", 10, 1), ("gamma", 1, 3)]:
        one = group(organization, name)
        used(one, credits)
        many_members(organization, members - 1, billing_group=one)
    assert names(listed(sort=sort)) == order


def test_the_head_of_a_column_sorts_first_one_way_then_the_other_then_not(listed, organization):
    group(organization, "Alpha")
    assert "?sort=-used" in listed(q="a").content.decode().replace("?q=a&amp;", "?")
    assert 'aria-sort="descending"' in listed(sort="-used").content.decode()
    assert 'href="?sort=used"' in listed(sort="-used").content.decode()
    assert 'aria-sort="ascending"' in listed(sort="used").content.decode()
    assert 'href="?sort=-name"' in listed().content.decode()


@pytest.mark.parametrize(
    "query",
    [{"sort": sort} for sort in ("limit", "status", "pk", "--name", "name,used", "%00", "'")]
    + [{"page": page} for page in ("0", "-1", "99", "last", "1e9", "9" * 30, "9" * 5000, "%00")]
    + [{"size": size} for size in ("0", "-1", "1000000", "many", "%C2%B2")],
)
def test_an_address_that_makes_no_sense_is_harmless(listed, organization, query):
    group(organization, "Alpha")
    page = listed(**query)
    assert page.status_code == 200
    assert names(page) == ["Unassigned", "Alpha"]


def test_the_region_alone_has_the_same_rows(console, listed, organization):
    group(organization, "Alpha")
    address = url("billing:list", organization, sort="-name")
    region = console.get(address, headers=swap("billing-groups"))
    assert rows(region) == rows(listed(sort="-name"))
    assert "Member Management" not in words(region)


@pytest.mark.parametrize("sort", ["name", "-used", "-member_count"])
def test_groups_are_counted_where_they_are_summed_up_without_what_sorts_them(
    console, organization, sort
):
    asked = queries(console, url("billing:list", organization, sort=sort))
    [summed_up] = (sql for sql in asked if "SUM" in sql and "period_limit" not in sql)
    assert "members_member" not in summed_up
    [_unassigned_members] = (sql for sql in asked if sql.startswith("SELECT COUNT(*)"))
