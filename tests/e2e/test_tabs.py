"""The story of the Members and of the Groups tab, with scripts and as plain pages."""

from playwright.sync_api import expect

from .screen import MEMBERS, choose, expect_notice, expect_rows, heading, press_unless, row

GROUPS = "/o/acme/groups/"


def test_a_group_is_made_filled_emptied_and_deleted(enter, scripted, admin, people):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(GROUPS)
    page.get_by_role("link", name="Create").first.click()
    page.get_by_label("Name").fill("Reviewers")
    page.get_by_role("button", name="Create").click()
    expect_notice(page, "Reviewers was created.")
    choose(page, "Reviewers", "Add Members")
    add_grace_and_alan(page)
    remove_alan(page)
    page.goto(GROUPS)
    choose(page, "Reviewers", "Delete")
    expect(page.get_by_text("1 membership goes.")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect_notice(page, "Reviewers was deleted with 1 membership.")
    expect(page.get_by_text("No groups yet.")).to_be_visible()


def add_grace_and_alan(page):
    expect(heading(page, "Add members to Reviewers")).to_be_visible()
    page.get_by_label("Select Grace Hopper").check()
    page.get_by_role("searchbox").fill("turing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Chosen (1)")).to_be_visible()
    page.get_by_label("Select Alan Turing").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect_notice(page, "2 members added to Reviewers.")
    expect_rows(page, "Alan Turing", "Grace Hopper")


def remove_alan(page):
    page.get_by_role("link", name="Remove Alan Turing").click()
    expect(page.get_by_text("1 member leaves Reviewers.")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect_notice(page, "1 member removed from Reviewers.")
    expect_rows(page, "Grace Hopper")


def test_a_member_is_added_found_limited_disabled_and_removed(enter, scripted, admin, people):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(MEMBERS)
    page.get_by_role("link", name="Add Member").click()
    page.get_by_label("Name", exact=True).fill("Katherine Johnson")
    page.get_by_label("Email", exact=True).fill("johnson@acme.example")
    page.get_by_role("button", name="Add", exact=True).click()
    expect_notice(page, "Katherine Johnson was added.")
    page.get_by_label("Status", exact=True).select_option("No limit set")
    press_unless(scripted, page, "Apply")
    expect_rows(page, "Ada Lindqvist", "Katherine Johnson")
    limit_katherine(page)
    choose(page, "Katherine Johnson", "Disable")
    expect(page.get_by_text("They can neither use Credits nor open")).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    expect_notice(page, "Katherine Johnson is disabled now.")
    choose(page, "Katherine Johnson", "Remove")
    page.get_by_role("button", name="Remove").click()
    expect_notice(page, "Katherine Johnson was removed.")
    expect_rows(page, "Ada Lindqvist", "Alan Turing", "Grace Hopper", "Mary Jackson")


def limit_katherine(page):
    choose(page, "Katherine Johnson", "Set Personal Limit")
    page.get_by_label("Amount", exact=True).first.check()
    page.get_by_role("textbox", name="Amount").fill("1,200.5")
    page.get_by_role("button", name="Save").click()
    expect_notice(page, "Katherine Johnson is limited to 1,200.5 Credits.")
    page.goto(MEMBERS)
    expect(row(page, "Katherine Johnson")).to_contain_text("0 of 1,200.5")


def test_many_members_get_a_billing_group_at_once(enter, scripted, admin, platform, people):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(MEMBERS)
    page.get_by_label("Select Grace Hopper").check()
    page.get_by_label("Select Alan Turing").check()
    page.get_by_role("button", name="Assign Billing Group").click()
    expect(page.get_by_text("2 members chosen.")).to_be_visible()
    page.get_by_label("Billing group", exact=True).last.select_option("Platform")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect_notice(page, "2 members moved to Platform.")
    expect(row(page, "Grace Hopper")).to_contain_text("Platform")
