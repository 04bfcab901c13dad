"""Raw SQL cannot make two periods overlap or leave a gap between them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from billing.models import Period
from billing.periods import make_periods
from tests.clock import utc
from tests.factories import OrganizationFactory
from tests.sql import assert_refused, run

PROTECTED = "Cannot (update|delete)"


@pytest.fixture
def organization(db):
    organization = OrganizationFactory(opened_at=utc(2026, 1, 10))
    make_periods(organization, until=utc(2026, 2, 10))
    return organization


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2026, 2, 20), utc(2026, 3, 20)),
        (utc(2026, 2, 10), utc(2026, 2, 20)),
        (utc(2025, 12, 1), utc(2026, 1, 2)),
        (utc(2025, 1, 1), utc(2027, 1, 1)),
    ],
)
def test_two_periods_never_overlap(organization, start, end):
    with pytest.raises(IntegrityError, match="periods_never_overlap|contiguous"):
        insert(organization, start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2026, 3, 1, 0, 0, 1), utc(2026, 4, 1)),
        (utc(2026, 4, 1), utc(2026, 5, 1)),
        (utc(2025, 12, 1), utc(2025, 12, 31)),
    ],
)
def test_no_period_leaves_a_gap(organization, start, end):
    with pytest.raises(IntegrityError, match="a period must begin where another ends"):
        insert(organization, start, end)


def test_several_periods_in_one_statement_leave_no_gap_either(organization):
    insert(organization, utc(2026, 3, 1), utc(2026, 4, 1), utc(2026, 5, 1))
    with pytest.raises(IntegrityError, match="a period must begin where another ends"):
        Period.objects.bulk_create(
            Period(organization=organization, starts_at=start, ends_at=end, final_at=end)
            for start, end in [
                (utc(2026, 5, 1), utc(2026, 6, 1)),
                (utc(2026, 7, 1), utc(2026, 8, 1)),
            ]
        )


@pytest.mark.parametrize("end", [utc(2026, 1, 31), utc(2026, 2, 2)])
def test_an_earlier_period_keeps_its_end(organization, end):
    first = organization.periods.last()
    assert_refused(
        "UPDATE billing_period SET ends_at = %s, final_at = %s WHERE id = %s",
        end,
        end,
        first.pk,
        because="only the last period|periods_never_overlap",
    )


def test_the_last_period_may_run_on_but_not_end_sooner(organization):
    change = "UPDATE billing_period SET ends_at = %s WHERE id = %s"
    last = organization.periods.first()
    assert_refused(
        change, last.ends_at - timedelta(days=1), last.pk, because="only the last period"
    )
    assert run(change, last.ends_at + timedelta(days=1), last.pk) == 1


def test_no_period_begins_elsewhere_or_goes(organization):
    assert_refused(
        "UPDATE billing_period SET starts_at = starts_at - interval '1 day'", because=PROTECTED
    )
    assert_refused("DELETE FROM billing_period", because=PROTECTED)


def test_no_period_is_final_before_it_ends_or_ends_before_it_starts(organization):
    assert_refused(
        "UPDATE billing_period SET final_at = ends_at - interval '1 second'",
        because="period_ends_after_it_starts",
    )
    with pytest.raises(IntegrityError, match="period_ends_after_it_starts"):
        insert(organization, utc(2026, 3, 1), utc(2026, 3, 1))


def insert(organization, *boundaries):
    for start, end in zip(boundaries, boundaries[1:], strict=False):
        Period.objects.create(organization=organization, starts_at=start, ends_at=end, final_at=end)
