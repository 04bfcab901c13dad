"""/ leads to the person's organization, or lets them choose."""

from members.operations import disable_member

from ..factories import TESTS, MemberFactory, UserFactory
from ..pages import signed_in, words


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
