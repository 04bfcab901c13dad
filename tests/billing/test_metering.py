from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.limits import blocked_reasons
from billing.metering import record_usage
from billing.models import UsageRecord
from billing.periods import current_period
from members.models import Member
from members.operations import disable_member, enable_member, remove_member
from tests.factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
    report,
    usage,
)
from tests.sums import assert_totals_equal_records


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def test_the_report_that_crosses_the_limit_counts_and_the_next_is_refused(member):
    limit(member, 100)
    assert report(member, credits=150).outcome == "recorded"
    assert report(member, credits=1).reasons == ["personal_limit_reached"]


def test_usage_under_the_limit_and_exactly_at_it_counts(member):
    limit(member, 100)
    assert report(member, credits="99.9999").outcome == "recorded"
    assert report(member, credits="0.0001").outcome == "recorded"
    assert report(member, credits="0.0001").outcome == "refused"


def test_a_member_whose_limit_is_not_set_cannot_use_credits(member):
    limit(member, None)
    assert report(member).reasons == ["personal_limit_not_set"]


def test_a_personal_limit_of_0_blocks_at_once(member):
    limit(member, 0)
    assert report(member).reasons == ["personal_limit_reached"]


def test_an_unlimited_member_is_stopped_by_no_amount(member):
    limit(member, UNLIMITED)
    assert report(member, credits=1_000_000_000).outcome == "recorded"
    assert report(member, credits=1_000_000_000).outcome == "recorded"


def test_the_report_that_crosses_a_billing_groups_limit_counts_and_the_next_is_refused(
    member, platform
):
    limit(platform, 100)
    colleague = MemberFactory(
        organization=member.organization, billing_group=platform, is_unlimited=True
    )
    assign(member, platform)
    assert report(member, credits=150).outcome == "recorded"
    assert report(colleague).reasons == ["billing_group_limit_reached"]


def test_a_limit_of_0_freezes_the_billing_group(member, platform):
    limit(platform, 0)
    assign(member, platform)
    assert report(member).reasons == ["billing_group_limit_reached"]


def test_a_raised_limit_lets_usage_through_again(member, platform):
    assign(member, platform)
    limit(platform, 1)
    report(member, credits=1)
    limit(platform, 2)
    assert report(member).outcome == "recorded"
    limit(platform, None)
    assert report(member).outcome == "recorded"


def test_a_disabled_member_uses_no_credits_until_enabled_again(member):
    disable_member(actor=TESTS, member=member)
    assert report(member).reasons == ["member_disabled"]
    enable_member(actor=TESTS, member=member)
    assert report(member).outcome == "recorded"


def test_a_removed_member_uses_no_credits(member):
    remove_member(actor=TESTS, member=member)
    assert report(member).reasons == ["member_removed"]


def test_a_refusal_names_every_reason(member, platform):
    limit(platform, 0)
    limit(member, 0)
    assign(member, platform)
    disable_member(actor=TESTS, member=member)
    every_reason = ["member_disabled", "personal_limit_reached", "billing_group_limit_reached"]
    assert report(member).reasons == every_reason
    assert blocked_reasons(member, current_period(member.organization)) == every_reason


def test_a_refused_report_counts_nowhere(member):
    limit(member, 0)
    report(member, credits=5)
    assert not UsageRecord.objects.exists()
    assert_totals_equal_records()


def test_usage_of_0_credits_is_never_refused_for_a_limit(member, platform):
    limit(platform, 0)
    limit(member, None)
    assign(member, platform)
    assert report(member, credits=0).outcome == "recorded"


def test_usage_of_0_credits_is_refused_for_status_and_that_is_the_only_reason(member):
    limit(member, 0)
    disable_member(actor=TESTS, member=member)
    assert report(member, credits=0).reasons == ["member_disabled"]


@pytest.mark.parametrize("leave", [None, disable_member, remove_member])
def test_forced_usage_has_happened_and_is_never_refused(organization, platform, leave):
    limit(platform, 0)
    member = MemberFactory(organization=organization, billing_group=platform)
    at = timezone.now()
    if leave:
        leave(actor=TESTS, member=member)
    assert report(member, credits=7, at=at, force=True).outcome == "recorded"
    assert platform.group_totals.get().credits == 7


def test_forced_usage_counts_towards_the_limit(member):
    limit(member, 100)
    report(member, credits=100, force=True)
    assert report(member).reasons == ["personal_limit_reached"]


def test_limits_count_in_the_order_given_within_one_call(member):
    limit(member, 10)
    reports = [usage(member, credits) for credits in (9, 5, 1)]
    outcomes = record_usage(organization=member.organization, reports=reports)
    assert [each.outcome for each in outcomes] == ["recorded", "recorded", "refused"]
    assert [each.reasons for each in outcomes] == [[], [], ["personal_limit_reached"]]


def test_a_personal_limit_counts_usage_under_every_billing_group(member, platform):
    limit(member, 10)
    report(member, credits=6)
    assign(member, platform)
    report(member, credits=4)
    assert report(member).reasons == ["personal_limit_reached"]


