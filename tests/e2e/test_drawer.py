"""Details in the drawer beside their list, under their own address."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from groups.operations import add_group_members
from tests.factories import TESTS, GroupFactory, many_members

from .screen import BILLING_GROUPS, MEMBERS, expect_notice, heading, menu_button, row

GROUPS = "/o/acme/groups/"
AXE = Axe()
STILL = "Promise.all(document.getAnimations().map((each) => each.finished))"


def drawer(page, name):
    return page.get_by_role("dialog", name=name)


def link(page, name):
    """The name of a row in the list."""
    return page.locator("main").get_by_role("rowheader").get_by_role("link", name=name, exact=True)


def address(path):
    return re.compile(f"{re.escape(path)}$")


@pytest.fixture
def alan(people):
    return f"{MEMBERS}{people['Alan'].pk}/"


@pytest.fixture
def guild(organization, people):
    """A group of everybody and 55 more."""
    many_members(organization, 55)
    guild = GroupFactory(organization=organization, name="Guild", description="For robots")
    add_group_members(actor=TESTS, group=guild, members=organization.members.all())
    return guild


@pytest.fixture
def opened(page, people):
    """The members list, with Alan Turing in the drawer."""
    page.goto(f"{MEMBERS}?sort=name")
    page.evaluate("window.same = true")
    link(page, "Alan Turing").click()
    expect(drawer(page, "Alan Turing")).to_be_visible()
    return page


def test_details_open_over_the_list_at_their_own_address(opened, alan):
    expect(opened).to_have_url(address(alan))
    expect(opened).to_have_title(re.compile("^Alan Turing"))
    expect(opened.get_by_role("heading", name="Alan Turing")).to_be_focused()
    expect(drawer(opened, "Alan Turing").get_by_text("turing@acme.example")).to_be_visible()
    expect(opened.locator("main")).to_contain_text("Grace Hopper")
    assert opened.evaluate("window.same")


def test_back_closes_it_and_forward_opens_it_again(opened, alan):
    opened.go_back()
    expect(opened.get_by_role("dialog")).to_have_count(0)
    expect(opened).to_have_url(address(f"{MEMBERS}?sort=name"))
    expect(opened).to_have_title(re.compile("^Members"))
    expect(link(opened, "Alan Turing")).to_be_focused()
    opened.go_forward()
    expect(drawer(opened, "Alan Turing")).to_be_visible()
    expect(opened).to_have_url(address(alan))
    assert opened.evaluate("window.same")


def test_reload_and_open_as_page_give_the_page_alone_and_back_the_list(opened, alan):
    opened.reload()
    expect(heading(opened, "Members")).to_have_count(0)
    expect(opened.get_by_role("dialog")).to_have_count(0)
    expect(opened.get_by_role("heading", name="Alan Turing")).to_be_visible()
    opened.go_back()
    expect(heading(opened, "Member Management")).to_be_visible()
    link(opened, "Alan Turing").click()
    drawer(opened, "Alan Turing").get_by_role("link", name="Open as page").click()
    expect(opened.get_by_role("dialog")).to_have_count(0)
    expect(opened.get_by_role("heading", name="Alan Turing")).to_be_visible()
    expect(opened).to_have_url(address(alan))


@pytest.mark.parametrize("way", ["Escape", "Close", "outside"])
def test_closing_returns_the_address_and_the_focus(opened, way):
    if way == "Escape":
        opened.keyboard.press("Escape")
    elif way == "Close":
        opened.get_by_role("button", name="Close").first.click()
    else:
        opened.mouse.click(300, 500)
    expect(opened.get_by_role("dialog")).to_have_count(0)
    expect(opened).to_have_url(address(f"{MEMBERS}?sort=name"))
    expect(link(opened, "Alan Turing")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(drawer(opened, "Alan Turing")).to_be_visible()
    assert opened.evaluate("window.same")


def test_next_and_previous_follow_the_rows_and_one_step_back_closes(opened, people):
    following = opened.get_by_role("link", name="Next in the list")
    following.click()
    expect(drawer(opened, "Grace Hopper")).to_be_visible()
    expect(opened).to_have_url(address(f"/{people['Grace'].pk}/"))
    expect(following).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="Mary Jackson")).to_be_focused()
    expect(following).to_have_count(0)
    opened.get_by_role("link", name="Previous in the list").click()
    expect(drawer(opened, "Grace Hopper")).to_be_visible()
    opened.go_back()
    expect(opened.get_by_role("dialog")).to_have_count(0)
    expect(opened).to_have_url(address(f"{MEMBERS}?sort=name"))
    expect(link(opened, "Grace Hopper")).to_be_focused()


def test_an_act_returns_to_the_drawer_and_both_are_fresh(platform, opened):
    details = drawer(opened, "Alan Turing")
    details.get_by_role("link", name="Assign", exact=True).click()
    form = drawer(opened, "Assign Billing Group")
    form.get_by_label("Billing group", exact=True).select_option("Platform")
    form.get_by_role("button", name="Assign").click()
    expect_notice(opened, "Alan Turing is in Platform now.")
    expect(details.get_by_role("link", name="Platform")).to_be_visible()
    expect(details.get_by_role("link", name="Assign", exact=True)).to_be_focused()
    expect(opened.locator("main tr").filter(has_text="Alan Turing")).to_contain_text("Platform")
    opened.keyboard.press("Escape")
    expect(opened).to_have_url(address(f"{MEMBERS}?sort=name"))
    expect(opened.get_by_text("Alan Turing is in Platform now.")).to_be_visible()
    expect(link(opened, "Alan Turing")).to_be_focused()


def test_escape_closes_the_dialog_first_and_then_the_drawer(opened):
    act = opened.get_by_role("link", name="Change Role").last
    act.click()
    expect(drawer(opened, "Change Role")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(drawer(opened, "Change Role")).to_have_count(0)
    expect(drawer(opened, "Alan Turing")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(drawer(opened, "Alan Turing")).to_have_count(0)


def test_what_is_deleted_inside_closes_the_drawer_and_the_next_row_has_the_focus(page, guild):
    GroupFactory(organization=guild.organization, name="Quiet")
    page.goto(f"{GROUPS}?sort=name")
    link(page, "Guild").click()
    page.get_by_role("dialog").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect_notice(page, "Guild was deleted with 59 memberships.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(address(GROUPS))
    expect(link(page, "Guild")).to_have_count(0)
    expect(link(page, "Quiet")).to_be_focused()


def test_members_removed_from_a_group_inside_leave_its_row_beneath_too(page, guild):
    page.goto(GROUPS)
    link(page, "Guild").click()
    details = drawer(page, "Guild")
    details.get_by_label("Select Ada Lindqvist").check()
    details.get_by_role("button", name="Remove").click()
    drawer(page, "Remove from Guild?").get_by_role("button", name="Remove").click()
    expect_notice(page, "1 member removed from Guild.")
    expect(details.get_by_role("heading", name="Guild")).to_be_focused()
    expect(page.locator("main tr").filter(has_text="Guild")).to_contain_text("58")


def test_search_pages_and_sorting_inside_stay_inside(page, guild):
    page.goto(GROUPS)
    link(page, "Guild").click()
    details = drawer(page, "Guild")
    details.get_by_role("link", name="Next", exact=True).click()
    expect(details.get_by_text("51–59 of 59")).to_be_visible()
    details.get_by_role("searchbox").fill("hopper")
    expect(details.get_by_role("rowheader")).to_have_count(1)
    expect(page).to_have_url(address(f"{GROUPS}{guild.pk}/?q=hopper"))
    details.get_by_label("Sort by").select_option("-name")
    expect(page).to_have_url(re.compile("sort=-name"))
    details.get_by_role("link", name="Clear filters").click()
    expect(details.get_by_role("searchbox")).to_have_value("")
    page.go_back()
    expect(details.get_by_role("searchbox")).to_have_value("hopper")
    expect(page.locator("main")).to_contain_text("For robots")
    page.keyboard.press("Escape")
    expect(page).to_have_url(address(GROUPS))
    expect(link(page, "Guild")).to_be_focused()
    page.locator("main").get_by_role("searchbox").fill("zebra")
    expect(page.get_by_text("No group matches “zebra”.")).to_be_visible()
    expect(page).to_have_url(address(f"{GROUPS}?q=zebra"))


def test_periods_and_tabs_inside_stay_inside_and_a_member_takes_the_place(page, people):
    page.goto(BILLING_GROUPS)
    link(page, "Unassigned").click()
    details = page.get_by_role("dialog")
    details.get_by_role("link", name="Usage", exact=True).click()
    expect(details.get_by_text("4 members")).to_have_count(0)
    expect(details.get_by_role("link", name="Usage", exact=True)).to_be_focused()
    details.get_by_label("Period", exact=True).select_option(index=1)
    expect(details.get_by_text("Historical period: view and export only")).to_be_visible()
    expect(page.locator("main").get_by_text("Historical period")).to_have_count(0)
    details.get_by_role("link", name="Grace Hopper").click()
    details.get_by_role("link", name="Details").click()
    expect(drawer(page, re.compile("Grace Hopper"))).to_be_visible()
    page.go_back()
    expect(drawer(page, re.compile("Unassigned"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(address(BILLING_GROUPS))
    expect(link(page, "Unassigned")).to_be_focused()


def test_view_in_the_row_menu_opens_it_too(page, people):
    page.goto(MEMBERS)
    menu_button(page, "Grace Hopper").click()
    page.get_by_role("link", name="View").click()
    expect(drawer(page, "Grace Hopper")).to_be_visible()
    page.keyboard.press("Escape")
    expect(link(page, "Grace Hopper")).to_be_focused()


def test_by_keyboard_alone(page, platform, people):
    page.goto(MEMBERS)
    link(page, "Grace Hopper").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_focused()
    act = page.get_by_role("dialog").get_by_role("link", name="Set Personal Limit")
    for _ in range(20):
        page.keyboard.press("Tab")
        if act.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(drawer(page, "Set Personal Limit")).to_be_visible()
    page.keyboard.press("Escape")
    expect(act).to_be_focused()
    page.keyboard.press("Escape")
    expect(link(page, "Grace Hopper")).to_be_focused()
    expect(page).to_have_url(address(MEMBERS))


def test_without_scripts_the_links_go_to_the_pages(enter, admin, guild, platform):
    page = enter(admin, java_script_enabled=False)
    for address_of_list, name, tab in (
        (f"{MEMBERS}?q=hopper", "Grace Hopper", "Members"),
        (GROUPS, "Guild", "Groups"),
        (BILLING_GROUPS, "Platform", "Billing Groups"),
    ):
        page.goto(address_of_list)
        row(page, name).get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        page.locator("main").get_by_role("link", name=tab, exact=True).first.click()
        expect(heading(page, "Member Management")).to_be_visible()


def test_axe_finds_nothing_in_it_light_and_dark(page, guild, platform):
    for place, name in ((MEMBERS, "Grace Hopper"), (GROUPS, "Guild"), (BILLING_GROUPS, "Platform")):
        page.goto(f"{place}?q={name.split()[0].lower()}")
        link(page, name).click()
        expect(drawer(page, re.compile(name))).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(STILL)
            found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            assert [(each["id"], each["nodes"]) for each in found] == []
