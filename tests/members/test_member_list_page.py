"""The Members page: who is there, who may use Credits, and where they are."""

import pytest

from groups.operations import add_group_members
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
from ..pages import names, queries, rows, swap, url, words


@pytest.fixture
def listed(console, organization):
    def get(**query):
        return console.get(f"/o/{organization.slug}/members/", query)

    return get


@pytest.fixture
def ada(organization):
    return MemberFactory(
        organization=organization, name="Ada", email="Countess@example.test", is_unlimited=True
    )


def test_a_row_tells_role_billing_group_usage_and_status(listed, organization, ada, admin):
    assign(ada, BillingGroupFactory(organization=organization, name="Platform"))
    report(ada, "1032.5")
    limit(ada, 1200)
    row = rows(listed())[f"member-{ada.pk}"]
    assert row.startswith(
        "Skip to the acts Ada Countess@example.test Member Platform – 1,032.5 of 1,200 86% Active "
        "View Assign"
    )
    admins = rows(listed())[f"member-{admin.pk}"]
    assert " Admin Unassigned – Not set Blocked No limit set " in admins


def test_usage_counts_every_billing_group_of_the_period(listed, organization, ada):
    report(ada, 2)
    assign(ada, BillingGroupFactory(organization=organization))
    report(ada, 3)
    limit(ada, 10)
    assert " 5 of 10 50% " in rows(listed())[f"member-{ada.pk}"]


def test_the_status_gives_every_reason(listed, organization, ada):
    platform = BillingGroupFactory(organization=organization)
    assign(ada, platform)
    report(ada, 10)
    limit(ada, 10)
    limit(platform, 5)
    row = rows(listed())[f"member-{ada.pk}"]
    assert "Blocked Personal limit reached; Billing group at its limit" in row
    limit(ada, UNLIMITED)
    assert "Blocked Billing group at its limit" in rows(listed())[f"member-{ada.pk}"]
    disable_member(actor=TESTS, member=ada)
    assert " Disabled " in rows(listed())[f"member-{ada.pk}"]


def test_a_row_names_two_groups_in_order_and_counts_the_rest(listed, organization, ada, admin):
    for name in ("Search", "Ads", "Maps & Co"):
        group = GroupFactory(organization=organization, name=name)
        add_group_members(actor=TESTS, group=group, members=organization.members.filter(pk=ada.pk))
    shown = rows(listed())
    assert " Unassigned Ads, Maps & Co +1 " in shown[f"member-{ada.pk}"]
    assert " Unassigned – " in shown[f"member-{admin.pk}"]


def test_removed_members_are_not_listed(listed, ada, admin):
    remove_member(actor=TESTS, member=ada)
    assert names(listed()) == [admin.name]
    assert "1 member" in words(listed())


@pytest.mark.parametrize("q", ["ada", "ADA", "countess@", "COUNTESS", " ada ", "a\x00da"])
def test_a_member_is_found_by_a_part_of_name_or_email(listed, ada, admin, q):
    assert names(listed(q=q)) == ["Ada"]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", "<"])
def test_every_sign_of_a_search_means_itself(listed, organization, admin, sign):
    assert names(listed(q=sign)) == []
    MemberFactory(organization=organization, name=f"O{sign}Neil")
    assert names(listed(q=f"o{sign}n")) == [f"O{sign}Neil"]


def test_accents_are_looked_for_as_they_are_stored(listed, organization, admin):
    MemberFactory(organization=organization, name="Élodie")
    MemberFactory(organization=organization, name="李小龙")
    assert names(listed(q="éLO")) == ["Élodie"]
    assert names(listed(q="e\u0301lo")) == ["Élodie"]
    assert names(listed(q="elo")) == []
    assert names(listed(q="小")) == ["李小龙"]


def test_nobody_found_says_so_and_leads_back(listed, ada):
    page = listed(q="<nobody>")
    assert "No member matches “<nobody>”. Clear filters" in words(page)


def test_members_are_in_order_of_their_names_ignoring_case(listed, organization, admin):
    for name in ("bob", "Ada", "eve"):
        MemberFactory(organization=organization, name=name)
    assert names(listed()) == ["Ada", "bob", "eve", admin.name]
    assert names(listed(sort="-name")) == [admin.name, "eve", "bob", "Ada"]


def test_pages_hold_50_rows_unless_asked_otherwise(listed, organization, admin):
    many_members(organization, 60)
    assert len(rows(listed())) == 50
    assert len(rows(listed(page=2))) == 11
    assert len(rows(listed(size=25))) == 25
    assert len(rows(listed(size=100))) == 61
    assert len(rows(listed(size=7))) == 50
    assert "51–61 of 61" in words(listed(page=2))
    assert not set(rows(listed())) & set(rows(listed(page=2)))


def test_what_fits_the_shortest_page_has_no_pager(listed, organization, admin):
    many_members(organization, 24)
    assert "Rows per page" not in words(listed())
    many_members(organization, 1)
    assert "1–26 of 26" in words(listed())
    assert "Rows per page 25 50 100" in words(listed(size=100))
    assert 'pager__page"' not in listed(size=100).content.decode()


@pytest.mark.parametrize(
    "query", [{"page": "99"}, {"page": "x"}, {"size": "3"}, {"sort": "role"}, {"sort": "-"}]
)
def test_an_address_that_makes_no_sense_is_harmless(listed, admin, query):
    assert names(listed(**query)) == [admin.name]


def test_the_region_alone_has_the_same_rows(console, listed, organization, ada):
    region = console.get(url("members:list", organization, q="ada"), headers=swap("members"))
    assert rows(region) == rows(listed(q="ada"))


def test_the_tabs_count_present_members_and_billing_groups(listed, organization, ada, admin):
    BillingGroupFactory(organization=organization)
    remove_member(actor=TESTS, member=ada)
    assert "Members 1 Groups 0 Billing Groups 2" in words(listed())


def test_everybody_is_counted_once(console, organization):
    many_members(organization, 60)
    everybody = queries(console, url("members:list", organization, page=2, sort="-name"))
    assert sum("COUNT" in sql and "members_member" in sql for sql in everybody) == 1
    assert "Members 61 Groups 0" in words(console.get(url("members:list", organization)))


def test_the_tabs_count_everybody_whoever_is_looked_for(listed, ada, admin):
    for found in ({"q": "ada"}, {"role": "org_admin"}, {"status": "removed"}, {"group": "0"}):
        assert "Members 2 Groups 0" in words(listed(**found))
