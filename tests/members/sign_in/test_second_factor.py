"""Two-factor authentication: an authenticator app, recovery codes, and the list of sessions."""

import re
from base64 import b64decode
from html import unescape

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.test import Client

from ...pages import words
from .conftest import PASSWORD, SECRET, code, is_signed_in, sign_in

ASKED = "/accounts/2fa/authenticate/"
SET_UP = "/accounts/2fa/totp/activate/"


def test_the_code_of_the_app_is_asked_for_after_the_password(client, person, app):
    assert sign_in(client, person.email)["Location"] == ASKED
    assert not is_signed_in(client)
    assert client.get("/accounts/2fa/").status_code == 302
    assert client.post(ASKED, {"code": code()})["Location"] == "/"
    assert is_signed_in(client)


def test_one_is_led_on_to_the_page_that_was_asked_for(client, person, app, organization):
    asked = f"/o/{organization.slug}/groups/"
    sign_in(client, person.email, next=asked)
    assert client.post(ASKED, {"code": code()})["Location"] == asked


def test_the_session_gets_a_new_key_with_the_second_factor(client, person, app):
    sign_in(client, person.email)
    before = client.session.session_key
    client.post(ASKED, {"code": code()})
    assert client.session.session_key != before


@pytest.mark.parametrize("wrong", ["000000", "", "x", "12345678", "\u0661\u0662\u0663"])
def test_a_wrong_code_opens_nothing(client, person, app, wrong):
    sign_in(client, person.email)
    assert client.post(ASKED, {"code": wrong}).status_code == 422
    assert not is_signed_in(client)


def test_a_code_works_once(client, person, app):
    shown = code()
    sign_in(client, person.email)
    client.post(ASKED, {"code": shown})
    again = Client()
    sign_in(again, person.email)
    assert "This code is not right." in words(again.post(ASKED, {"code": shown}))


def test_nor_later_while_its_time_lasts_nor_written_otherwise(person, app):
    with time_machine.travel("2026-11-22T10:00:01Z") as clock:
        shown = code(1)
        for typed, expected in [(shown, 302), (shown, 422), (f"{shown[:3]} {shown[3:]}", 422)]:
            client = Client()
            sign_in(client, person.email)
            assert client.post(ASKED, {"code": typed}).status_code == expected
            clock.shift(20)


def test_a_clock_may_be_half_a_minute_off_and_no_more(client, person, app):
    sign_in(client, person.email)
    assert client.post(ASKED, {"code": code(-2)}).status_code == 422
    assert client.post(ASKED, {"code": code(-1)}).status_code == 302


