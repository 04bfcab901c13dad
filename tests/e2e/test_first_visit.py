"""What a first visit costs: bytes over the wire, and nothing moves while it comes."""

import gzip

import pytest
from playwright.sync_api import expect

from tests.factories import BillingGroupFactory, GroupFactory, assign, many_members, report

from .screen import BILLING_GROUPS, MEMBERS, NARROW, WIDE, heading

WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) shifted += value;
}).observe({ type: "layout-shift", buffered: true });
"""
SEEN = {
    BILLING_GROUPS: "Show as table",  # of the chart, which comes last
    MEMBERS: "1–50 of 61",
    "/o/acme/groups/": "1–50 of 60",
}


@pytest.fixture
def full_lists(organization, admin):
    groups = BillingGroupFactory.create_batch(60, organization=organization)
    GroupFactory.create_batch(60, organization=organization)
    crowd = many_members(organization, 60, is_unlimited=True)
    for member, group in zip(crowd[:20], groups, strict=False):
        assign(member, group)
        report(member, 12)


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("path", SEEN)
def test_a_first_visit_is_under_60_kb_and_nothing_moves(enter, admin, full_lists, path, viewport):
    page = enter(admin, viewport=viewport)
    page.add_init_script(WATCH)
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path)
    expect(heading(page, "Member Management")).to_be_visible()
    expect(page.get_by_text(SEEN[path]).first).to_be_visible()
    assert len(answers) > 10
    size = sum(len(gzip.compress(answer.body())) for answer in answers)
    assert size < 60_000
    assert page.evaluate("shifted") < 0.01
