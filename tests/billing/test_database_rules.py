"""What raw SQL cannot do to billing."""

import pytest
from django.db import IntegrityError

from billing.models import UsageRecord
from billing.operations import delete_billing_group
from tests.factories import TESTS, BillingGroupFactory, MemberFactory, assign, report
from tests.racing import behind, result_or_error
from tests.sql import assert_refused, run

PROTECTED = "Cannot (update|delete)"
NOT_ALIVE = "member_billing_group_alive_same_organization"
MOVE = "UPDATE members_member SET billing_group_id = %s"
DELETE = "UPDATE billing_billinggroup SET deleted_at = now() WHERE id = %s"


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
    assert_refused(MOVE, 0, because=NOT_ALIVE)


def test_nobody_comes_into_a_deleted_billing_group(member, platform):
    delete_billing_group(actor=TESTS, billing_group=platform)
    assert_refused(MOVE, platform.pk, because=NOT_ALIVE)
    with pytest.raises(IntegrityError, match=NOT_ALIVE):
        MemberFactory(organization=platform.organization, billing_group=platform)


def test_a_billing_group_is_not_deleted_with_somebody_in_it(member, platform):
    assign(member, platform)
    assert_refused(DELETE, platform.pk, because=NOT_ALIVE)


@pytest.mark.parametrize(
    "change", ["deleted_at = NULL", "deleted_at = now()", "name = 'Back'", "period_limit = 1"]
)
def test_a_deleted_billing_group_stays_as_it_is(platform, change):
    delete_billing_group(actor=TESTS, billing_group=platform)
    assert_refused(
        f"UPDATE billing_billinggroup SET {change} WHERE id = %s", platform.pk, because=PROTECTED
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("first", "second"), [(DELETE, MOVE), (MOVE, DELETE)])
def test_a_move_and_a_deletion_of_its_billing_group_wait_for_each_other(
    member, platform, first, second
):
    _done, refusal = behind(
        lambda: run(first, platform.pk), result_or_error(lambda: run(second, platform.pk))
    )
    assert NOT_ALIVE in str(refusal)
