"""What every answer carries, a request id and a strict policy; the pages of refusals and errors."""

import json
import logging
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.operations import Refused
from billing.views import common

from ..factories import MemberFactory, UserFactory
from ..pages import signed_in, url, words

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(response):
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


@pytest.fixture
def broken(monkeypatch, console, organization):
    """The answer of a page whose view raises what it is given."""

    def get(error, **headers):
        def fail(organization):
            raise error

        monkeypatch.setattr(common, "all_periods", fail)
        return console.get(url("billing:list", organization, q="hidden-words"), headers=headers)

    return get


def test_every_answer_has_an_id_of_our_own_making(console, organization):
    address = url("billing:list", organization)
    ids = {console.get(address, headers={"X-Request-Id": "mine"})["X-Request-Id"] for _ in "12"}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


def test_pages_of_errors_name_the_request(console, broken):
    for page in (console.get("/nowhere/"), broken(Refused()), broken(RuntimeError())):
        assert f"Request {page['X-Request-Id']}" in words(page)


def test_a_refusal_that_no_form_could_show_is_a_page_in_words(broken):
    page = broken(Refused("Platform was deleted meanwhile."), Referer="/o/before/")
    assert page.status_code == 409
    assert "Not done" in words(page)
    assert "Platform was deleted meanwhile." in words(page)
    assert 'href="/o/before/"' in page.content.decode()


def test_a_failure_is_a_page_that_tells_nothing(broken):
    page = broken(RuntimeError("secret detail"))
    assert page.status_code == 500
    assert "Something broke on our side" in words(page)
    assert "secret detail" not in words(page)


def test_the_log_of_a_failure_names_the_request_and_holds_no_values(broken, caplog):
    formatter = settings.LOGGING["formatters"]["json"]
    options = {key: value for key, value in formatter.items() if key != "()"}
    formatter = logging.config.DictConfigurator({}).resolve(formatter["()"])(**options)
    caplog.handler.setFormatter(formatter)
    page = broken(RuntimeError())
    [line] = [line for line in caplog.text.splitlines() if "Internal Server Error" in line]
    assert page["X-Request-Id"] in line
    assert "RuntimeError" in line
    assert "hidden-words" not in line
    assert "locals" not in json.loads(line)["exception"][0]["frames"][0]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/logout/"])
def test_a_form_without_its_token_is_refused_on_a_page(admin, path):
    client = Client(enforce_csrf_checks=True)
    if "logout" in path:
        client.force_login(admin.user)
    page = client.post(path)
    assert page.status_code == 403
    assert "This form is out of date" in words(page)
    assert f"Request {page['X-Request-Id']}" in words(page)
    assert "_auth_user_id" in client.session or "login" in path


def test_what_is_not_there_is_a_page(client, db):
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "This page does not exist, or you have no access to it." in words(page)


@pytest.mark.parametrize("path", ["/nowhere/", "/o/nowhere/", "/accounts/nowhere/"])
def test_what_is_not_there_stands_in_the_frame_of_the_only_organization(
    console, organization, path
):
    page = console.get(path)
    assert page.status_code == 404
    assert f'href="{url("settings", organization)[:-1]}"' in page.content.decode()


def test_of_several_organizations_it_is_that_of_the_address_or_all_are_offered(
    console, organization, admin
):
    other = MemberFactory(user=admin.user, organization__name="Globex").organization
    inside = console.get(f"/o/{other.slug}/nowhere/").content.decode()
    assert f'href="{url("me", other)[:-1]}"' in inside
    assert "Globex: switch organization" in inside
    outside = console.get("/nowhere/").content.decode()
    for each in (organization, other):
        assert f'<a class="rail__item" href="/o/{each.slug}/">' in outside


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/accounts/login/", "/accounts/signup/"])
def test_the_policy_is_strict_on_pages_for_everybody(client, db, path):
    assert policy(client.get(path)) == POLICY


def test_the_policy_is_strict_on_pages_of_the_console(console, member, organization):
    for name in ("billing:list", "billing:create", "billing:export", "billing:handle"):
        assert policy(console.get(url(name, organization))) == POLICY
    assert policy(console.get(url("members:list", organization))) == POLICY
    assert policy(console.get("/accounts/logout/")) == POLICY
    assert policy(signed_in(member).get(url("billing:list", organization))) == POLICY


def test_the_policy_is_strict_on_pages_of_errors(broken):
    refused, failed = broken(Refused()), broken(RuntimeError())
    assert (refused.status_code, failed.status_code) == (409, 500)
    assert policy(refused) == policy(failed) == POLICY


def test_the_policy_is_strict_in_the_support_desk(client, db):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert policy(page) == POLICY


def test_no_page_may_be_framed_or_guessed_at(console, organization):
    page = console.get(url("billing:list", organization))
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"


def test_the_token_of_forms_is_kept_from_scripts(console, organization):
    page = console.get(url("billing:create", organization))
    assert page.cookies["csrftoken"]["httponly"]
    assert page.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/v1/openapi.json"])
def test_a_page_may_use_nothing_of_a_browser_but_passkeys(client, db, path):
    said = client.get(path)["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()", "usb=()"} <= set(said)
    assert [each for each in said if not each.endswith("=()")] == [
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]


def test_a_request_of_the_api_has_no_session_whatever_its_cookies_say(console, organization):
    answer = console.get(f"/v1/organizations/{organization.pk}/members")
    assert answer.status_code == 401
    assert not hasattr(answer.wsgi_request, "session")
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_api_speaks_the_language_that_is_asked_for(client, db):
    answer = client.get("/v1/nowhere", headers={"accept-language": "ja"})
    assert answer.status_code == 404
    assert answer.headers["Content-Language"] == "ja"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.1, 198.51.100.7", "198.51.100.7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("192.0.2.1, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_audit_has_the_address_that_it_saw(
    settings, organization, forwarded, address
):
    settings.MIDDLEWARE = ["config.requests.ProxyMiddleware", *settings.MIDDLEWARE]
    member = signed_in(MemberFactory(organization=organization))
    page = url("billing:list", organization)
    assert member.get(page, headers={"X-Forwarded-For": forwarded}).status_code == 403
    assert organization.audit_entries.latest("pk").address == address
