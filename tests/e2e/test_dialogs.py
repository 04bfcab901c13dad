"""Forms in a dialog over the list, which stays where it is."""

import re

from playwright.sync_api import expect

from members.models import Member
from tests.factories import MemberFactory, assign, limit, report

from .screen import (
    BILLING_GROUPS,
    MEMBERS,
    choose,
    expect_notice,
    heading,
    menu_button,
    row,
    sign_in,
)

TYPE_AT_ONCE = """() => new MutationObserver(() => {
  const field = document.querySelector("dialog [name=limit]");
  if (!field || field.value) return;
  field.value = "0";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document.getElementById("dialog"), { childList: true })"""
WRONG = "Enter Credits with at most 4 decimals, for example 1,200.5."


def test_the_dialog_opens_over_the_list_and_escape_returns_to_where_it_was_opened(page, platform):
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    dialog = page.get_by_role("dialog", name="Set Period Limit")
    expect(dialog.get_by_label("Period Usage Limit")).to_be_focused()
    expect(page).to_have_url(re.compile(f"{BILLING_GROUPS}$"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(menu_button(page, "Platform")).to_be_focused()


def test_cancel_closes_the_dialog_and_what_was_typed_is_not_kept(page, platform):
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    page.get_by_label("Period Usage Limit").fill("12")
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(menu_button(page, "Platform")).to_be_focused()
    choose(page, "Platform", "Set Period Limit")
    expect(page.get_by_label("Period Usage Limit")).to_have_value("")


def test_a_wrong_amount_stays_in_the_dialog_with_its_error(page, console, platform):
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    page.get_by_label("Period Usage Limit").fill("a lot")
    console.provoke(422)
    page.keyboard.press("Enter")
    field = page.get_by_role("dialog").get_by_label("Period Usage Limit")
    expect(page.get_by_role("dialog").get_by_text(WRONG)).to_be_visible()
    expect(field).to_have_value("a lot")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(re.escape(WRONG)))
    expect(row(page, "Platform")).to_contain_text("No limit")


def test_past_the_limit_too_the_wrong_field_has_the_focus_and_typing_replaces_it(
    page, console, platform, people
):
    limit(platform, 100)
    assign(people["Grace"], platform)
    report(people["Grace"], 130)
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    field = page.get_by_role("dialog").get_by_label("Period Usage Limit")
    expect(field).to_have_value("100")
    expect(field).to_be_focused()
    page.keyboard.type("15O")
    expect(field).to_have_value("15O")
    console.provoke(422)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_text(WRONG)).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type("150")
    expect(field).to_have_value("150")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Platform")).to_contain_text("130 of 150")


