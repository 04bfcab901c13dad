"""Search, sorting, pages and periods: the address says what is shown."""

import re

import pytest
from playwright.sync_api import expect

from members.templatetags.console import MOST_OPTIONS
from tests.factories import BillingGroupFactory, assign, many_members, report

from .screen import BILLING_GROUPS, MEMBERS, expect_rows, row, stop_the_clock

BAR = """() => {
    const bar = getComputedStyle(document.getElementById("members"), "::before");
    return Object.fromEntries(
        ["height", "width", "opacity", "content"].map((name) => [name, bar[name]]));
}"""
DROPPED = [f"error: htmx:{each}, [object HTMLElement]" for each in ("afterRequest", "sendAbort")]


@pytest.fixture
def groups(organization, people):
    """Three billing groups with 7, 100 and no Credits used."""
    groups = {}
    for name, person in (("Alpha", "Mary"), ("Beta", "Grace"), ("Gamma", None)):
        groups[name] = BillingGroupFactory(organization=organization, name=name)
        if person:
            assign(people[person], groups[name])
            report(people[person], 10 if person == "Mary" else 90)
    return groups


def test_search_filters_in_place_and_back_forward_and_reload_show_the_same(page, groups):
    page.goto(BILLING_GROUPS)
    page.evaluate("window.same = true")
    page.get_by_role("searchbox").press_sequentially("gam")
    expect_rows(page, "Gamma")
    expect(page).to_have_url(re.compile(r"\?q=gam$"))
    assert page.evaluate("window.same")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.reload()
    expect_rows(page, "Gamma")
    expect(page.get_by_role("searchbox")).to_have_value("gam")
    page.go_back()
    expect_rows(page, "Unassigned", "Alpha", "Beta", "Gamma")
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.go_forward()
    expect_rows(page, "Gamma")
    expect(page.get_by_role("searchbox")).to_have_value("gam")


def test_where_there_are_many_groups_a_part_of_a_name_finds_their_members(page, groups):
    organization = groups["Alpha"].organization
    BillingGroupFactory.create_batch(MOST_OPTIONS, organization=organization)
    page.goto(MEMBERS)
    expect(page.get_by_role("combobox", name="Group")).to_be_visible()
    field = page.get_by_role("searchbox", name="Billing group")
    field.press_sequentially("bet")
    expect_rows(page, "Grace")
    expect(page).to_have_url(re.compile(r"\?billing_group_name=bet$"))
    expect(field).to_be_focused()
    page.reload()
    expect(field).to_have_value("bet")
    expect_rows(page, "Grace")
    page.get_by_role("link", name="Clear filters").click()
    expect(field).to_have_value("")


def test_typing_on_while_an_answer_is_awaited_finds_what_was_typed_last(page, groups):
    page.clock.install()
    page.goto(BILLING_GROUPS)
    stop_the_clock(page)
    awaited = []
    page.route(re.compile("q=g$"), lambda each: awaited.append(each))
    page.get_by_role("searchbox").fill("g")
    page.clock.run_for(1_000)
    page.get_by_role("searchbox").fill("gam")
    page.clock.run_for(1_000)
    [answer] = awaited
    answer.continue_()
    expect_rows(page, "Gamma")
    expect(page).to_have_url(re.compile(r"\?q=gam$"))


def test_a_list_that_is_slow_to_come_pales_under_a_bar_and_nothing_moves(page, people):
    page.goto(MEMBERS)
    awaited = []
    page.route(re.compile("q=hopper$"), lambda each: awaited.append(each))
    table = page.get_by_role("table", name="Members")
    place = table.bounding_box()
    page.get_by_role("searchbox").fill("hopper")
    expect(page.locator("#members > form")).to_have_css("opacity", "0.6")
    bar = page.evaluate(BAR)
    assert (bar["height"], bar["width"]) == ("2px", f"{place['width']:g}px")
    assert float(bar["opacity"]) > 0
    assert table.bounding_box() == place
    awaited[0].continue_()
    expect_rows(page, re.compile("Grace Hopper"))
    assert page.evaluate(BAR)["content"] == "none"


def test_search_finds_a_billing_group_by_its_member_and_can_be_cleared(page, groups):
    page.goto(BILLING_GROUPS)
    page.get_by_role("searchbox").fill("hopper@")
    expect_rows(page, "Beta")
    page.get_by_role("link", name="Clear filters").click()
    expect_rows(page, "Unassigned", "Alpha", "Beta", "Gamma")
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_search_without_result_says_so(page, groups):
    page.goto(BILLING_GROUPS)
    page.get_by_role("searchbox").fill("zebra")
    expect(page.get_by_text("No billing group matches “zebra”.")).to_be_visible()
    expect(page.get_by_role("link", name="Clear filters").first).to_be_visible()


def test_the_number_found_is_read_out(page, people):
    page.goto(MEMBERS)
    page.get_by_role("searchbox").fill("hopper")
    expect(page.get_by_role("status").filter(has_text="1 member")).to_have_count(1)


def test_a_head_sorts_first_the_natural_way_then_the_other_then_not_at_all(page, groups):
    page.goto(BILLING_GROUPS)
    head = page.get_by_role("columnheader", name="Credits Consumption")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect_rows(page, "Unassigned", "Beta", "Alpha", "Gamma")
    expect(page).to_have_url(re.compile(r"\?sort=-used$"))
    head.get_by_role("link").click()
    expect_rows(page, "Unassigned", "Gamma", "Alpha", "Beta")
    head.get_by_role("link").click()
    expect_rows(page, "Unassigned", "Alpha", "Beta", "Gamma")
    expect(head).not_to_have_attribute("aria-sort", re.compile(""))
    page.go_back()
    expect_rows(page, "Unassigned", "Gamma", "Alpha", "Beta")


