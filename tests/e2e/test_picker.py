"""Choosing members among many: the choice survives searching and turning pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import MemberFactory, limit, many_members, report

from .screen import BILLING_GROUPS, expect_notice, heading, row, stop_the_clock

HANDLE = f"{BILLING_GROUPS}unassigned/handle/"


@pytest.fixture
def crowd(organization, people):
    """30 more than the four in Unassigned, so that there are two pages."""
    return many_members(organization, 30)


def test_the_choice_survives_pages_a_reload_and_can_be_undone(page, platform, crowd):
    page.goto(HANDLE)
    page.get_by_label("Select Ada Lindqvist").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("26–34 of 34")).to_be_visible()
    page.get_by_label("Select Grace Hopper").check()
    expect(page.get_by_text("2 members chosen.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Chosen (2)")).to_be_visible()
    expect(page.get_by_label("Select Grace Hopper")).to_be_checked()
    page.get_by_label("Ada Lindqvist", exact=True).uncheck()
    expect(page.get_by_text("Chosen (1)")).to_be_visible()
    expect(page.get_by_text("1 member chosen.")).to_be_visible()
    page.get_by_label("Billing group", exact=True).select_option("Platform")
    expect(page.get_by_text("1 member moves to Platform.")).to_be_visible()
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "1 member moved to Platform.")


def test_the_number_chosen_follows_every_box_at_once(page, crowd, people):
    page.goto(f"{HANDLE}?q=crowd&member={people['Grace'].pk}&member={people['Alan'].pk}")
    page.route(re.compile("member="), lambda each: None)  # not by what the server says
    expect(page.get_by_text("Chosen (2)")).to_be_visible()
    page.get_by_label("Select crowd").first.check()
    expect(page.get_by_text("Chosen (3)")).to_be_visible()
    page.get_by_label("All 30 that match").check()
    expect(page.get_by_text("Chosen (30)")).to_be_visible()
    page.get_by_label("All 30 that match").uncheck()
    page.get_by_label("Select crowd").first.uncheck()
    page.get_by_label("Grace Hopper", exact=True).uncheck()
    page.get_by_label("Alan Turing", exact=True).uncheck()
    expect(page.get_by_text("Chosen (0)")).to_be_visible()


def test_without_scripts_the_number_chosen_follows_the_next_look(enter, admin, people):
    page = enter(admin, java_script_enabled=False)
    page.goto(f"{HANDLE}?q=jackson&member={people['Grace'].pk}&member={people['Alan'].pk}")
    page.get_by_label("Alan Turing", exact=True).uncheck()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Chosen (1)")).to_be_visible()


def test_a_late_consequence_undoes_no_search(page, people):
    page.goto(HANDLE)
    awaited = []
    page.route(re.compile(r"\?page=1&member=\d+$"), lambda each: awaited.append(each))
    with page.expect_request(re.compile("page=1")):
        page.get_by_label("Select Grace Hopper").check()
    page.get_by_role("searchbox").fill("turing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Chosen (1)")).to_be_visible()
    with page.expect_response(re.compile("page=1")):
        awaited[0].continue_()
    page.get_by_label("Select Alan Turing").check()
    expect(page.get_by_text("2 members chosen.")).to_be_visible()
    expect(page).to_have_url(re.compile("q=turing"))


def test_ticking_on_while_a_consequence_is_awaited_tells_that_of_the_last_choice(page, people):
    page.clock.install()
    page.goto(HANDLE)
    stop_the_clock(page)
    awaited = []
    page.route(re.compile(r"\?page=1&member=\d+$"), lambda each: awaited.append(each))
    page.get_by_label("Select Grace Hopper").check()
    page.clock.run_for(1_000)
    page.get_by_label("Select Alan Turing").check()
    page.clock.run_for(100)  # less than the pause after which it is asked for
    [answer] = awaited
    answer.continue_()
    expect(page.get_by_text("1 member chosen.")).to_be_visible()
    page.clock.run_for(1_000)
    expect(page.get_by_text("2 members chosen.")).to_be_visible()


def test_all_that_match_are_assigned_without_ticking_each(page, platform, crowd):
    page.goto(HANDLE)
    page.get_by_role("searchbox").fill("crowd")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=crowd"))
    page.get_by_label("All 30 that match “crowd”").check()
    page.get_by_label("Billing group", exact=True).select_option("Platform")
    expect(page.get_by_text("30 members move to Platform.")).to_be_visible()
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "30 members moved to Platform.")
    expect(row(page, "Unassigned").get_by_role("cell", name="4", exact=True)).to_be_visible()


def test_all_that_match_are_not_assigned_when_there_are_more_than_were_shown(
    page, console, platform, crowd, organization
):
    page.goto(f"{HANDLE}?q=crowd")
    page.get_by_label("All 30 that match “crowd”").check()
    page.get_by_label("Billing group", exact=True).select_option("Platform")
    expect(page.get_by_text("30 members move to Platform.")).to_be_visible()
    MemberFactory(organization=organization, name="crowd too")
    console.provoke(409)
    page.get_by_role("button", name="Assign").click()
    changed = "The members have changed meanwhile: now they are 31. Nothing was written."
    expect(page.get_by_text(changed)).to_be_visible()
    expect(page.get_by_label("All 31 that match “crowd”")).to_be_checked()
    assert not platform.members.exists()


def test_the_box_in_the_head_ticks_the_page(page, people):
    page.goto(HANDLE)
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("4 members chosen.")).to_be_visible()
    page.get_by_label("Select Grace Hopper").uncheck()
    expect(page.get_by_text("3 members chosen.")).to_be_visible()
    expect(page.get_by_label("Select all on this page")).not_to_be_checked()


def test_a_new_billing_group_is_made_on_the_way(page, people):
    page.goto(HANDLE)
    page.get_by_label("Select Grace Hopper").check()
    page.get_by_label("Or the name of a new one").fill("Compilers")
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "1 member moved to Compilers.")
    expect(row(page, "Compilers").get_by_role("cell", name="1", exact=True)).to_be_visible()


def test_what_is_missing_is_said_and_what_was_chosen_stays(page, console, people):
    page.goto(HANDLE)
    page.get_by_label("Select Grace Hopper").check()
    console.provoke(422)
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Choose a billing group, or name a new one.")).to_be_visible()
    expect(page.get_by_label("Select Grace Hopper")).to_be_checked()


def test_a_full_billing_group_is_named_before_members_are_assigned_to_it(page, platform, people):
    limit(platform, 0)
    page.goto(f"{BILLING_GROUPS}{platform.pk}/assign/")
    expect(heading(page, "Assign members to Platform")).to_be_visible()
    page.get_by_label("Select Grace Hopper").check()
    frozen = "Platform is frozen: they will be blocked at once."
    expect(page.get_by_text(frozen)).to_be_visible()
    page.get_by_role("button", name="Assign").click()
    expect_notice(page, "1 member moved to Platform.")
    assert report(people["Grace"]).outcome == "refused"
