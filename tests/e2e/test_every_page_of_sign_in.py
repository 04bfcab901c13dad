"""The pages of signing in and of two factors, looked at as every page is."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from tests.passkeys import Device

from .looking import LANGUAGES, Look
from .screen import PASSWORD


def test_pages_of_two_factors(look, enter, admin, client):
    """Those that ask for the password first: it was given just now."""
    pages = {language: enter(admin, locale=language) for language in LANGUAGES}
    for page in pages.values():
        [key] = [each["value"] for each in page.context.cookies() if each["name"] == "sessionid"]
        session = SessionStore(key)
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(admin.user.pk)
        session.save()
    look = Look(pages)
    for address in ("totp/activate/", "webauthn/add/"):
        look.at(f"/accounts/2fa/{address}")
    TOTP.activate(admin.user, generate_totp_secret())
    RecoveryCodes.activate(admin.user)
    for address in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        look.at(f"/accounts/2fa/{address}")
    look.at(f"/accounts/2fa/webauthn/keys/{Device(admin.user).authenticator.pk}/edit/")
    assert not [page.url for page in pages.values() if "/reauthenticate/" in page.url]
    assert look.problems == {}


def begin(page, admin):
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(admin.user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator(".button--primary").click()


def test_the_second_step(look, console, admin):
    TOTP.activate(admin.user, generate_totp_secret())
    Device(admin.user)
    look = look()

    def second_step(page):
        begin(page, admin)
        expect(page.locator("[data-passkey]")).to_be_visible()

    def wrong_code(page):
        second_step(page)
        console.provoke(422)
        page.locator("#id_code").fill("000000")
        page.locator(".button--primary").click()
        expect(page.locator("[aria-invalid]")).to_be_visible()

    look("second step", second_step)
    look("second step, a wrong code", wrong_code)
    assert look.problems == {}


def test_too_many_attempts(look, console, admin, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "0/m/ip"}
    look = look()

    def refused(page):
        console.provoke(429)
        begin(page, admin)
        expect(page.locator("form")).to_have_count(0)

    look("too many attempts", refused)
    assert look.problems == {}
