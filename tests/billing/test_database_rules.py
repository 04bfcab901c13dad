"""What raw SQL cannot do to billing."""

import pytest
from django.db import IntegrityError

from billing.models import UsageRecord
from tests.factories import BillingGroupFactory, report
from tests.sql import assert_refused, run

PROTECTED = "Cannot (update|delete)"


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def test_a_usage_record_can_be_neither_updated_nor_deleted(member):
    report(member)
    assert_refused("UPDATE billing_usagerecord SET credits = 0", because=PROTECTED)
    assert_refused("UPDATE billing_usagerecord SET credits = credits", because=PROTECTED)
    assert_refused("DELETE FROM billing_usagerecord", because=PROTECTED)


@pytest.mark.parametrize(
    ("table", "constraint"),
    [
        ("billing_usagetotal", "usage_total_not_negative"),
        ("billing_grouptotal", "group_total_not_negative"),
    ],
)
def test_no_total_is_negative(member, table, constraint):
    report(member)
    assert_refused(f"UPDATE {table} SET credits = -0.0001", because=constraint)


def test_no_limit_is_negative(member, platform):
    assert_refused(
        "UPDATE billing_billinggroup SET period_limit = -1 WHERE id = %s",
        platform.pk,
        because="period_limit_not_negative",
    )
    assert_refused(
        "UPDATE members_member SET personal_limit = -1, is_unlimited = false",
        because="personal_limit_not_negative",
    )


def test_a_member_is_never_deleted(member):
    assert_refused("DELETE FROM members_member", because=PROTECTED)


def test_only_an_adjustment_may_be_negative(member):
    report(member)
    copy = (
        "INSERT INTO billing_usagerecord (organization_id, period_id, billing_group_id, member_id,"
        " occurred_at, recorded_at, source, operation, reason, actor, event_id, credits, kind)"
        " SELECT organization_id, period_id, billing_group_id, member_id, occurred_at, recorded_at,"
        " '', '', 'Why', 'command:tests', %s, -1, %s FROM billing_usagerecord"
    )
    assert_refused(copy, "other", "usage", because="usage_not_negative")
    assert_refused(copy, "other", "gift", because="usage_not_negative")
    assert_refused(copy, "", "adjustment", because="event_id_required")
    assert run(copy, "other", "adjustment") == 1


def test_an_event_id_is_recorded_once(member):
    report(member, event_id="one")
    record = UsageRecord.objects.get()
    record.pk = None
    with pytest.raises(IntegrityError, match="event_once_per_organization"):
        record.save(force_insert=True)


def test_a_record_without_its_total_is_refused(member, platform):
    report(member)
    record = UsageRecord.objects.get()
    record.pk, record.event_id, record.billing_group = None, "other", platform
    with pytest.raises(IntegrityError, match="usage_record_is_counted"):
        record.save(force_insert=True)


def test_a_member_is_always_in_a_billing_group(member):
    assert_refused("UPDATE members_member SET billing_group_id = NULL", because="not-null")


def test_a_member_cannot_be_put_into_a_billing_group_that_is_not_there(member):
    assert_refused(
        "UPDATE members_member SET billing_group_id = 0",
        because="member_billing_group_same_organization",
    )
