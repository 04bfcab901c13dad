"""Everything with the keyboard alone."""

from playwright.sync_api import expect

from .screen import BILLING_GROUPS, heading, menu_button, row


def go_to(page, place):
    """Press Tab until the focus is there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if place.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {place}")


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
