"""Raw SQL cannot make two periods overlap, leave a gap between them or change what has passed.

The database tells the time itself: what no clock is to refuse happens in the next century.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from billing.models import Period
from billing.periods import make_periods
from members.models import Organization
from tests.clock import utc
from tests.factories import OrganizationFactory
from tests.sql import assert_refused, run

PROTECTED = "Cannot (update|delete)"


@pytest.fixture
def organization(db):
    organization = OrganizationFactory(opened_at=utc(2126, 1, 10))
    make_periods(organization, until=utc(2126, 2, 10))
    return organization


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2126, 2, 20), utc(2126, 3, 20)),
        (utc(2126, 2, 10), utc(2126, 2, 20)),
        (utc(2125, 12, 1), utc(2126, 1, 2)),
        (utc(2125, 1, 1), utc(2127, 1, 1)),
    ],
)
def test_two_periods_never_overlap(organization, start, end):
    with pytest.raises(IntegrityError, match="periods_never_overlap|contiguous"):
        insert(organization, start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2126, 3, 1, 0, 0, 1), utc(2126, 4, 1)),
        (utc(2126, 4, 1), utc(2126, 5, 1)),
        (utc(2125, 12, 1), utc(2125, 12, 31)),
    ],
)
def test_no_period_leaves_a_gap(organization, start, end):
    with pytest.raises(IntegrityError, match="a period must begin where another ends"):
        insert(organization, start, end)


def test_several_periods_in_one_statement_leave_no_gap_either(organization):
    insert(organization, utc(2126, 3, 1), utc(2126, 4, 1), utc(2126, 5, 1))
    with pytest.raises(IntegrityError, match="a period must begin where another ends"):
        Period.objects.bulk_create(
            Period(organization=organization, starts_at=start, ends_at=end, final_at=end)
            for start, end in [
                (utc(2126, 5, 1), utc(2126, 6, 1)),
                (utc(2126, 7, 1), utc(2126, 8, 1)),
            ]
        )


@pytest.mark.parametrize("end", [utc(2126, 1, 31), utc(2126, 2, 2)])
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
        insert(organization, utc(2126, 3, 1), utc(2126, 3, 1))


@pytest.fixture
def history(db):
    """Periods that have all ended, the first one final and the others open for late usage."""
    now = timezone.now()
    organization = OrganizationFactory(opened_at=now - timedelta(days=100))
    Organization.objects.update(late_usage_hours=24 * 90)
    make_periods(organization, until=now - timedelta(days=35))
    return organization


@pytest.mark.parametrize(
    "at", ["final_at + interval '1 year'", "final_at - interval '1 second'", "final_at"]
)
def test_a_final_period_stays_as_it_is(history, at):
    final = history.periods.last()
    assert final.final_at < timezone.now()
    assert_refused(
        f"UPDATE billing_period SET final_at = {at} WHERE id = %s", final.pk, because=PROTECTED
    )


def test_until_a_period_is_final_its_late_window_may_change(history):
    change = "UPDATE billing_period SET final_at = %s WHERE id = %s"
    past = history.periods.first()
    for at in (past.final_at + timedelta(days=1), timezone.now()):
        assert run(change, at, past.pk) == 1
    assert_refused(change, past.final_at, past.pk, because=PROTECTED)


def test_an_end_that_has_passed_stays_though_nobody_needed_the_next_period_yet(history):
    past = history.periods.first()
    assert past.ends_at < timezone.now() < past.final_at
    assert_refused(
        "UPDATE billing_period SET ends_at = ends_at + interval '1 hour' WHERE id = %s",
        past.pk,
        because=PROTECTED,
    )


def insert(organization, *boundaries):
    for start, end in zip(boundaries, boundaries[1:], strict=False):
        Period.objects.create(organization=organization, starts_at=start, ends_at=end, final_at=end)
