"""Credits by day: what was used on each local day, which adds up to the totals of the pages."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from billing.charts import days_of
from billing.periods import first_instant
from members.templatetags.console import credits as said

from ..clock import assignments_made, utc
from ..factories import (
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    adjust,
    assign,
    report,
)
from ..pages import queries, signed_in, url, words
from ..views import Place

MOMENT = timedelta(microseconds=1)
LONG_AGO = utc(2026, 1, 1)
LONG_AFTER = utc(2027, 1, 1)


@pytest.fixture
def tokyo(db):
    return OrganizationFactory(time_zone="Asia/Tokyo", opened_at=utc(2026, 3, 10))


def user_of(organization):
    with assignments_made(LONG_AGO):
        return MemberFactory(organization=organization, is_unlimited=True)


def used(organization, group=None):
    """{day: Credits} of the organization's first period, where there are any."""
    days = days_of(organization.periods.last(), LONG_AFTER, group)
    return {day.date: day.credits for day in days if day.credits}


def test_a_day_begins_and_ends_where_the_organization_is(tokyo):
    member = user_of(tokyo)
    start = first_instant(date(2026, 3, 12), tokyo.zone)
    for credits, at in [(1, start - MOMENT), (2, start), (4, start + timedelta(days=1) - MOMENT)]:
        report(member, credits, at=at, received_at=at)
    assert used(tokyo) == {date(2026, 3, 11): 1, date(2026, 3, 12): 6}


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clock_changes_is_one_day(db, day, hours):
    berlin = OrganizationFactory(time_zone="Europe/Berlin", opened_at=utc(2026, day.month, 2))
    member = user_of(berlin)
    start = first_instant(day, berlin.zone)
    for hour in range(hours):
        report(member, 1, at=start + timedelta(hours=hour), received_at=start + timedelta(days=2))
    assert used(berlin) == {day: hours}


def test_every_day_of_the_period_is_there(tokyo):
    days = days_of(tokyo.periods.last(), LONG_AFTER)
    assert [day.date for day in days] == [date(2026, 3, number) for number in range(1, 32)]


def test_late_usage_and_adjustments_stand_on_the_day_that_they_are_for(tokyo):
    member = user_of(tokyo)
    end = tokyo.periods.last().ends_at
    report(member, 5, at=utc(2026, 3, 20, 3), received_at=end + timedelta(hours=1))
    adjust(member, "-1.5", received_at=end + timedelta(hours=2))
    assert used(tokyo) == {date(2026, 3, 20): 5, date(2026, 3, 31): Decimal("-1.5")}


def test_a_group_has_what_was_used_under_it_also_by_who_left(tokyo):
    member, other = user_of(tokyo), user_of(tokyo)
    platform = BillingGroupFactory(organization=tokyo)
    report(member, 5, at=utc(2026, 3, 20, 3), received_at=utc(2026, 3, 20, 3))
    with assignments_made(utc(2026, 3, 21)):
        assign(member, platform)
    for each in (member, other):
        report(each, 7, at=utc(2026, 3, 22), received_at=utc(2026, 3, 22))
    with assignments_made(utc(2026, 3, 23)):
        assign(member, tokyo.billing_groups.unassigned())
    assert used(tokyo, group=platform) == {date(2026, 3, 22): 7}
    unassigned = tokyo.billing_groups.unassigned()
    assert used(tokyo, group=unassigned) == {date(2026, 3, 20): 5, date(2026, 3, 22): 7}


def test_today_is_marked_and_what_is_to_come_is_empty(tokyo):
    now = first_instant(date(2026, 3, 15), tokyo.zone) + timedelta(hours=6)
    days = days_of(tokyo.periods.last(), now)
    assert [day.date.day for day in days if day.state == "today"] == [15]
    assert [day.date.day for day in days if day.state == "to-come"] == list(range(16, 32))
    assert {day.date.day: day.passed for day in days[13:16]} == {14: 1, 15: Decimal("0.25"), 16: 0}


def test_the_days_add_up_to_the_totals_of_the_page_to_the_last_digit(db):
    place = Place()
    chance = Random(41)
    users = [user_of(place.organization) for _ in range(3)]
    with assignments_made(LONG_AGO):
        assign(users[0], place.group)
    for period, hours in ((place.past, 24 * 28), (place.current, 1)):
        for _ in range(30):
            at = period.starts_at + timedelta(hours=hours) * chance.random()
            credits = Decimal(chance.randrange(1, 10**9)) / 10_000
            report(chance.choice(users), credits, at=at, received_at=at)
    console = signed_in(place.admin)
    for query in ({}, {"period": place.past.first_day}):
        page = console.get(url("billing:list", place.organization, **query))
        chart = console.get(url("billing:days", place.organization, **query))
        total = page.context["totals"]["all"]
        assert total > 0
        assert sum(day.credits for day in chart.context["daily"].days) == total
        assert f"All billing groups {said(total)}" in words(page)
        assert f"All days {said(total)}" in words(chart)


def test_the_days_of_a_group_add_up_to_its_total(console, organization):
    group = BillingGroupFactory(organization=organization)
    member = user_of(organization)
    assign(member, group)
    report(member, "1234.5678")
    report(member, "0.0001")
    page = console.get(url("billing:detail", organization, group.pk, show="usage"))
    chart = console.get(url("billing:group-days", organization, group.pk))
    assert page.context["group"].used == chart.context["daily"].total == Decimal("1234.5679")
    assert "All days 1,234.5679" in words(chart)


def test_the_pages_say_where_the_days_are_and_do_not_sum_them_up(console, organization, member):
    report(member)
    group = organization.billing_groups.unassigned()
    for page, days in [
        (url("billing:list", organization), url("billing:days", organization)),
        (
            url("billing:detail", organization, group.key, show="usage"),
            url("billing:group-days", organization, group.key),
        ),
    ]:
        asked = queries(console, page)
        assert not any("width_bucket" in sql for sql in asked)
        assert f'<a href="{days.rstrip("?")}">' in console.get(page).content.decode()
        assert sum("width_bucket" in sql for sql in queries(console, days)) == 1


def test_a_period_without_usage_says_so(console, organization):
    page = console.get(url("billing:days", organization))
    assert "No Credits were used in this period." in words(page)
    assert "<figure" not in page.content.decode()
