"""Everything with the keyboard alone."""

import re

from playwright.sync_api import expect

from tests.factories import many_members

from .screen import BILLING_GROUPS, MEMBERS, expect_rows, heading, menu_button, row


def go_to(page, place, key="Tab"):
    """Press Tab, or Shift+Tab, until the focus is there."""
    for _ in range(40):
        page.keyboard.press(key)
        if place.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{key} does not reach {place}")


def press(page, place, key="Enter"):
    go_to(page, place)
    page.keyboard.press(key)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_the_first_stop_skips_to_the_content(page, platform):
    page.goto(BILLING_GROUPS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Export").first).to_be_focused()


def test_a_limit_is_set_from_the_row_menu_and_a_second_thought_is_escaped(page, platform):
    page.goto(BILLING_GROUPS)
    menu = menu_button(page, "Platform")
    go_to(page, menu)
    page.keyboard.press("Enter")
    act = page.get_by_role("link", name="Set Period Limit")
    go_to(page, act)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Period Usage Limit")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(act).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    go_to(page, act)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Period Usage Limit")).to_be_focused()
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    expect(row(page, "Platform")).to_contain_text("0 of 250")
    expect(menu).to_be_focused()


def test_the_head_that_sorts_a_list_keeps_the_focus(page, people):
    page.goto(MEMBERS)
    sort = page.get_by_role("columnheader", name="Name").get_by_role("link")
    press(page, sort)
    expect_rows(page, "Mary Jackson", "Grace Hopper", "Alan Turing", "Ada Lindqvist")
    expect(sort).to_be_focused()
    page.keyboard.press("Enter")
    expect_rows(page, "Ada Lindqvist", "Alan Turing", "Grace Hopper", "Mary Jackson")
    expect(sort).to_be_focused()


