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


def press(page, place, key="Enter"):
    go_to(page, place)
    page.keyboard.press(key)


def test_a_group_is_made_and_filled(page, people):
    page.goto("/o/acme/groups/")
    press(page, page.get_by_role("link", name="Create").first)
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Reviewers")
    page.keyboard.press("Enter")
    expect(row(page, "Reviewers")).to_be_visible()
    page.keyboard.press("Tab")
    press(page, menu_button(page, "Reviewers"))
    press(page, page.get_by_role("link", name="Add Members"))
    expect(heading(page, "Add members to Reviewers")).to_be_visible()
    press(page, page.get_by_label("Select Grace Hopper"), "Space")
    press(page, page.get_by_role("button", name="Add", exact=True))
    expect(row(page, "Grace Hopper")).to_be_visible()
    press(page, page.get_by_role("link", name="Remove Grace Hopper"))
    expect(page.get_by_text("1 member leaves Reviewers.")).to_be_visible()
    press(page, page.get_by_role("button", name="Remove"))
    expect(page.get_by_text("No member is in Reviewers.")).to_be_visible()


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
