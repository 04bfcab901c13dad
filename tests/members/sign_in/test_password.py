"""Signing in with email and password; nobody joins by themselves."""

from members.models import User

from ...pages import words
from .conftest import PASSWORD, is_signed_in, sign_in


def test_email_and_password_open_the_organization(client, person, organization):
    assert sign_in(client, person.email)["Location"] == "/"
    assert client.get("/")["Location"] == f"/o/{organization.slug}/"


def test_the_case_of_an_email_does_not_matter(client, person):
    assert sign_in(client, person.email.upper()).status_code == 302


def test_a_wrong_password_and_an_unknown_email_answer_alike(client, person):
    wrong = words(sign_in(client, person.email, "wrong"))
    unknown = words(sign_in(client, "nobody@example.test", "wrong"))
    assert wrong == unknown
    assert not is_signed_in(client)


def test_a_member_without_a_password_cannot_sign_in(client, member):
    assert sign_in(client, member.user.email, "").status_code == 422
    assert sign_in(client, member.user.email, "!").status_code == 422
    assert not is_signed_in(client)


def test_one_returns_to_the_page_that_was_asked_for(client, person, organization):
    asked = f"/o/{organization.slug}/members/"
    assert client.get(asked)["Location"] == f"/accounts/login/?next={asked}"
    assert sign_in(client, person.email, next=asked)["Location"] == asked


def test_one_is_never_led_to_another_site(client, person):
    assert sign_in(client, person.email, next="https://evil.test/")["Location"] == "/"


def test_the_session_gets_a_new_key(client, person):
    client.get("/accounts/login/")
    before = client.session.session_key
    sign_in(client, person.email)
    assert client.session.session_key != before


def test_signing_out_takes_a_form(client, person):
    sign_in(client, person.email)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_change_that_no_email_can_tell_of_is_made_all_the_same(
    their_browser, person, settings, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    new = "another good one"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert their_browser.post("/accounts/password/change/", sent).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)
    assert "A notice was not sent." in caplog.text
    assert person.email not in caplog.text


def test_sign_up_is_closed(client, db):
    sent = {"email": "eve@example.test", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/accounts/signup/", sent)
    assert response.status_code == 404
    assert not User.objects.exists()


def test_the_support_desk_signs_in_by_the_same_page(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert "password" in response.content.decode()


def test_an_admin_of_an_organization_is_no_support_staff(console):
    response = console.get("/admin/", follow=True)
    assert response.status_code == 403