def test_what_turns_the_pages_keeps_the_focus_and_after_the_last_the_heading_has_it(
    page, organization, people
):
    many_members(organization, 55)
    page.goto(MEMBERS)
    pages = page.get_by_role("navigation", name="Pages")
    size, following = (pages.get_by_role("link", name=name) for name in ("25 rows", "Next"))
    go_to(page, size, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(pages.get_by_text("1–25 of 59")).to_be_visible()
    expect(size).to_be_focused()
    go_to(page, following, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(pages.get_by_text("26–50 of 59")).to_be_visible()
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    expect(pages.get_by_text("51–59 of 59")).to_be_visible()
    expect(heading(page, "Member Management")).to_be_focused()


def test_unassigned_members_are_handled(page, platform, people):
    page.goto(f"{BILLING_GROUPS}unassigned/handle/")
    go_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("hopper")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    go_to(page, page.get_by_label("Select Grace Hopper"))
    page.keyboard.press("Space")
    go_to(page, page.get_by_label("Billing group", exact=True))
    page.keyboard.type("Plat")
    expect(page.get_by_text("1 member moves to Platform.")).to_be_visible()
    go_to(page, page.get_by_role("button", name="Assign"))
    page.keyboard.press("Enter")
    expect(heading(page, "Member Management")).to_be_visible()
    expect(row(page, "Platform").get_by_role("cell", name="1", exact=True)).to_be_visible()


def test_a_group_is_made_filled_by_searching_and_one_is_removed(page, people):
    page.goto("/o/acme/groups/")
    press(page, page.get_by_role("link", name="Create").first)
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Reviewers")
    page.keyboard.press("Tab")
    page.keyboard.type("They read the code of others")
    page.keyboard.press("Enter")
    expect(row(page, "Reviewers")).to_contain_text("They read the code of others")
    press(page, menu_button(page, "Reviewers"))
    press(page, page.get_by_role("link", name="Add Members"))
    expect(heading(page, "Add members to Reviewers")).to_be_visible()
    press(page, page.get_by_label("Select Grace Hopper"), "Space")
    go_to(page, page.get_by_role("searchbox"), "Shift+Tab")
    page.keyboard.type("turing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chosen (1)")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_focused()
    press(page, page.get_by_label("Select Alan Turing"), "Space")
    expect(page.get_by_text("2 members join Reviewers.")).to_be_visible()
    expect(page.get_by_label("Select Alan Turing")).to_be_focused()
    press(page, button(page, "Add"))
    expect_rows(page, "Alan Turing", "Grace Hopper")
    remove_alan(page)


def remove_alan(page):
    press(page, page.get_by_role("link", name="Remove Alan Turing"))
    expect(page.get_by_text("1 member leaves Reviewers.")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel")).to_be_focused()
    press(page, button(page, "Remove"))
    expect_rows(page, "Grace Hopper")
    expect(page.get_by_role("link", name="Grace Hopper", exact=True)).to_be_focused()


def test_a_member_is_found_and_put_into_a_billing_group(page, platform, people):
    page.goto("/o/acme/members/")
    go_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("hopper")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    press(page, page.get_by_label("Select Grace Hopper"), "Space")
    press(page, page.get_by_role("button", name="Assign Billing Group"))
    target = page.get_by_role("dialog").get_by_role("combobox", name="Billing group")
    go_to(page, target)
    page.keyboard.type("Plat")
    press(page, page.get_by_role("button", name="Assign", exact=True))
    expect(row(page, "Grace Hopper")).to_contain_text("Platform")


def test_two_rows_are_ticked_and_the_bar_below_gives_them_a_billing_group(page, platform, people):
    page.goto(MEMBERS)
    press(page, page.get_by_label("Select Alan Turing"), "Space")
    press(page, page.get_by_label("Select Grace Hopper"), "Space")
    expect(page.get_by_text("2 selected")).to_be_visible()
    press(page, button(page, "Assign Billing Group"))
    dialog = page.get_by_role("dialog", name="Assign Billing Group")
    target = dialog.get_by_role("combobox", name="Billing group")
    expect(target).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(page, "Assign Billing Group")).to_be_focused()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(target).to_be_focused()
    page.keyboard.type("Plat")
    press(page, button(page, "Assign"))
    for name in ("Alan Turing", "Grace Hopper"):
        expect(row(page, name)).to_contain_text("Platform")
    expect(row(page, "Mary Jackson")).to_contain_text("Unassigned")
    expect(page.get_by_text("2 selected")).to_be_hidden()
    expect(page.get_by_label("Select all on this page")).to_be_focused()


def test_a_limit_is_set_over_the_drawer_and_each_escape_goes_one_step_back(page, people):
    page.goto(MEMBERS)
    name = page.locator("main").get_by_role("link", name="Grace Hopper", exact=True)
    press(page, name)
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_focused()
    drawer = page.get_by_role("dialog", name="Grace Hopper")
    act = drawer.get_by_role("link", name="Set Personal Limit")
    press(page, act)
    dialog = page.get_by_role("dialog", name="Set Personal Limit")
    expect(dialog.get_by_role("radio", name="Unlimited")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("radio", name="Amount")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("1,200.5")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(drawer).to_contain_text("100 of 1,200.5")
    expect(act).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{MEMBERS}$"))
    expect(name).to_be_focused()
    expect(row(page, "Grace Hopper")).to_contain_text("100 of 1,200.5")


def test_the_calendar_is_changed_after_a_look_at_its_periods(page, organization):
    page.goto(BILLING_GROUPS)
    press(page, page.get_by_role("link", name="Settings"))
    expect(heading(page, "Settings")).to_be_visible()
    go_to(page, page.get_by_label("Time zone"))
    page.keyboard.type("Toky")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    go_to(page, page.get_by_label("Period start day"))
    page.keyboard.type("15")
    preview = page.locator("#period-preview")
    expect(preview.get_by_text("The periods, once saved")).to_be_visible()
    expect(preview).to_contain_text(re.compile("– .* 14, "))
    expect(page.get_by_label("Period start day")).to_be_focused()
    press(page, button(page, "Save"))
    expect(page.get_by_text("The settings were saved.")).to_be_visible()
    organization.refresh_from_db()
    assert (organization.time_zone, organization.period_start_day) == ("Asia/Tokyo", 15)


def test_from_a_ticked_row_one_step_leads_to_the_acts_past_all_that_follow(
    page, organization, people
):
    many_members(organization, 60)
    page.goto(MEMBERS)
    press(page, page.get_by_label("Select Alan Turing"), "Space")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the acts")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Select all 64 matching")).to_be_focused()
    expect(page).to_have_url(re.compile(f"{MEMBERS}$"))
    page.keyboard.press("Tab")
    expect(button(page, "Assign Billing Group")).to_be_focused()


def test_in_a_list_a_slash_goes_to_its_search_and_elsewhere_it_is_nothing(page, people):
    page.goto(MEMBERS)
    search = page.get_by_role("searchbox")
    go_to(page, page.get_by_role("link", name="Add Member"))
    page.keyboard.press("/")
    expect(search).not_to_be_focused()
    go_to(page, page.get_by_label("Select Alan Turing"))
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_the_month_by_keys_alone(page, platform, people):
    page.goto(BILLING_GROUPS)
    press(page, page.get_by_role("link", name="Handle", exact=True))
    press(page, page.get_by_label("Select Grace Hopper"), "Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Billing group")).to_be_focused()
    page.keyboard.type("Plat")
    expect(page.get_by_text("1 member moves to Platform.")).to_be_visible()
    press(page, button(page, "Assign"))
    expect(row(page, "Platform").get_by_role("cell", name="1", exact=True)).to_be_visible()
    press(page, menu_button(page, "Platform"))
    press(page, page.get_by_role("link", name="Set Period Limit"))
    expect(page.get_by_label("Period Usage Limit")).to_be_focused()
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    expect(row(page, "Platform")).to_contain_text("0 of 250")
    press(page, page.get_by_role("link", name="Export", exact=True).first, "Enter")
    go_to(page, page.get_by_role("link", name="Download CSV"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert "Grace Hopper,hopper@acme.example,100" in download.value.path().read_text("utf-8-sig")
