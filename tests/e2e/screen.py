"""What a person finds on the screen, by the words that stand there."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 780}
PASSWORD = "correct horse"
BILLING_GROUPS = "/o/acme/billing-groups/"
MEMBERS = "/o/acme/members/"
AUDIT_LOG = "/o/acme/audit/"


def row(page, name):
    """The row of a list whose head has that name."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def names(page):
    """The head of each row of the list, from its first to its last."""
    return page.locator("tbody").get_by_role("rowheader")


def menu_button(page, name):
    return page.get_by_role("button", name=f"Actions for {name}")


def choose(page, name, act):
    """Open the menu of the row with that name and choose an act."""
    menu_button(page, name).click()
    row(page, name).get_by_role("link", name=act, exact=True).click()


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def press_unless(scripted, page, name):
    """Press the button that scripts make superfluous."""
    if not scripted:
        page.get_by_role("button", name=name).click()


def sign_in(page, email="ada@acme.example"):
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def stop_the_clock(page):
    """From now on the page's time passes by `page.clock` alone, however slow the machine is."""
    page.clock.pause_at(timezone.now() + timedelta(hours=1))


def expect_notice(page, text):
    """A message: a toast, or without scripts a notice."""
    expect(page.get_by_text(text, exact=True)).to_be_visible()


def expect_rows(page, *wanted):
    """The list shows these rows, in this order."""
    expect(names(page)).to_contain_text(list(wanted))
    expect(names(page)).to_have_count(len(wanted))