def test_a_search_keeps_the_sorting(page, groups):
    page.goto(f"{BILLING_GROUPS}?sort=-used")
    page.get_by_role("searchbox").fill("a")
    expect(page).to_have_url(re.compile(r"[?&]q=a"))
    expect(page).to_have_url(re.compile(r"[?&]sort=-used"))
    expect_rows(page, "Unassigned", "Beta", "Alpha", "Gamma")


def test_pages_turn_in_place_and_a_search_begins_on_the_first(page, organization, people):
    many_members(organization, 55)
    page.goto(MEMBERS)
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–59 of 59")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?page=2$"))
    assert page.evaluate("window.same && scrollY === 0")
    page.reload()
    expect(page.get_by_text("51–59 of 59")).to_be_visible()
    page.get_by_role("searchbox").fill("hopper")
    expect_rows(page, re.compile("Grace Hopper"))
    page.go_back()
    expect(page.get_by_text("51–59 of 59")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1–50 of 59")).to_be_visible()


def test_rows_per_page_are_chosen_and_stay_while_searching_and_sorting(page, organization, people):
    many_members(organization, 55)
    page.goto(f"{MEMBERS}?page=2")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="50 rows per page")).to_have_attribute(
        "aria-current", "true"
    )
    pages.get_by_role("link", name="25 rows per page").click()
    expect(pages.get_by_text("1–25 of 59")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?size=25$"))
    pages.get_by_role("link", name="Next").click()
    expect(pages.get_by_text("26–50 of 59")).to_be_visible()
    page.get_by_role("searchbox").fill("crowd")
    expect(pages.get_by_text("1–25 of 55")).to_be_visible()
    page.get_by_role("link", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile("sort=-name"))
    expect(pages.get_by_text("1–25 of 55")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(pages.get_by_text("1–25 of 59")).to_be_visible()
    pages.get_by_role("link", name="100 rows per page").click()
    expect(pages.get_by_text("1–59 of 59")).to_be_visible()
    expect(pages.get_by_role("link", name="Next")).to_have_count(0)
    pages.get_by_role("link", name="50 rows per page").click()
    expect(pages.get_by_text("1–50 of 59")).to_be_visible()


def test_the_period_selector_shows_another_period_and_back_returns(page, organization, people):
    page.goto(BILLING_GROUPS)
    page.get_by_label("Period", exact=True).select_option(index=1)
    expect(page.get_by_text("Historical period: view and export only")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?period=\d{4}-\d\d-\d\d$"))
    page.get_by_role("searchbox").fill("unass")
    expect(page).to_have_url(re.compile("q=unass"))
    expect(page).to_have_url(re.compile("period="))
    expect(row(page, "Unassigned").get_by_role("cell", name="9", exact=True)).to_be_visible()
    page.get_by_role("link", name="Go to the current period").click()
    expect(page.get_by_text("Historical period")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Historical period: view and export only")).to_be_visible()


def test_of_two_periods_chosen_one_after_another_the_last_is_shown(page, console, people):
    page.goto(BILLING_GROUPS)
    awaited = []
    page.route(re.compile("period="), lambda each: awaited.append(each), times=1)
    period = page.get_by_label("Period", exact=True)
    current = period.input_value()
    with page.expect_request(re.compile("period=")):
        period.select_option(index=1)
    period.select_option(index=0)
    console.provoked += DROPPED  # htmx itself says so of the first
    for each in awaited:
        each.continue_()
    expect(page).to_have_url(re.compile(f"period={current}$"))
    expect(page.get_by_text("Historical period")).to_have_count(0)


def test_previous_and_next_period_are_one_click_away(page, organization):
    page.goto(BILLING_GROUPS)
    page.get_by_role("link", name="Previous period").click()
    expect(page.get_by_text("Historical period: view and export only")).to_be_visible()
    page.get_by_role("link", name="Next period").click()
    expect(page.get_by_text("Historical period: view and export only")).to_have_count(0)


def test_lists_work_without_scripts(enter, admin, organization, groups):
    many_members(organization, 55)
    page = enter(admin, java_script_enabled=False)
    page.goto(BILLING_GROUPS)
    page.get_by_role("link", name="Credits Consumption").click()
    expect_rows(page, "Unassigned", "Beta", "Alpha", "Gamma")
    page.get_by_role("searchbox").fill("a")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("searchbox")).to_have_value("a")
    page.get_by_role("link", name="Members 59").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–59 of 59")).to_be_visible()
    page.get_by_role("link", name="25 rows per page").click()
    page.get_by_role("searchbox").fill("crowd")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("1–25 of 55")).to_be_visible()


def test_the_export_follows_its_scope(page, groups):
    page.goto(f"{BILLING_GROUPS}export/")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_text("5 rows, 227.5 Credits in all")).to_be_visible()
    page.get_by_label("Scope").select_option("Beta")
    expect(preview.get_by_text("1 row, 90 Credits in all")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"group={groups['Beta'].pk}"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.startswith(f"acme_beta-{groups['Beta'].pk}_")
    page.go_back()
    expect(preview.get_by_text("5 rows, 227.5 Credits in all")).to_be_visible()