def test_after_saving_the_list_is_fresh_and_its_address_search_and_sorting_stay(
    page, platform, people
):
    page.goto(f"{BILLING_GROUPS}?q=plat&sort=-used")
    page.evaluate("window.same = true")
    choose(page, "Platform", "Set Period Limit")
    page.get_by_label("Period Usage Limit").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(["Platform is limited to 0 Credits."])
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row(page, "Platform")).to_contain_text("Frozen")
    expect(row(page, "Unassigned")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=plat&sort=-used$"))
    expect(menu_button(page, "Platform")).to_be_focused()
    assert page.evaluate("window.same")


def test_create_says_which_name_is_taken_and_then_shows_the_new_billing_group(
    page, console, platform
):
    page.goto(BILLING_GROUPS)
    page.get_by_role("link", name="Create").click()
    page.get_by_label("Name").fill("platform")
    console.provoke(422)
    page.get_by_role("button", name="Create").click()
    taken = "A billing group with this name already exists. Choose another name."
    expect(page.get_by_text(taken)).to_be_visible()
    page.get_by_label("Name").fill("Research 研究")
    page.get_by_label("Description").fill("Cost center 7")
    page.get_by_role("button", name="Create").click()
    expect_notice(page, "Research 研究 was created.")
    expect(row(page, "Research 研究")).to_contain_text("Cost center 7")
    expect(page.get_by_role("link", name="Billing Groups 3")).to_be_visible()
    expect(page.get_by_role("link", name="Create")).to_be_focused()


def test_edit_renames(page, platform):
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Edit")
    expect(page.get_by_label("Name")).to_have_value("Platform")
    page.get_by_label("Name").fill("Engineering")
    page.get_by_role("button", name="Save").click()
    expect_notice(page, "Engineering was saved.")
    expect(row(page, "Engineering")).to_be_visible()
    expect(menu_button(page, "Engineering")).to_be_focused()


def test_delete_asks_with_the_consequences_and_begins_on_cancel(page, platform, people):
    Member.objects.filter(pk=people["Grace"].pk).update(billing_group=platform)
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Delete")
    dialog = page.get_by_role("dialog", name="Delete Platform?")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    expect(dialog).to_contain_text("1 member moves to Unassigned.")
    dialog.get_by_role("button", name="Delete").click()
    expect_notice(page, "Platform was deleted. 1 member moved to Unassigned.")
    expect(row(page, "Platform")).to_have_count(0)
    expect(row(page, "Unassigned").get_by_role("cell", name="4", exact=True)).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")


def test_a_form_opened_from_the_details_returns_to_them(page, platform):
    page.goto(f"{BILLING_GROUPS}{platform.pk}/")
    page.get_by_role("link", name="Set Period Limit").click()
    page.get_by_label("Period Usage Limit").fill("70")
    page.get_by_role("button", name="Save").click()
    expect_notice(page, "Platform is limited to 70 Credits.")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_member_gets_a_billing_group_and_a_personal_limit_from_the_members_list(
    page, platform, people
):
    page.goto(MEMBERS)
    choose(page, "Grace Hopper", "Assign Billing Group")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Billing group", exact=True).select_option("Platform")
    dialog.get_by_role("button", name="Assign").click()
    expect_notice(page, "Grace Hopper is in Platform now.")
    expect(row(page, "Grace Hopper")).to_contain_text("Platform")
    choose(page, "Grace Hopper", "Set Personal Limit")
    dialog.get_by_role("radio", name="Amount").check()
    dialog.get_by_role("textbox", name="Amount").fill("100")
    page.get_by_role("button", name="Save").click()
    expect_notice(page, "Grace Hopper is limited to 100 Credits.")
    expect(row(page, "Grace Hopper")).to_contain_text("100 of 100")
    expect(row(page, "Grace Hopper")).to_contain_text("Blocked")


def test_who_is_no_longer_signed_in_signs_in_and_goes_on(page, platform):
    page.goto(BILLING_GROUPS)
    page.context.clear_cookies()
    choose(page, "Platform", "Set Period Limit")
    expect(heading(page, "Sign in")).to_be_visible()
    sign_in(page)
    expect(page.get_by_label("Period Usage Limit")).to_be_visible()


def test_a_plain_member_is_told_that_the_page_is_for_admins(enter, console, organization):
    page = enter(MemberFactory(organization=organization))
    console.provoke(403)
    page.goto(BILLING_GROUPS)
    expect(heading(page, "Only for admins")).to_be_visible()


def test_what_a_limit_would_do_is_said_while_it_is_typed(page, platform, people):
    assign(people["Grace"], platform)
    report(people["Grace"], 130)
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    dialog = page.get_by_role("dialog", name="Set Period Limit")
    expect(dialog.get_by_text("At today’s pace about").first).to_be_visible()
    field = dialog.get_by_label("Period Usage Limit")
    field.press_sequentially("130")
    expect(dialog.get_by_text("1 member becomes blocked.").first).to_be_visible()
    expect(dialog.get_by_role("status")).to_contain_text("1 member becomes blocked.")
    expect(field).to_be_focused()
    expect(field).to_have_value("130")
    dialog.get_by_role("button", name="Save").click()
    expect_notice(page, "Platform is limited to 130 Credits.")


def test_a_dialog_listens_from_its_first_moment(page, platform):
    page.goto(BILLING_GROUPS)
    page.evaluate(TYPE_AT_ONCE)
    choose(page, "Platform", "Set Period Limit")
    dialog = page.get_by_role("dialog", name="Set Period Limit")
    expect(dialog.get_by_text("Nobody becomes blocked or unblocked.").first).to_be_visible()


def test_an_act_on_many_says_what_it_does_as_one_chooses(page, platform, people):
    limit(people["Grace"], None)
    page.goto(MEMBERS)
    for name in ("Grace Hopper", "Alan Turing"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Set Personal Limit").click()
    dialog = page.get_by_role("dialog", name="Set Personal Limit")
    dialog.get_by_label("Amount", exact=True).first.check()
    dialog.get_by_role("textbox").fill("20.5")
    expect(dialog.get_by_text("1 member becomes blocked.")).to_be_visible()
    expect(dialog.get_by_text("1 member is no longer blocked.")).to_be_hidden()
    dialog.get_by_role("textbox").fill("120.5")
    expect(dialog.get_by_text("1 member is no longer blocked.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Preview")).to_be_hidden()
    dialog.get_by_role("button", name="Save").click()
    expect_notice(page, "2 personal usage limits were set.")


def test_without_scripts_a_button_tells_what_the_act_would_do(enter, admin, platform, people):
    page = enter(admin, java_script_enabled=False)
    page.goto(f"{MEMBERS}{people['Grace'].pk}/assign/")
    target = page.get_by_role("combobox", name="Billing group")
    target.select_option("Platform")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 member moves to Platform.")).to_be_visible()
    expect(target).to_have_value(str(platform.pk))
    assert not platform.members.exists()
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "Grace Hopper is in Platform now.")
