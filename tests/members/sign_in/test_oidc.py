"""Signing in by an OpenID Connect provider, which the tests run on this machine."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken

from members.models import User

from ...oidc import CLIENT, running_provider
from ...pages import words
from .conftest import is_signed_in

LOGIN = "/accounts/oidc/company/login/"
CALLBACK = "/accounts/oidc/company/login/callback/"


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings, person):
    """A provider that knows the person and has verified their email."""
    settings.SOCIALACCOUNT_PROVIDERS = running.settings
    running.claims = {"sub": "42", "email": person.email, "email_verified": True}
    running.audience = CLIENT["client_id"]
    running.asked.clear()
    return running


def there_and_back(client, **asked):
    """The address with which the provider sends the browser back."""
    there = client.get(LOGIN, asked)["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith(f"http://testserver{CALLBACK}")
    return back


def test_whom_the_provider_knows_is_signed_in(client, provider, person):
    assert client.get(there_and_back(client))["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert SocialAccount.objects.get().user == person


def test_one_is_led_on_to_what_was_asked_for_and_to_no_other_site(client, provider):
    assert client.get(there_and_back(client, next="/o/acme/groups/"))["Location"] == (
        "/o/acme/groups/"
    )
    client.post("/accounts/logout/")
    assert client.get(there_and_back(client, next="https://evil.test/"))["Location"] == "/"


@pytest.mark.parametrize("said", [False, None, "true", "false", 1])
def test_an_email_that_the_provider_has_not_verified_opens_nothing(client, provider, said):
    provider.claims["email_verified"] = said
    page = client.get(there_and_back(client))
    assert "There is no account for you yet" in words(page)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_nobody_new_is_made(client, provider):
    provider.claims |= {"email": "new@example.test"}
    page = client.get(there_and_back(client))
    assert "Ask an admin of your organization to add you." in words(page)
    assert User.objects.count() == 1


def test_whoever_was_tied_once_is_known_by_more_than_the_email(client, provider, person):
    client.get(there_and_back(client))
    client.post("/accounts/logout/")
    provider.claims |= {"email": "changed@example.test"}
    client.get(there_and_back(client))
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_second_factor_is_asked_for_all_the_same(client, provider, app):
    assert client.get(there_and_back(client))["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_who_may_not_sign_in_any_more_does_not_so_either(client, provider, person):
    person.is_active = False
    person.save()
    assert client.get(there_and_back(client))["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_the_session_gets_a_new_key(client, provider):
    back = there_and_back(client)
    before = client.session.session_key
    client.get(back)
    assert client.session.session_key != before


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client, their_browser, provider):
    page = client.get(there_and_back(their_browser))
    assert page.status_code == 401
    assert "The provider did not say who you are." in words(page)
    assert not is_signed_in(client)


def test_an_answer_works_once(client, provider):
    back = there_and_back(client)
    client.get(back)
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 401


def test_a_token_for_somebody_else_is_refused(client, provider):
    provider.audience = "another-program"
    assert client.get(there_and_back(client)).status_code == 401
    assert not is_signed_in(client)


def test_the_code_is_bound_to_the_browser_that_asked(client, provider):
    there = client.get(LOGIN)["Location"]
    assert parse_qs(urlsplit(there).query)["code_challenge_method"] == ["S256"]
    client.get(there_and_back(client))
    assert provider.asked[0]["code_verifier"]


def test_leaving_halfway_leads_back(client, provider):
    state = parse_qs(urlsplit(client.get(LOGIN)["Location"]).query)["state"][0]
    response = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
    assert "You left before it was done." in words(response)


def test_a_provider_is_for_signing_in_only(their_browser, provider):
    assert their_browser.get(there_and_back(their_browser, process="connect"))["Location"] == "/"
    assert not SocialAccount.objects.exists()


def test_no_token_is_kept_and_no_secret_logged(client, provider, caplog):
    caplog.set_level(logging.DEBUG)
    client.get(there_and_back(client))
    assert not SocialToken.objects.exists()
    assert CLIENT["secret"] not in caplog.text
    assert "an-access-token" not in caplog.text + str(SocialAccount.objects.values())


def test_the_button_stands_on_the_page_where_there_is_a_provider(client, provider, settings):
    assert "Sign in with Company" in words(client.get("/accounts/login/"))
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Sign in with Company" not in words(client.get("/accounts/login/"))


@pytest.mark.parametrize(
    "path", [LOGIN, CALLBACK, "/accounts/3rdparty/", "/accounts/oidc/x/login/"]
)
def test_without_one_there_is_nothing(client, db, path):
    assert client.get(path).status_code == 404