def test_the_second_step_waits_a_quarter_of_an_hour(client, person, app):
    with time_machine.travel("2026-11-22T10:00Z") as clock:
        sign_in(client, person.email)
        clock.shift(16 * 60)
        assert client.post(ASKED, {"code": code()})["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_nobody_comes_to_the_second_step_without_the_first(client, db):
    assert client.get(ASKED)["Location"] == "/accounts/login/"


def test_cancelling_leads_back_to_the_first_step(client, person, app):
    sign_in(client, person.email)
    assert client.get("/accounts/login/")["Location"] == ASKED
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert client.get("/accounts/login/").status_code == 200


def test_setting_the_app_up_takes_a_code_of_it(limits_anew, their_browser, person, mailoutbox):
    page = their_browser.get(SET_UP)
    secret = re.search(r'id="key".*?>(\w+)</textarea>', page.content.decode())[1]
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page.content.decode())[1]
    assert b"<svg" in b64decode(picture)
    assert "This code is not right." in words(their_browser.post(SET_UP, {"code": "000000"}))
    assert not is_mfa_enabled(person)
    response = their_browser.post(SET_UP, {"code": code(secret=secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    assert is_mfa_enabled(person)
    assert mailoutbox[0].subject == "Two-factor authentication: app set up"
    assert secret not in mailoutbox[0].body
    codes = re.search(r'id="codes".*?>(.*?)</textarea>', shown(their_browser), re.DOTALL)[1]
    assert len(unescape(codes).split()) == 10


def shown(browser):
    return browser.get("/accounts/2fa/recovery-codes/").content.decode()


def test_a_recovery_code_opens_once(client, person, recovery_codes):
    sign_in(client, person.email)
    assert client.post(ASKED, {"code": recovery_codes[3]})["Location"] == "/"
    again = Client()
    sign_in(again, person.email)
    assert again.post(ASKED, {"code": recovery_codes[3]}).status_code == 422
    assert recovery_codes[3] not in shown_after_password(client)


def shown_after_password(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return shown(client)


def test_recovery_codes_are_downloaded_as_a_file(their_browser, recovery_codes):
    response = their_browser.get("/accounts/2fa/recovery-codes/download/")
    assert response.content.decode().split() == recovery_codes
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


def test_new_codes_replace_the_old_ones(their_browser, client, person, recovery_codes):
    their_browser.post("/accounts/2fa/recovery-codes/generate/")
    sign_in(client, person.email)
    assert client.post(ASKED, {"code": recovery_codes[0]}).status_code == 422


@pytest.mark.parametrize(
    "path",
    ["totp/activate/", "recovery-codes/", "recovery-codes/download/", "recovery-codes/generate/"],
)
def test_a_borrowed_browser_is_asked_for_the_password_again(client, person, path):
    sign_in(client, person.email)
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": "1"})
    response = client.get(f"/accounts/2fa/{path}")
    assert response["Location"].startswith("/accounts/reauthenticate/?next=")


def test_a_proof_lasts_five_minutes(person):
    client = Client()
    with time_machine.travel("2026-11-22T10:00Z") as clock:
        sign_in(client, person.email)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert client.get(SET_UP).status_code == 200
        clock.shift(301)
        assert client.get(SET_UP).status_code == 302


def test_turning_the_app_off_takes_the_recovery_codes_with_it(
    their_browser, person, recovery_codes, mailoutbox
):
    their_browser.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=person).exists()
    assert mailoutbox[0].subject == "Two-factor authentication: app turned off"


def test_the_page_says_what_there_is(their_browser, person):
    assert "Off" in words(their_browser.get("/accounts/2fa/"))


def test_one_is_signed_out_everywhere_else(their_browser, person):
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    sign_in(elsewhere, person.email)
    page = words(their_browser.get("/accounts/sessions/"))
    assert "Firefox on Windows" in page
    assert "This one" in page
    their_browser.post("/accounts/sessions/")
    assert elsewhere.get("/accounts/2fa/").status_code == 302
    assert is_signed_in(their_browser)
    assert "Firefox on Windows" not in words(their_browser.get("/accounts/sessions/"))


def test_the_sessions_of_others_are_neither_shown_nor_ended(their_browser, member):
    other = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/600"})
    member.user.set_password(PASSWORD)
    member.user.save()
    sign_in(other, member.user.email)
    assert "iPhone" not in words(their_browser.get("/accounts/sessions/"))
    their_browser.post("/accounts/sessions/")
    assert is_signed_in(other)


def test_no_secret_of_it_can_be_read_in_the_database(app, recovery_codes):
    stored = str(list(Authenticator.objects.values("data")))
    assert SECRET not in stored
    assert not [each for each in recovery_codes if each in stored]
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert not re.fullmatch("[0-9a-f]+", seed)


def test_it_opens_with_an_earlier_key_of_the_server(client, person, app, recovery_codes, settings):
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    settings.SECRET_KEY_FALLBACKS = [before]
    for each in (code(), recovery_codes[0]):
        sign_in(client, person.email)
        client.post(ASKED, {"code": each})
        assert is_signed_in(client)
        client.post("/accounts/logout/")


@pytest.mark.parametrize("model", [EmailAddress, Authenticator, UserSession])
def test_support_sees_no_secret_of_a_sign_in(model):
    assert model not in admin.site._registry
