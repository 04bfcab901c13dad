"""Signing in with an authenticator app, a recovery code and passkeys, in a real browser."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.members.sign_in.conftest import code

from .screen import PASSWORD, heading, sign_in

SECURITY = "/accounts/2fa/"


@pytest.fixture
def laptop(page):
    """The device that holds the passkeys, and says yes to whatever it is asked."""
    return add_device(page)


def add_device(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, answer["authenticatorId"]


def refuse(laptop):
    session, key = laptop
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})


def prove_again(page):
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def sign_out(page):
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def add_passkey(page, *, alone):
    page.goto(SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    prove_again(page)
    page.get_by_role("textbox", name="Name").fill("Laptop")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add passkey").click()
    expect(heading(page, "Recovery codes")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(enter, admin, organization, scripted):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(SECURITY)
    page.get_by_role("link", name="Set up").click()
    prove_again(page)
    expect(page.get_by_role("img", name="QR code of the key")).to_be_visible()
    secret = page.get_by_label("Key", exact=True).input_value()
    page.get_by_label("Code that the app shows").fill(code(secret=secret))
    page.get_by_role("button", name="Turn on").click()
    [recovery_code, *_others] = page.get_by_label("Codes not used yet").input_value().split()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("10 left")).to_be_visible()
    sign_out(page)
    sign_in(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/acme/**")
    assert Authenticator.objects.filter(user=admin.user).count() == 2


def test_a_passkey_alone_opens_the_organization(page, admin, laptop):
    add_passkey(page, alone=True)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/o/acme/**")


def test_a_passkey_leads_to_what_was_asked_for(page, admin, laptop):
    add_passkey(page, alone=True)
    sign_out(page)
    page.goto("/o/acme/groups/?q=e")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/o/acme/groups/?q=e")


def test_a_passkey_is_the_second_step_after_the_password(page, admin, laptop):
    add_passkey(page, alone=False)
    sign_out(page)
    sign_in(page)
    expect(heading(page, "Two-factor authentication")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/o/acme/**")


def test_a_passkey_is_renamed_and_removed(page, admin, laptop):
    add_passkey(page, alone=False)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("button", name="Actions for Laptop").click()
    page.get_by_role("link", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("Phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Actions for Phone").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No passkeys yet.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_that_is_not_given_is_said_and_nothing_is_sent(page, admin, laptop):
    add_passkey(page, alone=True)
    sign_out(page)
    refuse(laptop)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "No passkey was used. Try again, or go another way."
    )


def test_without_scripts_no_passkey_is_offered(enter, admin):
    page = enter(java_script_enabled=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button")).to_have_count(1)
    page = enter(admin, java_script_enabled=False)
    page.goto("/accounts/2fa/webauthn/add/")
    prove_again(page)
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add passkey")).to_be_hidden()