def test_usage_stays_with_the_billing_group_of_its_time(member, platform):
    unassigned = member.billing_group
    report(member, credits=6)
    assign(member, platform)
    report(member, credits=4)
    assert dict(member.usage_totals.values_list("billing_group", "credits")) == {
        unassigned.pk: 6,
        platform.pk: 4,
    }


def test_credits_are_kept_to_the_4th_decimal(member):
    report(member, credits="0.0001")
    report(member, credits="999999999.9999")
    assert member.usage_totals.get().credits == 1_000_000_000


@pytest.mark.parametrize(
    ("credits", "reason"),
    [
        ("-0.0001", "out_of_range"),
        ("1000000000.0001", "out_of_range"),
        ("0.00001", "too_many_decimals"),
        ("1E-5", "too_many_decimals"),
        ("NaN", "not_a_number"),
        ("sNaN", "not_a_number"),
        ("Infinity", "not_a_number"),
    ],
)
def test_credits_that_are_none_are_invalid(member, credits, reason):
    outcome = report(member, credits=credits)
    assert (outcome.outcome, outcome.reasons, outcome.field) == ("invalid", [reason], "credits")


@pytest.mark.parametrize(
    "credits", ["1.00000", "1E+3", "0E-9", "0E-20000", "-0", "1000000000", "1." + "0" * 20_000]
)
def test_credits_written_in_an_odd_way_are_the_same_amount(member, credits):
    assert report(member, credits=credits).outcome == "recorded"
    assert UsageRecord.objects.get().credits == Decimal(credits)


def test_a_member_of_another_organization_is_unknown(member):
    stranger = MemberFactory(is_unlimited=True)
    [outcome] = record_usage(organization=member.organization, reports=[usage(stranger)])
    assert (outcome.outcome, outcome.reasons) == ("invalid", ["unknown_member"])


@pytest.mark.parametrize("pk", [-1, 0, 2**31, 2**63, 2**200])
def test_an_id_that_no_member_has_is_unknown(organization, pk):
    outcome = report(Member(pk=pk, organization=organization))
    assert (outcome.outcome, outcome.reasons, outcome.field) == (
        "invalid",
        ["unknown_member"],
        "memberId",
    )


@pytest.mark.parametrize(
    "field", ["event_id", "source", "operation"], ids=["event id", "source", "operation"]
)
@pytest.mark.parametrize("text", ["a\0b", "a\nb", " a", "a\u200bb", "e\u0301", "\ud800", "x" * 201])
def test_text_that_is_not_clean_or_too_long_is_invalid(member, field, text):
    outcome = report(member, **{field: text})
    assert outcome.outcome == "invalid"
    assert not UsageRecord.objects.exists()


def test_an_unsound_report_keeps_no_sound_one_of_its_call_from_counting(member):
    reports = [usage(member, -1), usage(member, 2), usage(member, event_id="")]
    outcomes = record_usage(organization=member.organization, reports=reports[:2])
    assert [each.outcome for each in outcomes] == ["invalid", "recorded"]


def test_a_time_without_zone_is_invalid(member):
    assert report(member, at=timezone.now().replace(tzinfo=None)).reasons == ["time_zone_missing"]


@pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+05:30:15.5"])
def test_an_offset_that_only_python_knows_is_the_same_instant(member, offset):
    at = timezone.now().astimezone(datetime.strptime(offset, "%z").tzinfo)
    assert report(member, at=at).outcome == "recorded"
    assert UsageRecord.objects.get().occurred_at == at


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("0001-01-01T00:00:00+23:59", "before_first_period"),
        ("9999-12-31T23:59:59-23:59", "in_the_future"),
    ],
)
def test_a_time_beyond_all_days_is_invalid(member, at, reason):
    outcome = report(member, at=datetime.fromisoformat(at))
    assert (outcome.outcome, outcome.reasons) == ("invalid", [reason])


@pytest.mark.parametrize("number", [0, 1001])
def test_a_call_takes_1_to_1000_reports(member, number):
    with pytest.raises(ValueError, match="1 to 1000"):
        record_usage(organization=member.organization, reports=[usage(member)] * number)


def test_a_call_may_hold_1000_reports_of_many_members(organization):
    members = MemberFactory.create_batch(10, organization=organization, is_unlimited=True)
    reports = [usage(members[n % 10], "0.1") for n in range(1000)]
    outcomes = record_usage(organization=organization, reports=reports)
    assert {each.outcome for each in outcomes} == {"recorded"}
    assert organization.billing_groups.get().group_totals.get().credits == 100
    assert_totals_equal_records()


def test_organizations_do_not_count_each_others_usage(member):
    other = MemberFactory(organization=OrganizationFactory(), personal_limit=1)
    report(member, credits=100, event_id="same")
    assert report(other, event_id="same").outcome == "recorded"
    assert report(other).reasons == ["personal_limit_reached"]


def test_a_record_says_when_it_happened_and_when_it_was_recorded(member):
    now = timezone.now()
    then = now - timedelta(seconds=30)
    outcome = report(member, at=then, received_at=now, source="chat", operation="complete")
    record = UsageRecord.objects.get()
    assert (record.pk, record.occurred_at, record.recorded_at) == (outcome.record_id, then, now)
    assert (record.source, record.operation, record.kind) == ("chat", "complete", "usage")
