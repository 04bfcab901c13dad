"""Every page under /accounts/ is ours; what is not meant is not there."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from members.account_urls import urlpatterns

from ...pages import words
from .conftest import is_signed_in, sign_in

SIGNED_OUT = {
    "account_login": "Sign in",
    "account_inactive": "This account is closed",
    "account_email_verification_sent": "Confirm your email",
    "account_reset_password": "Choose a new password",
    "account_reset_password_done": "Look into your mailbox",
    "socialaccount_login_cancelled": "Not signed in",
    "account_reset_password_from_key_done": "Your password is set",
}
SIGNED_IN = {
    "account_logout": "Sign out?",
    "account_change_password": "Change password",
    "account_reauthenticate": "Is it you?",
    "mfa_index": "Sign-in & security",
    "mfa_reauthenticate": "Is it you?",
    "mfa_deactivate_totp": "Turn the authenticator app off?",
    "mfa_view_recovery_codes": "Recovery codes",
    "mfa_generate_recovery_codes": "Make new recovery codes?",
    "mfa_list_webauthn": "Passkeys",
    "mfa_add_webauthn": "Add a passkey",
    "usersessions_list": "Sessions",
}
TRIED_ELSEWHERE = {
    "account_signup",
    "account_confirm_email",
    "account_reset_password_from_key",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
}


def assert_ours(page, heading):
    html = page.content.decode()
    assert page.status_code == 200
    assert html.startswith("<!doctype html>")
    assert re.search(rf"<h1[^>]*>{re.escape(heading)}</h1>", html.replace("&amp;", "&"))
    assert not re.search(r"<style|<script>|<script (?!src=)|\s(style|on\w+)=", html)


def test_every_page_is_tried():
    assert {each.name for each in urlpatterns} == SIGNED_OUT.keys() | SIGNED_IN | TRIED_ELSEWHERE


@pytest.mark.parametrize("name", SIGNED_OUT)
def test_a_page_for_everybody(client, db, name):
    assert_ours(client.get(reverse(name)), SIGNED_OUT[name])


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_of_who_is_signed_in(their_browser, recovery_codes, name):
    assert_ours(their_browser.get(reverse(name)), SIGNED_IN[name])


@pytest.mark.parametrize("name", SIGNED_IN)
def test_who_is_not_signed_in_is_asked_to(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", sorted(SIGNED_IN.keys() - {"account_logout"}))
def test_no_browser_keeps_it(their_browser, recovery_codes, name):
    assert "no-store" in their_browser.get(reverse(name))["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "3rdparty/", "login/code/", "phone/verify/", "social/signup/"]
)
def test_what_is_not_meant_is_not_there(client, their_browser, path):
    for visitor in (client, their_browser):
        assert visitor.get(f"/accounts/{path}").status_code == 404
        assert visitor.post(f"/accounts/{path}").status_code == 404


def test_the_user_menu_leads_to_sign_in_and_security(their_browser, organization):
    page = their_browser.get(f"/o/{organization.slug}/members/")
    assert 'href="/accounts/2fa/"' in page.content.decode()


def test_who_may_not_sign_in_any_more_is_told_so_after_the_password(client, person):
    person.is_active = False
    person.save()
    response = sign_in(client, person.email)
    assert response["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)
    assert "closed" not in words(sign_in(Client(), person.email, "wrong"))
