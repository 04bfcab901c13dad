"""That the other tests would hear of what the Content Security Policy forbids."""

import pytest
from playwright.sync_api import expect

from .screen import BILLING_GROUPS

STYLE = """document.body.insertAdjacentHTML("beforeend", "<p style='color: red'>Red</p>")"""
SCRIPT = """document.body.append(Object.assign(document.createElement("script"), {text: "1"}))"""


@pytest.mark.parametrize("breach", [STYLE, SCRIPT], ids=["style", "script"])
def test_an_inline_style_or_script_is_refused_and_heard(enter, console, breach):
    page = enter()
    page.goto("/accounts/login/")
    page.evaluate(breach)
    page.evaluate("1")
    [line] = console.said
    assert "Content Security Policy" in line
    console.said.clear()


def test_an_error_in_a_script_is_heard(enter, console):
    page = enter()
    page.goto("/accounts/login/")
    page.evaluate("setTimeout(() => nothing())")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.evaluate("1")
    [line] = console.said
    assert "nothing is not defined" in line
    console.said.clear()


def test_styles_and_scripts_of_our_own_are_let_in(page, organization):
    page.goto(BILLING_GROUPS)
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
    assert page.evaluate("typeof htmx") == "object"
