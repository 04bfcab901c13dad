"""Attempts are counted in PostgreSQL: for all server processes, and after a restart."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from ...pages import words
from ...racing import at_once
from .conftest import PASSWORD, is_signed_in, sign_in

RESET = "/accounts/password/reset/"


def fail(client, email, times):
    return [sign_in(client, email, "wrong").status_code for _ in range(times)]


def forget_in_memory():
    """What a process that was started anew knows."""
    del caches["default"]


def test_the_sixth_wrong_password_in_five_minutes_is_not_even_tried(client, person):
    assert fail(client, person.email, 5) == [422] * 5
    refused = sign_in(client, person.email, PASSWORD)
    assert refused.status_code == 429
    assert "Too many attempts Wait a few minutes, then try again." in words(refused)
    assert refused["Retry-After"] == "300"
    assert not is_signed_in(client)


def test_an_unknown_email_is_limited_alike(client, db):
    assert fail(client, "nobody@example.test", 6) == [422] * 5 + [429]


def test_others_still_sign_in_from_the_same_address(client, person):
    fail(client, "nobody@example.test", 6)
    assert sign_in(client, person.email).status_code == 302


def test_the_case_of_an_email_makes_no_other_account_of_it(client, person):
    fail(client, person.email, 5)
    assert sign_in(client, person.email.upper(), PASSWORD).status_code == 429


def test_a_limit_holds_after_a_restart(client, person):
    fail(client, person.email, 5)
    forget_in_memory()
    assert sign_in(Client(), person.email).status_code == 429


def test_what_one_process_counts_another_knows(limits_anew):
    caches["default"].set("attempts", [1, 2, 3])
    ask = "from django.core.cache import cache; print(cache.get('attempts'))"
    database = connection.settings_dict["NAME"]
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", ask],
        env={**os.environ, "DATABASE_URL": here},
        capture_output=True,
        text=True,
    )
    assert told.stdout == "[1, 2, 3]\n", told.stderr


def test_a_limit_holds_for_all_processes_together(limits_anew, person):
    def attack():
        return fail(Client(), person.email, 3)

    statuses = [status for each in at_once(*[attack] * 4) for status in each]
    assert sorted(statuses) == [422] * 5 + [429] * 7


def test_an_address_that_tries_many_emails_is_limited(client, db):
    statuses = [sign_in(client, f"{n}@example.test", "wrong").status_code for n in range(21)]
    assert statuses == [422] * 20 + [429]


def test_right_passwords_do_not_count(client, person):
    for _ in range(7):
        assert sign_in(client, person.email).status_code == 302
        client.post("/accounts/logout/")


@pytest.mark.parametrize("known", [True, False])
def test_links_to_one_mailbox_are_limited(client, person, known, mailoutbox):
    email = person.email if known else "nobody@example.test"
    asked = [client.post(RESET, {"email": email}) for _ in range(3)]
    assert [each.status_code for each in asked] == [302, 302, 429]
    assert asked[2]["Retry-After"] == "60"
    assert len(mailoutbox) == 2


def test_wrong_codes_of_a_second_factor_are_limited(client, person, app):
    sign_in(client, person.email)
    for _ in range(5):
        page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "This code is not right." in words(page)
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Too many attempts. Wait a few minutes, then try again." in words(page)
    assert not is_signed_in(client)


def test_behind_a_proxy_the_address_is_what_the_proxy_says(client, person, settings):
    settings.MIDDLEWARE = ["config.requests.ProxyMiddleware", *settings.MIDDLEWARE]
    for number in range(21):
        forwarded = f"10.9.9.9, 198.51.100.{number}"
        assert (
            client.post(
                "/accounts/login/",
                {"login": f"{number}@example.test", "password": "wrong"},
                headers={"X-Forwarded-For": forwarded},
            ).status_code
            == 422
        )


def test_without_one_nobody_says_their_own(client, db):
    statuses = [
        client.post(
            "/accounts/login/",
            {"login": f"{number}@example.test", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        ).status_code
        for number in range(21)
    ]
    assert statuses[-1] == 429
