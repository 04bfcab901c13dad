"""What a person is told when the server fails or cannot be reached: nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from billing.views import groups
from groups.operations import delete_group
from tests.factories import TESTS, GroupFactory

from .screen import BILLING_GROUPS, choose, heading

FAILED = "error: Failed to load resource: "
HTMX = "error: {}, [object HTMLDivElement]"
TIMES_SENT = """button => {
    let times = 0;
    const count = (event) => {
        times += !event.defaultPrevented;
        event.preventDefault();
    };
    addEventListener("submit", count);
    button.click();
    button.click();
    removeEventListener("submit", count);
    return times;
}"""


def lost(how):
    """What Chromium and htmx say themselves of a request that got no answer."""
    by_htmx = [HTMX.format("htmx:afterRequest"), HTMX.format("htmx:sendError")]
    return [*by_htmx, f"{FAILED}net::ERR_{how}", "undefined"]


@pytest.fixture
def field(page, platform):
    """The limit of Platform, typed in its dialog and looked at, not saved."""
    page.goto(BILLING_GROUPS)
    expect(page.get_by_text("No Credits were used in this period.")).to_be_visible()
    choose(page, "Platform", "Set Period Limit")
    field = page.get_by_label("Period Usage Limit")
    with page.expect_response(re.compile("limit=120")):
        field.fill("120")
    return field


def save_and_expect(page, field, said):
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(field).to_have_value("120")
    expect(field).to_be_visible()


def test_offline_what_was_typed_is_kept_and_saves_later(page, console, field):
    page.context.set_offline(True)
    console.provoked += lost("INTERNET_DISCONNECTED")
    save_and_expect(page, field, "You are offline. What you typed is kept")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Platform is limited to 120 Credits.")).to_be_visible()


def test_a_server_that_cannot_be_reached_is_said_so(page, console, field):
    page.route("**/limit/", lambda route: route.abort("connectionrefused"))
    console.provoked += lost("CONNECTION_REFUSED")
    save_and_expect(page, field, "The server cannot be reached. What you typed is kept")


def test_a_failure_names_its_request(page, console, field, platform, monkeypatch):
    monkeypatch.setattr(groups, "formal_group_of", None)
    status = "the server responded with a status of 500 (Internal Server Error)"
    by_htmx = HTMX.format(f"Response Status Error Code 500 from {page.url}{platform.pk}/limit/")
    console.provoked += [f"{FAILED}{status}", by_htmx]
    save_and_expect(page, field, "Something broke on our side. What you typed is kept")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("[(][0-9a-f]{32}[)]"))


def test_a_form_whose_button_is_pressed_twice_is_sent_once(page, organization):
    page.goto("/o/acme/groups/create/")
    assert page.get_by_role("button", name="Create").evaluate(TIMES_SENT) == 1
    page.evaluate("dispatchEvent(new Event('pageshow'))")  # as when Back shows it again
    assert page.get_by_role("button", name="Create").evaluate(TIMES_SENT) == 1


def test_a_list_of_what_is_deleted_meanwhile_says_so(page, console, organization, people):
    guild = GroupFactory(organization=organization, name="Guild")
    page.goto("/o/acme/groups/")
    page.get_by_role("link", name="Guild").click()
    search = page.get_by_role("dialog").get_by_role("searchbox")
    expect(search).to_be_visible()
    delete_group(actor=TESTS, group=guild)
    for _answer in ("to the search", "as a page"):
        console.provoke(404)
    search.fill("Grace")
    expect(heading(page, "Page not found")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_an_error_in_a_dialog_leads_where_it_says(page, console, organization):
    guild = GroupFactory(organization=organization, name="Guild")
    page.goto("/o/acme/groups/")
    choose(page, "Guild", "Edit")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    delete_group(actor=TESTS, group=guild)
    console.provoke(404)
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Page not found")
    dialog.get_by_role("link", name="Go to your organization").click()
    expect(page).to_have_url(re.compile(f"{BILLING_GROUPS}$"))
