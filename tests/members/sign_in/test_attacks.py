"""What is tried against a sign-in: each of it once."""

import logging

import pytest
from django.test import Client

from audit.models import AuditEntry
from members.models import User

from ...pages import words
from .conftest import PASSWORD, is_signed_in, sign_in

ELSEWHERE = [
    "https://evil.test/",
    "//evil.test/",
    "/\\evil.test/",
    "javascript:alert(1)",
    "https:evil.test",
    "\thttps://evil.test",
    "http://testserver@evil.test/",
]
RESET = "/accounts/password/reset/"


def told(response):
    """What the one who asked is told."""
    return response.status_code, response.get("Location"), words(response).split("Request")[0]


def stripped(page, email):
    return page.content.decode().replace(email, "EMAIL").split("csrfmiddlewaretoken")[0]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nobody_is_led_to_another_site(client, person, url):
    assert sign_in(client, person.email, next=url)["Location"] == "/"
    response = client.post("/accounts/logout/", {"next": url})
    assert response["Location"] == "/accounts/login/"


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nor_after_proving_again_who_they_are(their_browser, url):
    response = their_browser.post(
        f"/accounts/reauthenticate/?next={url}", {"password": PASSWORD, "next": url}
    )
    assert response["Location"] == "/"


def test_a_session_known_before_the_sign_in_opens_nothing_after_it(client, person):
    """Session fixation: the attacker plants their session, the victim signs in with it."""
    attacker = Client()
    attacker.post(RESET, {"email": "evil@example.test"})
    attacker.session.save()
    planted = attacker.session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client, person.email)
    assert client.session.session_key != planted
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/accounts/2fa/").status_code == 302


def test_a_session_is_over_once_signed_out(their_browser):
    kept = their_browser.cookies["sessionid"].value
    their_browser.post("/accounts/logout/")
    their_browser.cookies["sessionid"] = kept
    assert their_browser.get("/accounts/2fa/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["login/", "logout/", "password/reset/", "password/change/", "reauthenticate/", "sessions/"],
)
def test_a_form_of_another_site_does_nothing(their_browser, path):
    their_browser.handler.enforce_csrf_checks = True
    page = their_browser.post(f"/accounts/{path}", {"email": "a@example.test"})
    assert page.status_code == 403
    assert "This form is out of date" in words(page)
    assert is_signed_in(their_browser)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_no_page_can_be_framed(client, db, path):
    page = client.get(path)
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_link_of_a_mail_leads_to_a_host_of_ours(client, person, mailoutbox):
    forged = client.post(RESET, {"email": person.email}, headers={"Host": "evil.test"})
    assert forged.status_code == 400
    assert not mailoutbox
    sent = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Server": "evil.test"}
    client.post(RESET, {"email": person.email}, headers=sent)
    assert "http://testserver/accounts/password/reset/key/" in mailoutbox[0].body
    assert "evil.test" not in mailoutbox[0].body


class TestWhetherThereIsAnAccount:
    """Nobody is told by what they see: known, unknown, closed, without a password."""

    @pytest.fixture(params=["known", "without a password", "closed", "unknown"])
    def email(self, request, person):
        if request.param == "without a password":
            person.set_unusable_password()
        person.is_active = request.param != "closed"
        person.save()
        return "nobody@example.test" if request.param == "unknown" else person.email

    def test_by_signing_in(self, client, email):
        page = sign_in(client, email, "wrong")
        assert page.status_code == 422
        assert "Email and password do not match." in words(page)
        alike = sign_in(Client(), "other@example.test", "wrong")
        assert stripped(page, email) == stripped(alike, "other@example.test")

    def test_by_forgetting_the_password(self, client, email, mailoutbox):
        answer = client.post(RESET, {"email": email})
        assert told(answer) == (302, "/accounts/password/reset/done/", "")
        page = client.get(answer["Location"])
        assert "If there is an account of that email, a link is on its way to it." in words(page)
        assert email not in words(page)
        assert [mail.to for mail in mailoutbox] == [[email]]  # as much to do for each

    def test_by_the_limits(self, client, email):
        statuses = [sign_in(client, email, "wrong").status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]


def test_signing_up_is_no_way_to_find_out(client, person):
    sent = {"email": person.email, "password1": PASSWORD, "password2": PASSWORD}
    known = client.post("/accounts/signup/", sent)
    unknown = client.post("/accounts/signup/", sent | {"email": "nobody@example.test"})
    assert told(known) == told(unknown)
    assert known.status_code == 404
    assert User.objects.count() == 1


def test_a_link_of_somebody_who_is_not_there_is_as_bad_as_a_wrong_one(client, person):
    answers = [
        client.get(f"/accounts/password/reset/key/{user}-abc123-{'0' * 32}/")
        for user in ("1", "zzzz", "0", "9" * 40)
    ]
    assert {words(each) for each in answers} == {words(answers[0])}
    assert "This link was used already, or has expired." in words(answers[0])


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", "null", '{"response": 5}', "[" * 3000])
def test_a_passkey_that_is_none_is_refused(client, db, credential):
    response = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert response.status_code == 302
    assert not is_signed_in(client)


def test_no_secret_is_logged_noted_or_shown(client, person, caplog, mailoutbox, monkeypatch):
    caplog.set_level(logging.DEBUG)
    sign_in(client, person.email, "hidden-words")
    sign_in(client, person.email)
    client.post(RESET, {"email": person.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    client.get(link)
    monkeypatch.setattr("allauth.account.forms.ChangePasswordForm.save", lambda self: 1 / 0)
    client.raise_request_exception = False
    sent = {
        "oldpassword": PASSWORD,
        "password1": "another good one",
        "password2": "another good one",
    }
    page = client.post("/accounts/password/change/", sent)
    assert page.status_code == 500
    written = caplog.text + page.content.decode() + str(list(AuditEntry.objects.values()))
    for secret in ("hidden-words", PASSWORD, "another good one", link.split("-")[-1].strip("/")):
        assert secret not in written
