"""The audit log in a browser: it opens, narrows and turns its pages, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from audit.keyset import SIZE
from tests.factories import BillingGroupFactory, limit

from .screen import AUDIT_LOG, press_unless


@pytest.fixture
def page(enter, admin, scripted):
    return enter(admin, java_script_enabled=scripted)


@pytest.fixture
def platform(organization):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    for credits in range(SIZE + 3):
        limit(platform, credits)
    return platform


def first(page):
    return page.locator(".entry").first


def test_an_entry_opens_to_what_is_known_of_it(page, platform):
    page.goto(AUDIT_LOG)
    expect(first(page).locator("dl")).to_be_hidden()
    first(page).locator("summary").click()
    expect(first(page).locator("dl")).to_contain_text("51 → 52")
    first(page).get_by_role("link", name="Platform").click()
    expect(page).to_have_url(re.compile(rf"\?q=billing-group-{platform.pk}$"))


def test_filters_narrow_it_and_pages_keep_them(page, platform, scripted):
    page.goto(AUDIT_LOG)
    page.get_by_label("Event").select_option("Set period limit")
    press_unless(scripted, page, "Apply")
    expect(page).to_have_url(re.compile("event=SetBillingGroupLimit"))
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".entry")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"event=SetBillingGroupLimit.*before=\d+$"))
    expect(first(page)).to_contain_text("from 1 to 2.")
    page.get_by_role("link", name="Newer").click()
    expect(first(page)).to_contain_text("from 51 to 52.")
    page.go_back()
    expect(first(page)).to_contain_text("from 1 to 2.")
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator(".entry")).to_have_count(SIZE)


def test_what_is_shown_is_exported(page, platform, scripted):
    page.goto(AUDIT_LOG)
    page.get_by_label("Outcome").select_option("Refused")
    press_unless(scripted, page, "Apply")
    expect(page.get_by_text("No entry matches these filters.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert download.value.path().read_text().count("\n") == 1
