"""Daily usage: drawn where one looks, fetched by itself; without scripts a link leads to it."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import limit

from .screen import BILLING_GROUPS, choose, heading

DAILY = re.compile("^Daily Credits, .* highest 127.5 on ")


@pytest.fixture
def page(enter, admin, people, scripted):
    return enter(admin, java_script_enabled=scripted)


def find_days(page, scripted):
    if not scripted:
        page.get_by_role("link", name="Show daily usage").click()


def test_the_days_of_all_billing_groups_stand_above_the_list(page, scripted):
    page.goto(BILLING_GROUPS)
    find_days(page, scripted)
    expect(page.get_by_role("img", name=DAILY)).to_be_visible()
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("row", name="All days 127.5")).to_be_visible()


def test_the_days_of_the_last_period_are_those_of_that_period(page, scripted):
    page.goto(BILLING_GROUPS)
    page.get_by_role("link", name="Previous period").click()
    find_days(page, scripted)
    expect(page.get_by_role("img", name=re.compile("highest 9 on "))).to_be_visible()


@pytest.mark.parametrize("scripted", [True], indirect=True)
def test_the_drawer_has_the_days_of_its_group_with_the_usage(page, people, platform):
    limit(platform, 500)
    page.goto(BILLING_GROUPS)
    choose(page, "Unassigned", "View")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("link", name="Members", exact=True)).to_be_visible()
    expect(drawer.get_by_role("img", name=DAILY)).to_have_count(0)
    drawer.get_by_role("link", name="Usage").click()
    expect(drawer.get_by_role("img", name=DAILY)).to_be_visible()


def test_a_row_of_the_usage_opens_to_its_records_and_back(page, scripted):
    page.goto(BILLING_GROUPS + "unassigned/?show=usage")
    page.get_by_role("link", name="Grace Hopper").click()
    records = page.get_by_role("table", name="Usage records")
    expect(records.get_by_role("row", name="All usage records 100")).to_be_visible()
    expect(heading(page, "Grace Hopper")).to_be_visible()
    page.get_by_role("link", name="All members").click()
    expect(page.get_by_role("link", name="Alan Turing")).to_be_visible()


@pytest.mark.parametrize("scripted", [True], indirect=True)
def test_records_open_inside_the_drawer(page):
    page.goto(BILLING_GROUPS)
    choose(page, "Unassigned", "View")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("link", name="Usage", exact=True).click()
    usage = drawer.get_by_role("table", name="Usage", exact=True)
    usage.get_by_role("link", name="Grace Hopper").click()
    expect(drawer.get_by_role("row", name="All usage records")).to_contain_text("100")
    drawer.get_by_role("link", name="Details").click()
    expect(drawer.get_by_text("hopper@acme.example")).to_be_visible()
    page.go_back()
    expect(drawer.get_by_role("row", name="All usage records")).to_contain_text("100")
