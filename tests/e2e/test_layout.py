"""Where things stand: no number broken, no name squeezed, the act in sight."""

import pytest
from playwright.sync_api import expect

from tests.factories import MemberFactory, assign, limit, many_members, report

from .screen import BILLING_GROUPS, MEMBERS, WIDE, row

PHONE = {"width": 390, "height": 844}
LINES = """element => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const tops = [];
    while (texts.nextNode()) {
        range.selectNodeContents(texts.currentNode);
        tops.push(...[...range.getClientRects()].map((each) => Math.round(each.top)));
    }
    return new Set(tops).size;
}"""
IS_CUT = "element => element.scrollWidth > element.clientWidth"
IS_COVERED = """element => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


def width(element):
    return element.bounding_box()["width"]


@pytest.fixture
def blocked(people, platform):
    """Grace, in a billing group that is past its limit."""
    report(people["Mary"], "2345678.9012")
    assign(people["Grace"], platform)
    report(people["Grace"], "25044.2127")
    limit(platform, 25_000)
    return people["Grace"]


@pytest.mark.parametrize("room", [360, 390, 704, 768, 1024, 1280])
def test_no_figure_above_the_list_breaks(page, blocked, room):
    page.set_viewport_size({**WIDE, "width": room})
    page.goto(BILLING_GROUPS)
    figures = page.locator(".strip__figure")
    expect(figures.first).to_have_text("2,370,850.6139")
    for figure in figures.all():
        assert figure.evaluate(LINES) == 1
        assert not figure.evaluate(IS_CUT)
    assert not page.locator(".strip").evaluate(IS_CUT)


@pytest.mark.parametrize("address", [BILLING_GROUPS, MEMBERS])
def test_heads_are_one_line_of_36(page, blocked, address):
    page.goto(address)
    for head in page.get_by_role("columnheader").all():
        assert head.bounding_box()["height"] == 36
        assert head.evaluate(LINES) <= 1


@pytest.mark.parametrize("room", [672, 704, 768, 1023])
@pytest.mark.parametrize("address", [BILLING_GROUPS, MEMBERS])
def test_a_name_has_at_least_160(page, blocked, address, room):
    page.set_viewport_size({**WIDE, "width": room})
    page.goto(address)
    names = page.get_by_role("rowheader")
    assert width(names.first) >= 160
    assert page.get_by_role("columnheader", name="Name").bounding_box()["height"] == 36
    assert page.evaluate("document.documentElement.scrollWidth") == room


def test_columns_of_members_leave_the_room_to_name_and_email(page, organization, blocked):
    MemberFactory(organization=organization, email="grace.hopper@acme.example", name="Grace")
    page.goto(MEMBERS)
    heads = {
        name: width(page.get_by_role("columnheader", name=name, exact=True))
        for name in ("Role", "Billing Group", "Groups", "Status")
    }
    assert heads == {"Role": 88, "Billing Group": 160, "Groups": 160, "Status": 120}
    assert not page.get_by_title("grace.hopper@acme.example").evaluate(IS_CUT)
    expect(row(page, "Grace Hopper")).to_contain_text("Billing group at its limit")


@pytest.mark.parametrize("of", ["Handle", "Add Members"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_the_act_of_a_picker_is_in_sight_and_covers_no_focus(page, organization, admin, size, of):
    many_members(organization, 30)
    organization.groups.create(name="Guild")
    page.set_viewport_size(size)
    guild = organization.groups.get()
    handle = f"{BILLING_GROUPS}unassigned/handle/"
    page.goto(handle if of == "Handle" else f"/o/acme/groups/{guild.pk}/add/")
    act = page.get_by_role("button", name="Assign" if of == "Handle" else "Add", exact=True)
    boxes = page.locator("tbody").get_by_role("checkbox")
    boxes.first.focus()
    for place in range(1, 20):
        expect(act).to_be_in_viewport(ratio=1)
        page.keyboard.press("Tab")
        expect(boxes.nth(place)).to_be_focused()
        assert not boxes.nth(place).evaluate(IS_COVERED)
