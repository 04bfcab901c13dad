"""The records of one user under one billing group in one period: what their Credits are made of."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.periods import current_period

from ..clock import assignments_made
from ..factories import (
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    adjust,
    assign,
    report,
)
from ..pages import rows, signed_in, swap, url, words


@pytest.fixture
def organization(db):
    return OrganizationFactory(opened_at=timezone.now() - timedelta(days=40))


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def ada(group, organization):
    with assignments_made(organization.periods.last().starts_at):
        ada = MemberFactory(organization=organization, name="Ada", is_unlimited=True)
    with assignments_made(organization.periods.last().starts_at + timedelta(hours=1)):
        assign(ada, group)
    return ada


@pytest.fixture
def shown(console, organization, group):
    def get(member, **query):
        address = url("billing:detail", organization, group.pk, show="usage", member=member)
        return console.get(address + "".join(f"&{key}={value}" for key, value in query.items()))

    return get


def ids(page):
    return [int(key.removeprefix("record-")) for key in rows(page)]


def test_a_row_of_the_usage_leads_to_its_records(console, organization, group, ada):
    report(ada, "2.5")
    page = console.get(url("billing:detail", organization, group.pk, show="usage"))
    assert f'href="?show=usage&amp;member={ada.pk}"' in page.content.decode()


def test_the_latest_comes_first_with_its_source_and_the_sum_below(shown, ada):
    now = timezone.now()
    for minutes, credits in ((2, "1.25"), (0, "2.5"), (1, "0.0001")):
        at = now - timedelta(minutes=minutes)
        report(ada, credits, at=at, source="IDE", operation="Agent")
    page = shown(ada.pk)
    credits = [row.rsplit(" ", 1)[1] for row in rows(page).values()]
    assert credits == ["2.5", "0.0001", "1.25"]
    assert all(" IDE · Agent " in row for row in rows(page).values())
    assert "3 usage records" in words(page)
    assert "All usage records 3.7501" in words(page)
    assert ids(shown(ada.pk, sort="occurred_at")) == ids(page)[::-1]


def test_only_what_was_used_under_this_group_in_this_period_by_them(
    shown, organization, group, ada, member
):
    first = organization.periods.last()
    earlier = report(ada, 5, at=first.ends_at - timedelta(hours=1), received_at=first.ends_at)
    here = report(ada, 7)
    assign(member, group)
    report(member, 9)
    assign(ada, BillingGroupFactory(organization=organization))
    report(ada, 11)
    assert ids(shown(ada.pk)) == [here.record_id]
    assert ids(shown(ada.pk, period=first.first_day)) == [earlier.record_id]


def test_an_adjustment_says_why(shown, ada):
    report(ada, 5)
    adjust(ada, "-1.5", period=current_period(ada.organization), reason="Sent twice")
    [adjustment] = [row for row in rows(shown(ada.pk)).values() if "Adjustment" in row]
    assert adjustment.endswith("Adjustment Sent twice – -1.5")
    assert "All usage records 3.5" in words(shown(ada.pk))


def test_the_records_come_page_by_page_and_as_a_region(console, shown, organization, group, ada):
    for _ in range(26):
        report(ada, Decimal("0.5"))
    first, second = shown(ada.pk, size=25), shown(ada.pk, size=25, page=2)
    assert (len(ids(first)), len(ids(second))) == (25, 1)
    assert set(ids(first)).isdisjoint(ids(second))
    address = url("billing:detail", organization, group.pk, show="usage", member=ada.pk)
    region = console.get(address, headers=swap("group-records")).content.decode()
    assert region.lstrip().startswith("<section")
    assert 'id="group-records"' in region


def test_who_used_nothing_here_is_said_so(shown, ada):
    assert "Ada used no Credits here in this period." in words(shown(ada.pk))


@pytest.mark.parametrize("key", ["", "0", "x", "9" * 30, "%00", "%C2%B2"])
def test_a_member_that_cannot_be_is_not_found(shown, ada, key):
    assert shown(key).status_code == 404


def test_the_member_of_another_organization_is_not_found(shown, ada):
    assert shown(MemberFactory().pk).status_code == 404


def test_an_admin_elsewhere_finds_no_records(organization, group, ada):
    admin = MemberFactory(role="org_admin")
    address = url("billing:detail", organization, group.pk, show="usage", member=ada.pk)
    assert signed_in(admin).get(address).status_code == 404
