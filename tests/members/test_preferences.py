"""The language and the theme of a person, chosen in the user menu."""

import pytest
from django.urls import reverse

from ..pages import url

PREFERENCES = reverse("preferences")
PAGE = "http://testserver/o/acme/groups/?q=e"


@pytest.fixture
def choose(console):
    def post(**chosen):
        return console.post(PREFERENCES, chosen, headers={"Referer": PAGE})

    return post


def html(console, organization, accept="en"):
    page = console.get(url("groups:list", organization), headers={"Accept-Language": accept})
    return page.content.decode()


def test_until_one_is_chosen_the_browser_says_which_language(console, organization):
    assert '<html lang="ja">' in html(console, organization, accept="ja,en;q=0.5")


def test_a_chosen_language_is_spoken_whatever_the_browser_says(console, organization, choose):
    choose(language="zh-hans")
    page = html(console, organization, accept="ja")
    assert '<html lang="zh-hans">' in page
    assert 'value="zh-hans" lang="zh-hans" aria-pressed="true"' in page
    choose(language="")
    assert '<html lang="ja">' in html(console, organization, accept="ja")


def test_the_language_of_one_person_is_not_spoken_to_the_next(
    console, organization, choose, client
):
    choose(language="ja")
    html(console, organization)
    assert client.get("/accounts/login/").content.startswith(b'<!doctype html>\n<html lang="en">')


def test_a_theme_is_written_into_the_page_until_it_is_the_systems_again(
    console, organization, choose
):
    assert "data-theme" not in html(console, organization)
    choose(theme="dark")
    assert '<html lang="en" data-theme="dark">' in html(console, organization)
    choose(theme="")
    assert "data-theme" not in html(console, organization)


def test_choosing_one_keeps_the_other_and_leads_back(choose, admin):
    choose(theme="light")
    response = choose(language="ja")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    admin.user.refresh_from_db()
    assert (admin.user.language, admin.user.theme) == ("ja", "light")


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/o/acme/", "//evil.example", ""])
def test_nobody_is_led_elsewhere(console, elsewhere):
    response = console.post(PREFERENCES, {"theme": "dark"}, headers={"Referer": elsewhere})
    assert response["Location"] == "/"


@pytest.mark.parametrize("chosen", [{"theme": "pink"}, {"language": "de"}, {"language": "x" * 99}])
def test_what_no_menu_offers_is_refused(choose, admin, chosen):
    assert choose(**chosen).status_code == 400
    admin.user.refresh_from_db()
    assert (admin.user.language, admin.user.theme) == ("", "")


def test_nothing_else_of_a_user_can_be_sent(choose, admin):
    choose(theme="dark", email="other@example.com", is_staff="1")
    before = admin.user.email
    admin.user.refresh_from_db()
    assert (admin.user.email, admin.user.is_staff) == (before, False)


def test_only_who_is_signed_in_chooses_and_only_by_pressing(client, console, db):
    assert client.post(PREFERENCES, {"theme": "dark"})["Location"].startswith("/accounts/login/")
    assert console.get(PREFERENCES).status_code == 405
