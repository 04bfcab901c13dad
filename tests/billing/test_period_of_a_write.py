"""A write says in which period it was begun, and is refused in any other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.operations import changed, operation
from billing.models import Period, PeriodIsOver
from billing.operations import create_billing_group
from billing.periods import current_period, extend_back
from groups.operations import create_group
from tests.factories import TESTS


@pytest.fixture
def period(organization):
    return current_period(organization)


@pytest.fixture
def clock(monkeypatch, period):
    """A minute before the period ends; moved on by hand."""
    times = {"now": period.ends_at - timedelta(minutes=1)}
    monkeypatch.setattr(timezone, "now", lambda: times["now"])
    return times


def wait_for_the_end(clock):
    """A verb that creates a billing group and then waits until the period is over."""

    @operation("WaitForTheEnd")
    def verb(*, actor, organization):
        group = create_billing_group(actor=actor, organization=organization, name="Late")
        clock["now"] += timedelta(minutes=1)
        return changed(group)

    return verb


@pytest.mark.parametrize("create", [create_billing_group, create_group])
def test_it_goes_on_in_the_period_that_it_was_begun_in(organization, period, create):
    arguments = {"actor": TESTS, "organization": organization}
    assert create(**arguments, name="Platform", opened_in=period).name == "Platform"
    assert create(**arguments, name="Research", opened_in=None).name == "Research"


@pytest.mark.parametrize("create", [create_billing_group, create_group])
def test_it_is_refused_in_another_period(organization, period, create):
    extend_back(organization, to=period.starts_at - timedelta(days=300))
    for other in (organization.periods.last(), Period(organization=organization)):
        with pytest.raises(PeriodIsOver):
            create(actor=TESTS, organization=organization, name="Platform", opened_in=other)
    assert not organization.billing_groups.formal().exists()
    assert not organization.groups.exists()


def test_the_last_moment_of_the_period_is_early_enough(organization, period, clock):
    clock["now"] = period.ends_at - timedelta(microseconds=1)
    create_group(actor=TESTS, organization=organization, name="Platform", opened_in=period)


def test_one_that_waited_until_its_period_was_over_is_undone(organization, period, clock):
    with pytest.raises(PeriodIsOver):
        wait_for_the_end(clock)(actor=TESTS, organization=organization, opened_in=period)
    assert not organization.billing_groups.formal().exists()
    entry = organization.audit_entries.latest("id")
    assert (entry.event, entry.outcome) == ("WaitForTheEnd", "refused")
    assert entry.changes == {"refused": "period_is_over"}


def test_a_period_that_a_new_calendar_lets_run_on_is_still_the_current_one(period, clock):
    Period.objects.filter(pk=period.pk).update(
        ends_at=period.ends_at + timedelta(days=14), final_at=period.final_at + timedelta(days=14)
    )
    clock["now"] = period.ends_at
    period.require_current()
