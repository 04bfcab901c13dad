"""Adjustments that meet each other, late reports, or the end of the late window."""

import time
from threading import Event

import pytest
from django.db import transaction

from audit.operations import Refused
from billing.metering import AdjustmentRefused
from billing.models import GroupTotal
from members.operations import edit_organization
from tests.factories import (
    TESTS,
    MemberFactory,
    adjust,
    period_open_for_late_usage,
    report,
)
from tests.racing import at_once, behind, result_or_error
from tests.sql import run
from tests.sums import assert_totals_equal_records

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_adjustments_that_each_take_all_one_is_refused(member):
    report(member, 10)
    _first, second = behind(
        lambda: adjust(member, -10),
        result_or_error(lambda: adjust(member, -10, event_id="other")),
    )
    assert isinstance(second, AdjustmentRefused)
    assert_totals_equal_records()


def test_an_adjustment_and_the_end_of_the_late_window_wait_for_each_other():
    past = period_open_for_late_usage()
    member = MemberFactory(organization=past.organization)

    def close():
        edit_organization(actor=TESTS, organization=past.organization, late_usage_hours=0)
        return past.used

    _adjusted, used = behind(lambda: adjust(member, 3, period=past), close)
    assert used == 3
    with pytest.raises(AdjustmentRefused):
        adjust(member, 3, period=past, event_id="other")


def test_an_adjustment_that_waited_for_its_period_to_become_final_is_refused():
    past = period_open_for_late_usage()
    member = MemberFactory(organization=past.organization)
    _closed, refusal = behind(
        lambda: edit_organization(actor=TESTS, organization=past.organization, late_usage_hours=0),
        result_or_error(lambda: adjust(member, 3, period=past)),
    )
    assert isinstance(refusal, AdjustmentRefused)


def test_of_16_that_make_the_same_adjustment_at_once_one_counts(member):
    report(member, 10)
    assert len(set(at_once(*[lambda: adjust(member, -3)] * 16))) == 1
    assert member.usage_totals.get().credits == 7


def test_of_two_members_adjustments_of_one_event_id_one_is_a_conflict(member):
    other = MemberFactory(organization=member.organization)
    _first, second = behind(lambda: adjust(member, 1), result_or_error(lambda: adjust(other, 1)))
    assert isinstance(second, Refused)
    assert second.code == "conflict"
    assert_totals_equal_records()


@pytest.mark.parametrize("victim", ["adjustment", "report"])
def test_an_adjustment_and_a_report_of_one_event_id_get_past_each_other(member, victim):
    """The one holds the group's total and wants the event, the other the other way round."""
    other = MemberFactory(organization=member.organization, is_unlimited=True)
    report(member, 1)
    held, queued = Event(), Event()

    @transaction.atomic
    def hold_the_groups_total():
        GroupTotal.objects.select_for_update(no_key=True).get()
        held.set()
        wait_until_waiting(1)
        queued.set()
        wait_until_waiting(2)

    def adjustment():
        held.wait()
        notice_a_deadlock(first=victim == "adjustment")
        return adjust(member, 1)

    def late_report():
        queued.wait()
        notice_a_deadlock(first=victim == "report")
        return report(other, 1, event_id="mended")

    _held, adjusted, reported = at_once(
        hold_the_groups_total, result_or_error(adjustment), late_report
    )
    assert {getattr(adjusted, "code", "recorded"), reported.outcome} == {"conflict", "recorded"}
    assert_totals_equal_records()


def notice_a_deadlock(*, first):
    run(f"SET deadlock_timeout = '{50 if first else 30_000}ms'")


def wait_until_waiting(number):
    """Until so many of our own database wait for a lock."""
    while run("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")[0][0] < number:
        time.sleep(0.001)
