"""A form that was opened before its period ended."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from billing.models import BillingGroup
from billing.periods import current_period

from .screen import BILLING_GROUPS, choose

CLOSED = "That period is closed: view and export only. Go to the current period."


@pytest.fixture
def period_ends(monkeypatch, organization):
    """It is the last minute of the period; call it, and the next one has begun."""
    end = current_period(organization).ends_at
    times = {"now": end - timedelta(minutes=1)}
    monkeypatch.setattr(timezone, "now", lambda: times["now"])
    return lambda: times.update(now=end + timedelta(minutes=1))


def test_a_limit_is_not_set_in_the_next_period(
    enter, admin, scripted, console, platform, period_ends
):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(BILLING_GROUPS)
    choose(page, "Platform", "Set Period Limit")
    page.get_by_label("Period Usage Limit").fill("5")
    period_ends()
    console.provoke(409)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(CLOSED)).to_be_visible()
    expect(page.get_by_label("Period Usage Limit")).to_have_value("5")
    platform.refresh_from_db()
    assert platform.period_limit is None


def test_nobody_is_assigned_in_the_next_period(
    enter, admin, scripted, console, platform, people, period_ends
):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(f"{BILLING_GROUPS}unassigned/handle/")
    page.get_by_label("Select Grace Hopper").check()
    page.get_by_label("Billing group", exact=True).select_option("Platform")
    period_ends()
    console.provoke(409)
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text(CLOSED)).to_be_visible()
    expect(page.get_by_label("Select Grace Hopper")).to_be_checked()
    assert not platform.members.exists()


def test_nothing_is_created_in_the_next_period(page, console, organization, period_ends):
    page.goto(BILLING_GROUPS)
    page.get_by_role("link", name="Create").first.click()
    page.get_by_label("Name").fill("Late")
    period_ends()
    console.provoke(409)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog").get_by_text(CLOSED)).to_be_visible()
    assert not BillingGroup.objects.filter(name="Late").exists()
