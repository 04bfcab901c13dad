"""/ leads to the person's organization, or lets them choose."""

import re

import pytest

from members.operations import disable_member

from ..factories import TESTS, MemberFactory, UserFactory
from ..pages import queries, signed_in, swap, url, words


def test_it_leads_to_the_one_organization(console, organization):
    response = console.get("/", follow=True)
    assert response.redirect_chain == [
        (f"/o/{organization.slug}/", 302),
        (f"/o/{organization.slug}/billing-groups/", 302),
    ]


def test_it_lets_choose_among_several(console, organization, admin):
    other = MemberFactory(user=admin.user, organization__name="Globex").organization
    page = console.get("/")
    assert organization.name in words(page)
    assert f'<a href="/o/{other.slug}/">Globex</a>' in page.content.decode()


def test_the_chooser_is_sorted_and_names_the_roles(console, organization, admin):
    for name in ("zeta", "Alpha"):
        MemberFactory(user=admin.user, organization__name=name)
    said = words(console.get("/"))
    assert f"Alpha Member {organization.name} Admin zeta Member" in said


def test_the_rail_leads_to_the_other_organizations_and_to_no_one_elses(
    console, organization, admin
):
    other = MemberFactory(user=admin.user, organization__name="Globex").organization
    left = MemberFactory(user=admin.user, organization__name="Left")
    disable_member(actor=TESTS, member=left)
    MemberFactory(organization__name="Secret")
    page = console.get(url("members:list", organization))
    assert f'<a class="menu__item" href="/o/{other.slug}/">Globex</a>' in page.content.decode()
    assert f"{organization.name}: switch organization" in page.content.decode()
    assert "Left" not in words(page)
    assert "Secret" not in words(page)


def test_with_one_organization_there_is_nothing_to_switch(console, organization):
    page = console.get(url("members:list", organization))
    assert "switch organization" not in page.content.decode()


def test_only_who_has_several_costs_a_query_for_them_and_no_region_does(
    console, organization, admin
):
    address = url("members:list", organization)
    memberships = '"members_member"."user_id" = '
    assert sum(memberships in sql for sql in queries(console, address)) == 0
    MemberFactory(user=admin.user)
    assert sum(memberships in sql for sql in queries(console, address)) == 1
    assert sum(memberships in sql for sql in queries(console, address, **swap("members"))) == 0


@pytest.mark.parametrize(
    ("name", "current"),
    [
        ("members:list", "Member Management"),
        ("groups:list", "Member Management"),
        ("billing:create", "Member Management"),
        ("settings", "Settings"),
        ("me", "My usage"),
    ],
)
def test_the_rail_marks_where_one_is(console, organization, name, current):
    html = console.get(url(name, organization)).content.decode()
    rail = html[html.index('id="rail"') : html.index("</section>")]
    [marked] = re.findall(r'aria-current="page">.*?</a>', rail, re.DOTALL)
    assert current in marked
    assert "aria-current" not in rail.replace('aria-current="page"', "")


def test_an_organization_where_one_is_disabled_is_not_offered(console, organization, admin):
    other = MemberFactory(user=admin.user)
    disable_member(actor=TESTS, member=other)
    assert console.get("/")["Location"] == f"/o/{organization.slug}/"


def test_without_any_organization_it_says_what_to_do(client, db):
    client.force_login(UserFactory())
    page = client.get("/")
    assert page.status_code == 200
    assert "You are not a member of an organization." in words(page)
    assert "Support desk" not in words(page)


def test_support_staff_find_the_support_desk(client, db):
    client.force_login(UserFactory(is_staff=True))
    assert 'href="/admin/"' in client.get("/").content.decode()


def test_who_is_not_signed_in_signs_in_first(client, db):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_it_takes_get_only(console):
    assert console.post("/").status_code == 405


def test_a_user_who_was_shut_out_is_signed_out(admin):
    browser = signed_in(admin)
    admin.user.is_active = False
    admin.user.save()
    assert browser.get("/")["Location"] == "/accounts/login/?next=/"
