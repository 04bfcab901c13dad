"""On paper, and where the colours are the reader's own, all that matters is still there."""

import pytest
from playwright.sync_api import expect

from tests.factories import many_members

from .screen import BILLING_GROUPS, MEMBERS

PAPER = {"width": 680, "height": 960}  # A4 less its margins
WIDTH = "document.documentElement.scrollWidth"
CURRENT = """name => {
    const shown = (one) => JSON.stringify(["backgroundColor", "borderBlockEndColor"].map(
        (property) => getComputedStyle(one)[property]));
    const [current, other] = [`${name}[aria-current]`, `${name}:not([aria-current])`];
    return shown(document.querySelector(current)) !== shown(document.querySelector(other));
}"""


@pytest.mark.parametrize(
    "address", [BILLING_GROUPS, MEMBERS, "/o/acme/billing-groups/unassigned/?show=usage"]
)
def test_on_paper_stands_what_one_reads_and_nothing_that_one_presses(page, people, address):
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.goto(address)
    period = page.context.pages[0].locator(".imprint")
    expect(period).to_contain_text("Acme · ")
    expect(period).to_contain_text(" 1 – ")
    for control in ("button", "searchbox", "combobox", "checkbox", "navigation"):
        expect(page.get_by_role(control).locator("visible=true")).to_have_count(0)
    expect(page.get_by_role("table").last).to_be_visible()
    assert page.evaluate(WIDTH) <= PAPER["width"]


def test_what_is_current_stands_out_where_colours_are_forced(page, organization, people):
    many_members(organization, 60)
    page.emulate_media(forced_colors="active")
    page.goto(f"{MEMBERS}?page=2")
    for name in (".tabs__tab", ".rail__item", ".pager__page[href]"):
        assert page.evaluate(CURRENT, name), name
