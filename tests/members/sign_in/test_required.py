"""Two-factor authentication that an organization requires of its admins, and staff always need."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from members.models import Member
from members.operations import edit_organization

from ...factories import TESTS, MemberFactory, UserFactory, new_key
from ...pages import signed_in, swap, url, words
from .conftest import SECRET, code


@pytest.fixture
def strict(organization):
    return edit_organization(actor=TESTS, organization=organization, requires_two_factor=True)


@pytest.fixture
def save(console, organization):
    def post(**typed):
        sent = {"name": "Acme", "time_zone": "UTC", "period_start_day": "1", "kind": "not_set"}
        sent |= {"late_usage_hours": "72", "seen": "UTC 1", **typed}
        response = console.post(url("settings", organization), sent)
        organization.refresh_from_db()
        return response

    return post


def test_an_admin_without_is_led_to_set_it_up_and_then_to_what_they_asked_for(
    strict, their_browser
):
    asked = url("groups:list", strict, q="e")
    assert their_browser.get(asked)["Location"] == "/accounts/2fa/"
    page = words(their_browser.get("/accounts/2fa/"))
    assert f"{strict.name} requires two-factor authentication of its admins." in page
    their_browser.get("/accounts/2fa/totp/activate/")
    secret = their_browser.session["mfa.totp.secret"]
    their_browser.post("/accounts/2fa/totp/activate/", {"code": code(secret=secret)})
    page = their_browser.get("/accounts/2fa/")
    assert "Two-factor authentication is on. Go on" in words(page)
    assert f'href="{asked}"' in page.content.decode()
    assert their_browser.get(asked).status_code == 200
    assert "Go on" not in words(their_browser.get("/accounts/2fa/"))


def test_what_htmx_asks_for_leads_the_whole_page_there(strict, console):
    response = console.get(url("members:list", strict), headers=swap("members"))
    assert response["HX-Redirect"] == "/accounts/2fa/"


def test_nothing_is_written_without(strict, console):
    response = console.post(url("groups:create", strict), {"name": "Platform"})
    assert response["Location"] == "/accounts/2fa/"
    assert not strict.groups.exists()


def test_an_admin_with_it_notices_nothing(strict, admin, console):
    TOTP.activate(admin.user, SECRET)
    assert console.get(url("members:list", strict)).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(strict, person, recovery_codes, console):
    person.authenticator_set.filter(type="totp").delete()
    assert console.get(url("members:list", strict)).status_code == 302


def test_members_who_are_no_admins_and_other_organizations_are_not_asked(strict, member, admin):
    assert signed_in(member).get(url("me", strict)).status_code == 200
    elsewhere = MemberFactory(user=admin.user, role=Member.Role.ADMIN)
    assert signed_in(elsewhere).get(url("members:list", elsewhere.organization)).status_code == 200


def test_api_keys_go_on_working(strict, admin, client):
    headers = {"Authorization": f"Bearer {new_key(admin).secret}"}
    address = f"/v1/organizations/{strict.pk}/members"
    assert client.get(address, headers=headers).status_code == 200


def test_who_has_none_cannot_turn_it_on(save, organization):
    response = save(requires_two_factor="on")
    assert response.status_code == 422
    assert "Set up two-factor authentication of your own first" in words(response)
    assert not organization.requires_two_factor


def test_who_has_one_turns_it_on_with_an_entry(save, organization, admin):
    TOTP.activate(admin.user, SECRET)
    assert save(requires_two_factor="on").status_code == 302
    assert organization.requires_two_factor
    entry = organization.audit_entries.get(event="EditOrganization")
    assert entry.changes["requires_two_factor"] == [False, True]
    assert save().status_code == 302
    assert not organization.requires_two_factor


def test_the_form_says_how_many_admins_it_would_stop(console, organization, admin):
    others = MemberFactory.create_batch(2, organization=organization, role=Member.Role.ADMIN)
    assert "3 admins have not set it up" in words(console.get(url("settings", organization)))
    for each in [admin, *others[:1]]:
        TOTP.activate(each.user, SECRET)
    said = words(console.get(url("settings", organization)))
    assert "1 admin has not set it up and will have to at their next visit." in said
    TOTP.activate(others[1].user, SECRET)
    assert "Every admin has set it up." in words(console.get(url("settings", organization)))


def test_the_preview_keeps_a_box_that_was_cleared(strict, console, admin):
    TOTP.activate(admin.user, SECRET)
    looked = console.post(url("settings", strict), {"name": "Acme", "look": "1"})["Location"]
    assert not console.get(looked).context["form"]["requires_two_factor"].value()
    looked = console.post(
        url("settings", strict), {"name": "Acme", "requires_two_factor": "on", "look": "1"}
    )["Location"]
    assert console.get(looked).context["form"]["requires_two_factor"].value()


class TestStaff:
    @pytest.fixture
    def desk(self, client, db):
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        return client

    def test_they_need_it(self, desk, settings):
        settings.DEMO = False
        response = desk.get("/admin/members/member/", follow=True)
        assert response.redirect_chain[-1][0] == "/accounts/2fa/"
        assert "The support desk opens only with two-factor authentication." in words(response)

    def test_with_it_they_are_let_in_and_led_to_what_they_asked_for(self, desk, settings):
        settings.DEMO = False
        desk.get("/admin/members/member/", follow=True)
        TOTP.activate(UserFactory._meta.model.objects.get(), SECRET)
        assert 'href="/admin/members/member/"' in desk.get("/accounts/2fa/").content.decode()
        assert desk.get("/admin/members/member/").status_code == 200

    def test_in_the_demo_they_do_not(self, desk):
        assert desk.get("/admin/").status_code == 200

    def test_nobody_else_is_let_in_by_it(self, client, person, app, settings):
        settings.DEMO = False
        client.force_login(person)
        assert client.get("/admin/", follow=True).status_code == 403

    @pytest.mark.parametrize("page", ["password_change/", "password_change/done/"])
    def test_they_change_their_password_where_everybody_does(self, desk, page):
        for answer in (desk.get(f"/admin/{page}"), desk.post(f"/admin/{page}")):
            assert answer["Location"] == "/accounts/password/change/"

    def test_they_are_led_to_no_other_site(self, desk, settings):
        settings.DEMO = False
        desk.get("/admin/login/?next=https://evil.test/")
        assert "evil.test" not in desk.get("/accounts/2fa/").content.decode()
