"""Numbers, days and meters as the screens show them."""

from decimal import Decimal

import pytest
from django.template import Context, Template

from billing.models import Period
from billing.periods import first_instant
from members.models import Member, Organization
from members.templatetags.console import credits, meter, period_label, personal_meter

from ..clock import utc


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("0.0000", "0"),
        ("10", "10"),
        ("100.0000", "100"),
        ("1204.5000", "1,204.5"),
        ("0.0001", "0.0001"),
        ("1234567.8900", "1,234,567.89"),
        ("-12.50", "-12.5"),
        ("99999999999999999999.9999", "99,999,999,999,999,999,999.9999"),
        ("1E+3", "1,000"),
    ],
)
def test_credits_are_exact_without_trailing_zeros(amount, text):
    assert credits(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("used", "limit", "percent", "state"),
    [
        ("0", "100", "0%", ""),
        ("79.9999", "100", "79%", ""),
        ("80", "100", "80%", "warn"),
        ("94.9999", "100", "94%", "warn"),
        ("95", "100", "95%", "error"),
        ("99.99", "100", "99%", "error"),
        ("99.9999", "100", "99%", "error"),
        ("100", "100", "100%", "blocked"),
        ("108.9", "100", "108%", "blocked"),
        ("0.0001", "0.0001", "100%", "blocked"),
        ("123456", "100", "123,456%", "blocked"),
    ],
)
def test_a_meter_rounds_down_and_says_how_near_the_limit_is(used, limit, percent, state):
    shown = meter(Decimal(used), Decimal(limit))
    assert (shown["percent_text"], shown["state"]) == (percent, state)


@pytest.mark.parametrize(("used", "width"), [("86.9", "86%"), ("100", "100%"), ("130", "100%")])
def test_the_bar_is_full_at_the_limit_and_never_longer(used, width):
    assert meter(Decimal(used), Decimal(100))["width"] == width


def test_a_meter_without_a_limit_is_the_number_alone():
    assert meter(Decimal("12.50"), None) == {"used_text": "12.5"}


def test_the_meter_of_a_frozen_group_is_empty():
    assert meter(Decimal(12), Decimal(0)) == {"used_text": "12", "width": "0%"}


@pytest.mark.parametrize(
    ("limit", "unlimited", "text"),
    [(None, False, "Not set"), (None, True, "5"), ("10", False, "5 of 10")],
)
def test_the_meter_of_a_member(limit, unlimited, text):
    member = Member(personal_limit=limit and Decimal(limit), is_unlimited=unlimited)
    member.used = Decimal("5.0")
    template = Template("{% load console %}{% personal_meter member %}")
    html = template.render(Context({"member": member}))
    assert f"<span>{text}</span>" in html
    assert personal_meter(member).get("state", "") == ("unset" if text == "Not set" else "")


def test_a_period_is_named_by_its_first_and_last_local_day():
    organization = Organization(time_zone="Asia/Singapore")
    zone = organization.zone
    starts, ends = (first_instant(utc(2026, month, 1).date(), zone) for month in (11, 12))
    period = Period(organization=organization, starts_at=starts, ends_at=ends)
    assert starts == utc(2026, 10, 31, 16)
    assert period_label(period) == "Nov 1 – Nov 30, 2026"
