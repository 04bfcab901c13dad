"""Numbers, days, times and lists as each language writes them; files for machines never change."""

from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from billing.models import Period
from billing.periods import first_instant
from members.models import Organization
from members.templatetags.console import count, credits, local_day, local_time, period_label
from members.text import listed

from .clock import utc
from .factories import MemberFactory, report
from .pages import url

EVERY_LANGUAGE = ["en", "zh-hans", "ja"]
SINGAPORE = Organization(name="Acme", time_zone="Asia/Singapore")


def november():
    starts, ends = (first_instant(utc(2026, each, 1).date(), SINGAPORE.zone) for each in (11, 12))
    return Period(organization=SINGAPORE, starts_at=starts, ends_at=ends)


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_thousands_are_divided_in_every_language(language):
    with translation.override(language):
        assert credits(Decimal("1234567.8900")) == "1,234,567.89"
        assert count(12345) == "12,345"


@pytest.mark.parametrize(
    ("language", "day", "time", "period"),
    [
        ("en", "Nov 4, 2026", "Nov 4, 2026, 01:05", "Nov 1 – Nov 30, 2026"),
        ("zh-hans", "2026年11月4日", "2026年11月4日 01:05", "2026年11月1日 – 11月30日"),
        ("ja", "2026年11月4日", "2026年11月4日 01:05", "2026年11月1日～11月30日"),
    ],
)
def test_days_and_times_are_the_organization_s_in_the_way_of_the_language(
    language, day, time, period
):
    at = utc(2026, 11, 3, 17, 5)
    with translation.override(language):
        assert local_day(at, SINGAPORE) == day
        assert local_time(at, SINGAPORE) == time
        assert period_label(november()) == period


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Ada, Bo"), ("zh-hans", "Ada、Bo"), ("ja", "Ada、Bo")]
)
def test_a_list_is_divided_in_the_way_of_the_language(language, text):
    with translation.override(language):
        assert listed(["Ada", "Bo"]) == text


def test_a_printed_page_says_when_by_the_organization_s_clock():
    template = Template("{% load console %}{% local_now organization %}")
    with time_machine.travel(utc(2026, 11, 3, 17, 5), tick=False):
        said = template.render(Context({"organization": SINGAPORE}))
    assert said == "Nov 4, 2026, 01:05"


def test_the_csv_is_the_same_in_every_language(console, organization):
    report(MemberFactory(organization=organization, is_unlimited=True), Decimal("1234.5"))

    def downloaded(language):
        address, said = url("billing:download", organization), {"Accept-Language": language}
        response = console.get(address, headers=said)
        return response["Content-Disposition"], response.getvalue()

    first, *others = map(downloaded, EVERY_LANGUAGE)
    assert b"Unassigned" in first[1]
    assert b"1234.5\r\n" in first[1]
    assert others == [first, first]
