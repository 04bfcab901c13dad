"""Pace: what is said of a period that is not over, from what was used so far."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.consequences import of_pace
from billing.models import Period
from billing.pace import percent_passed, reached_at, used_by_the_end
from billing.summary import strip
from members.models import Organization
from members.operations import disable_member

from ..clock import utc
from ..factories import TESTS, BillingGroupFactory, MemberFactory, assign, limit, report
from ..pages import swap, url, words

MOMENT = timedelta(microseconds=1)
HALFWAY = utc(2026, 11, 16)


@pytest.fixture
def november():
    return Period(
        organization=Organization(time_zone="UTC"),
        starts_at=utc(2026, 11, 1),
        ends_at=utc(2026, 12, 1),
    )


def test_percent_passed_is_rounded_down(november):
    assert percent_passed(november, HALFWAY) == 50
    assert percent_passed(november, HALFWAY - MOMENT) == 49
    assert percent_passed(november, november.starts_at) == 0


@pytest.mark.parametrize(
    ("used", "expected"), [("100", "200"), ("12345.6789", "24700"), ("0.0002", "0.0004")]
)
def test_all_goes_on_as_on_average_so_far(november, used, expected):
    assert used_by_the_end(november, Decimal(used), HALFWAY) == Decimal(expected)


def test_a_limit_is_reached_at_the_same_pace(november):
    assert reached_at(november, Decimal(100), Decimal(150), HALFWAY) == utc(2026, 11, 23, 12)
    assert reached_at(november, Decimal(100), Decimal("199.9999"), HALFWAY) < november.ends_at
    assert reached_at(november, Decimal(100), Decimal(200), HALFWAY) is None
    assert reached_at(november, Decimal(0), Decimal(1), HALFWAY) is None


def test_the_first_instant_has_a_pace_too(november):
    assert used_by_the_end(november, Decimal(1), november.starts_at) > 10**12
    assert reached_at(november, Decimal(1), Decimal(2), november.starts_at) > november.starts_at


@pytest.mark.parametrize(
    ("used", "limit", "said"),
    [
        (100, 150, "At today’s pace the limit is reached on Nov 23."),
        (100, 500, "At today’s pace the limit is not reached: about 200 Credits by Nov 30."),
        (100, None, "At today’s pace about 200 Credits are used by Nov 30."),
        (0, 10, "No Credits were used in this period so far."),
    ],
)
def test_where_the_pace_leads_is_said(november, used, limit, said):
    assert of_pace(Decimal(used), limit, november, HALFWAY) == said


@pytest.fixture
def group(organization):
    group = BillingGroupFactory(organization=organization, name="Platform")
    member = MemberFactory(organization=organization, is_unlimited=True)
    assign(member, group)
    report(member, 30)
    return group


def preview(console, group, typed):
    address = url("billing:limit", group.organization, group.pk, limit=typed)
    return words(console.get(address, headers=swap("limit-preview")))


def test_the_page_says_what_the_typed_limit_would_do(console, group):
    said = preview(console, group, 10)
    assert said.startswith("1 member becomes blocked. The billing group opens again on ")
    assert preview(console, group, "30.0001").startswith("At today’s pace the limit is reached on")
    assert preview(console, group, "").startswith("At today’s pace about ")
    assert (
        preview(console, group, "many") == "What saving would do is shown once the limit is valid."
    )


def test_who_is_blocked_for_another_reason_is_not_counted(console, organization, group):
    idle = MemberFactory(organization=organization, is_unlimited=True, billing_group=group)
    disable_member(actor=TESTS, member=idle)
    MemberFactory(organization=organization, billing_group=group)  # has no personal limit
    assert preview(console, group, 0) == "1 member becomes blocked."
    limit(group, 0)
    assert preview(console, group, 0) == "Nobody becomes blocked or unblocked."
    assert preview(console, group, "").startswith("1 member is no longer blocked. At today’s pace")


def test_without_scripts_the_limit_is_looked_at_before_it_is_saved(console, organization, group):
    address = url("billing:limit", organization, group.pk).rstrip("?")
    response = console.post(address, {"limit": "1,0 &", "look": "1"})
    assert response["Location"] == f"{address}?limit=1%2C0+%26"
    page = console.get(console.post(address, {"limit": "10", "look": "1"})["Location"])
    assert "1 member becomes blocked." in words(page)
    assert 'name="limit" value="10"' in page.content.decode()
    group.refresh_from_db()
    assert group.period_limit is None


def note(organization, now=None):
    """What the strip says of the pace, halfway through the period unless told otherwise."""
    period = organization.periods.first()
    period.is_current = True
    middle = period.starts_at + (period.ends_at - period.starts_at) / 2
    figures = strip(organization, period, period.used, now or middle)
    return figures[0]["note"]


def test_the_strip_says_how_much_of_all_limits_is_used_where_every_group_has_one(group):
    limit(group, 50)
    limit(BillingGroupFactory(organization=group.organization), 10)
    said = "50% of the period passed, 50% of all limits used"
    assert note(group.organization) == said


def test_the_strip_says_what_is_to_be_expected_where_a_group_has_no_limit(group):
    limit(BillingGroupFactory(organization=group.organization), 10)
    said = "50% of the period passed, at this pace about 60 Credits by its end"
    assert note(group.organization) == said


def test_the_strip_expects_nothing_on_the_first_day_and_where_nothing_is_used(group):
    day = group.organization.periods.first().starts_at + timedelta(hours=23)
    assert note(group.organization, day) == "3% of the period passed"
    assert note(BillingGroupFactory().organization) == "50% of the period passed"
