"""The main job: who pays for what, from signing in to the CSV."""

import csv
from decimal import Decimal

from playwright.sync_api import expect

from tests.factories import report

from .screen import choose, expect_notice, heading, press_unless, row, sign_in

READING = {"View", "Export"}
WRITING = {"Create", "Handle", "Edit", "Set Period Limit", "Assign Members", "Delete"}


def test_unassigned_members_get_a_billing_group_a_limit_and_a_line_in_the_csv(
    enter, scripted, console, platform, people
):
    page = enter(java_script_enabled=scripted)
    page.goto("/")
    sign_in(page)
    handle_grace_and_alan(page, scripted)
    limit_platform(page, console)
    use_credits_until_blocked(page, people)
    export(page)
    look_at_last_period(page, scripted)


def handle_grace_and_alan(page, scripted):
    expect(row(page, "Unassigned").get_by_role("cell", name="4", exact=True)).to_be_visible()
    choose(page, "Unassigned", "Handle")
    expect(heading(page, "Handle unassigned members")).to_be_visible()
    page.get_by_label("Select Grace Hopper").check()
    page.get_by_role("searchbox").fill("turing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Chosen (1)")).to_be_visible()
    expect(page.get_by_label("Grace Hopper")).to_be_checked()
    page.get_by_label("Select Alan Turing").check()
    page.get_by_label("Billing group", exact=True).select_option("Platform")
    press_unless(scripted, page, "Search")
    expect(page.get_by_text("2 members move to Platform.")).to_be_visible()
    stays = page.get_by_text("120.5 Credits used so far stay where they were used.")
    expect(stays).to_be_visible()
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "2 members moved to Platform.")
    expect(row(page, "Platform").get_by_role("cell", name="2", exact=True)).to_be_visible()


def limit_platform(page, console):
    choose(page, "Platform", "Set Period Limit")
    expect(heading(page, "Set Period Limit")).to_be_visible()
    page.get_by_label("Period Usage Limit").fill("1,5OO")
    console.provoke(422)
    page.get_by_role("button", name="Save").click()
    example = "Enter Credits with at most 4 decimals, for example 1,200.5."
    expect(page.get_by_text(example)).to_be_visible()
    expect(page.get_by_label("Period Usage Limit")).to_have_value("1,5OO")
    page.get_by_label("Period Usage Limit").fill("1,500")
    page.get_by_role("button", name="Save").click()
    expect_notice(page, "Platform is limited to 1,500 Credits.")
    expect(row(page, "Platform")).to_contain_text("0 of 1,500")


def use_credits_until_blocked(page, people):
    assert report(people["Grace"], 1_400).outcome == "recorded"
    page.reload()
    expect(row(page, "Platform")).to_contain_text("93%")
    expect(row(page, "Platform")).to_contain_text("Near limit")
    assert report(people["Alan"], 400).outcome == "recorded"
    assert report(people["Grace"], 1).reasons == ["billing_group_limit_reached"]
    page.reload()
    expect(row(page, "Platform")).to_contain_text("1,800 of 1,500")
    expect(row(page, "Platform")).to_contain_text("120%")
    expect(row(page, "Platform")).to_contain_text("Blocked")


def export(page):
    page.get_by_role("link", name="Export").click()
    expect(heading(page, "Export")).to_be_visible()
    expect(page.get_by_text("5 rows, 1,927.5 Credits in all")).to_be_visible()
    expect(page.get_by_role("row", name="Platform Grace Hopper")).to_contain_text("1,400")
    expect(page.get_by_role("row", name="Unassigned Grace Hopper")).to_contain_text("100")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert len(rows) == 5
    assert sum(Decimal(row["Credits Consumption"]) for row in rows) == Decimal("1927.5")
    page.get_by_role("link", name="Billing Groups").click()


def look_at_last_period(page, scripted):
    period = page.get_by_label("Period", exact=True)
    period.select_option(index=1)
    press_unless(scripted, page, "Show")
    expect(page.get_by_text("Historical period: view and export only")).to_be_visible()
    expect(row(page, "Unassigned").get_by_role("cell", name="9", exact=True)).to_be_visible()
    links = page.get_by_role("main").get_by_role("link", include_hidden=True)
    acts = {text.strip() for text in links.all_text_contents()}
    assert acts & (READING | WRITING) == READING
