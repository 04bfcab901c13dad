from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from audit.operations import Actor
from billing.metering import AdjustmentRefused, EventIdTaken
from billing.models import GroupTotal, UsageRecord
from billing.operations import delete_billing_group
from billing.periods import make_periods
from members.operations import disable_member, remove_member
from tests.clock import utc
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    adjust,
    assign,
    edit_at,
    limit,
    report,
)
from tests.sums import assert_totals_equal_records

OPENED, FEBRUARY, FINAL = utc(2026, 1, 10), utc(2026, 2, 1), utc(2026, 2, 4)
MOMENT = timedelta(microseconds=1)


def used(member):
    return sum(total.credits for total in member.usage_totals.all())


def test_an_adjustment_counts_as_usage_of_its_period(member):
    report(member, 10)
    record = adjust(member, "-2.5")
    assert (record.kind, record.credits, record.reason) == ("adjustment", -2.5, "Counted twice")
    assert used(member) == GroupTotal.objects.get().credits == 7.5
    assert_totals_equal_records()


def test_an_adjustment_says_who_made_it(member, admin):
    record = adjust(member, 1, actor=Actor("user", str(admin.pk)))
    assert record.actor == f"user:{admin.pk}"
    entry = AuditEntry.objects.get(event="AdjustUsage")
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (
        str(admin.pk),
        "Member",
        member.pk,
    )
    assert entry.changes["credits"] == ["0", "1"]
    assert entry.changes["reason"] == "Counted twice"


def test_an_adjustment_may_come_where_nothing_was_used(member):
    adjust(member, 3)
    assert used(member) == 3
    assert_totals_equal_records()


def test_no_total_falls_below_0(member):
    report(member, 10)
    with pytest.raises(AdjustmentRefused, match="adjustment_refused"):
        adjust(member, "-10.0001")
    adjust(member, -10)
    assert used(member) == 0


def test_usage_under_another_billing_group_makes_up_for_nothing(member):
    report(member, 10)
    platform = BillingGroupFactory(organization=member.organization)
    with pytest.raises(AdjustmentRefused):
        adjust(member, -1, billing_group=platform)


def test_usage_in_another_period_makes_up_for_nothing(db):
    organization = OrganizationFactory(opened_at=OPENED)
    member = MemberFactory(organization=organization, is_unlimited=True)
    report(member, 10, at=OPENED, received_at=OPENED)
    make_periods(organization, until=FEBRUARY)
    period = organization.periods.first()
    with pytest.raises(AdjustmentRefused):
        adjust(member, -1, period=period, received_at=FEBRUARY)


def test_an_adjustment_frees_what_a_limit_had_stopped(member):
    limit(member, 10)
    report(member, 10)
    adjust(member, -1)
    assert report(member, 1).outcome == "recorded"
    assert report(member, 1).outcome == "refused"


@pytest.mark.parametrize("leave", [disable_member, remove_member])
def test_an_adjustment_asks_for_no_admission(member, leave):
    limit(member, 0)
    leave(actor=TESTS, member=member)
    member.refresh_from_db()
    adjust(member, 5)
    assert used(member) == 5


def test_usage_of_a_deleted_billing_group_can_be_mended(member):
    platform = BillingGroupFactory(organization=member.organization)
    assign(member, platform)
    report(member, 10)
    delete_billing_group(actor=TESTS, billing_group=platform)
    adjust(member, -4, billing_group=platform)
    assert platform.group_totals.get().credits == 6


@pytest.mark.parametrize(
    ("now", "open"),
    [
        (utc(2026, 1, 1) - MOMENT, False),
        (utc(2026, 1, 1), True),
        (FEBRUARY, True),
        (FINAL - MOMENT, True),
        (FINAL, False),
    ],
)
def test_a_period_can_be_mended_while_it_is_current_or_open_for_late_usage(db, now, open):
    organization = OrganizationFactory(opened_at=OPENED)
    member = MemberFactory(organization=organization)
    if open:
        record = adjust(member, 1, received_at=now)
        assert record.period.starts_at <= record.occurred_at < record.period.ends_at
        assert record.recorded_at == now
    else:
        with pytest.raises(AdjustmentRefused):
            adjust(member, 1, received_at=now)


def test_a_period_that_became_final_since_it_was_shown_is_not_mended(db):
    organization = OrganizationFactory(opened_at=OPENED)
    member = MemberFactory(organization=organization)
    shown = organization.periods.get()
    edit_at(FEBRUARY, organization, late_usage_hours=0)
    with pytest.raises(AdjustmentRefused):
        adjust(member, 1, period=shown, received_at=FEBRUARY)


def test_the_time_is_told_once_the_member_is_locked(member, monkeypatch):
    with CaptureQueriesContext(connection) as asked:

        def now():
            assert any("FOR NO KEY UPDATE" in each["sql"] for each in asked.captured_queries)
            return FINAL

        monkeypatch.setattr("billing.metering.timezone.now", now)
        with pytest.raises(AdjustmentRefused):
            adjust(member, 1)


@pytest.mark.parametrize(
    "credits", ["0", "0.00001", "1000000000.0001", "-1000000001", "NaN", "-Infinity"]
)
def test_credits_that_mend_nothing_or_are_none_are_refused(member, credits):
    with pytest.raises(AdjustmentRefused):
        adjust(member, credits)


@pytest.mark.parametrize("name", ["reason", "event_id"])
@pytest.mark.parametrize("text", ["", " a", "a\nb", "a\0", "\ud800", "x" * 501])
def test_an_adjustment_needs_a_clean_reason_and_event_id(member, name, text):
    with pytest.raises(AdjustmentRefused):
        adjust(member, 1, **{name: text})
    assert not UsageRecord.objects.exists()


def test_the_same_adjustment_again_is_counted_once(member):
    first = adjust(member, 5)
    assert adjust(member, 5) == first
    assert used(member) == 5


def test_the_same_adjustment_again_is_no_act_and_leaves_no_entry(member):
    adjust(member, 5)
    adjust(member, 5)
    [entry] = AuditEntry.objects.filter(event="AdjustUsage")
    assert entry.changes["credits"] == ["0", "5"]


@pytest.mark.parametrize("difference", [{"credits": Decimal(6)}, {"reason": "Another"}])
def test_another_adjustment_of_the_same_event_id_is_a_conflict(member, difference):
    adjust(member, 5)
    with pytest.raises(EventIdTaken):
        adjust(member, **{"credits": 5, **difference})
    assert used(member) == 5


def test_the_event_id_of_usage_is_taken(member):
    report(member, 5, event_id="mended")
    with pytest.raises(EventIdTaken):
        adjust(member, 5)


@pytest.mark.parametrize("name", ["period", "billing_group"])
def test_what_belongs_to_another_organization_cannot_be_mended(member, name):
    other = OrganizationFactory()
    stranger = {"period": other.periods.get(), "billing_group": other.billing_groups.get()}
    with pytest.raises(AdjustmentRefused):
        adjust(member, 5, **{name: stranger[name]})
