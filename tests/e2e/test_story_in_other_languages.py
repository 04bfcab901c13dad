"""The main job again, by the words of the catalogs."""

import csv

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from playwright.sync_api import expect

from .screen import BILLING_GROUPS, expect_notice, heading, row


@pytest.fixture(params=[("zh-hans", "zh-CN"), ("ja", "ja-JP")], ids=["zh-hans", "ja"])
def languages(request):
    """The language that the test speaks and that the pages must, and what the browser asks for."""
    with translation.override(request.param[0]):
        yield request.param


def counted(one, many, number, **words):
    return ngettext(one, many, number) % {"count": number, **words}


def test_the_unassigned_get_a_billing_group_with_a_limit_and_stand_in_the_csv(
    enter, admin, platform, people, languages
):
    language, asked = languages
    page = enter(admin, locale=asked)
    page.goto(BILLING_GROUPS)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(row(page, "Unassigned").locator("[lang=en]")).to_have_text("Unassigned")
    handle_grace_and_alan(page)
    limit_platform(page)
    export(page)


def handle_grace_and_alan(page):
    page.get_by_role("link", name=_("Handle"), exact=True).click()
    expect(heading(page, _("Handle unassigned members"))).to_be_visible()
    for name in ("Grace Hopper", "Alan Turing"):
        page.get_by_label(_("Select %(name)s") % {"name": name}).check()
    page.get_by_label(_("Billing group"), exact=True).select_option("Platform")
    moves = counted(
        "%(count)s member moves to %(group)s.",
        "%(count)s members move to %(group)s.",
        2,
        group="Platform",
    )
    expect(page.get_by_text(moves)).to_be_visible()
    page.get_by_role("button", name=_("Assign"), exact=True).click()
    moved = counted(
        "%(count)s member moved to %(group)s.",
        "%(count)s members moved to %(group)s.",
        2,
        group="Platform",
    )
    expect_notice(page, moved)


def limit_platform(page):
    page.get_by_role("button", name=_("Actions for %(label)s") % {"label": "Platform"}).click()
    row(page, "Platform").get_by_role("link", name=_("Set Period Limit"), exact=True).click()
    page.get_by_role("textbox", name=_("Period Usage Limit")).fill("1,500")
    page.get_by_role("button", name=_("Save"), exact=True).click()
    limited = _("%(name)s is limited to %(credits)s Credits.")
    expect_notice(page, limited % {"name": "Platform", "credits": "1,500"})
    meter = _("%(used_text)s of %(limit_text)s") % {"used_text": "0", "limit_text": "1,500"}
    expect(row(page, "Platform")).to_contain_text(meter)


def export(page):
    page.get_by_role("link", name=_("Export"), exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=_("Download CSV")).click()
    rows = list(csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert [line["Billing Group"] for line in rows] == ["Unassigned"] * 3
    assert [line["Credits Consumption"] for line in rows] == ["100", "20.5", "7"]
