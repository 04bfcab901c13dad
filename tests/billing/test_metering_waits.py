"""What a report must wait for, one wait at a time; that all together hold is `test_metering_races`.

Each test begins its second call while the first is not committed: a lock that is missing, or taken
after what it guards was read, shows every time and not only in a race that is lost.
"""

import pytest

from billing.metering import record_usage
from billing.models import BillingGroup, Period
from billing.operations import delete_billing_group
from billing.periods import make_periods
from members.operations import disable_member, edit_organization
from tests.clock import utc
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    adjust,
    assign,
    limit,
    period_open_for_late_usage,
    usage,
)
from tests.racing import behind
from tests.sums import assert_totals_equal_records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["alone", "in a batch"])
def send(request):
    """Send a report and return its outcome: the two ways in are two functions."""

    def send(member, sent, received_at=None):
        batch = [sent, usage(member, 0)] if request.param == "in a batch" else [sent]
        return record_usage(
            organization=member.organization, reports=batch, received_at=received_at
        )[0]

    return send


@pytest.fixture
def report(send):
    def report(member, credits=1, received_at=None, **more):
        return send(member, usage(member, credits, **more), received_at)

    return report


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization)


@pytest.fixture
def colleague(organization, platform):
    return MemberFactory(organization=organization, billing_group=platform, is_unlimited=True)


def test_a_members_second_report_sees_what_the_first_used(member, report):
    limit(member, 10)
    _first, second = behind(lambda: report(member, 10), lambda: report(member, 1))
    assert second.reasons == ["personal_limit_reached"]


def test_a_billing_groups_second_report_sees_what_the_first_used(
    member, colleague, platform, report
):
    limit(platform, 10)
    assign(member, platform)
    report(member, 1)
    _first, second = behind(lambda: report(member, 9), lambda: report(colleague, 1))
    assert second.reasons == ["billing_group_limit_reached"]


def test_so_does_a_batch_that_touches_other_billing_groups_too(member, colleague, platform, report):
    limit(platform, 10)
    batch = [usage(member), usage(colleague)]
    _first, outcomes = behind(
        lambda: report(colleague, 10, force=True),
        lambda: record_usage(organization=member.organization, reports=batch),
    )
    assert [each.outcome for each in outcomes] == ["recorded", "refused"]


def test_the_first_two_reports_of_a_limited_group_in_a_period_meet_too(
    member, colleague, platform, report
):
    limit(platform, 1)
    assign(member, platform)
    assert not platform.group_totals.exists()
    _first, second = behind(lambda: report(member, 1), lambda: report(colleague, 1))
    assert second.outcome == "refused"


def test_without_a_limit_members_of_one_group_are_counted_one_after_the_other(
    member, colleague, platform, report
):
    assign(member, platform)
    behind(lambda: report(member, 10), lambda: report(colleague, 1))
    assert platform.group_totals.get().credits == 11
    assert_totals_equal_records()


def test_a_report_that_waited_for_a_move_belongs_to_the_new_billing_group(member, platform, send):
    sent = []

    def move():
        assign(member, platform)
        sent.append(usage(member))

    _moved, outcome = behind(move, lambda: send(member, *sent))
    assert outcome.billing_group_id == platform.pk


def test_a_move_that_waited_for_a_report_takes_nothing_of_it_along(member, platform, report):
    first, _moved = behind(lambda: report(member), lambda: assign(member, platform))
    assert first.billing_group_id != platform.pk
    assert report(member).billing_group_id == platform.pk


def test_a_report_that_waited_for_its_member_to_be_disabled_is_refused(member, report):
    _disabled, outcome = behind(
        lambda: disable_member(actor=TESTS, member=member), lambda: report(member)
    )
    assert outcome.reasons == ["member_disabled"]


def test_a_report_that_waited_for_the_same_event_is_a_duplicate(member, send):
    sent = usage(member)

    first, second = behind(lambda: send(member, sent), lambda: send(member, sent))
    assert (second.outcome, second.record_id) == ("duplicate", first.record_id)


def test_a_report_that_waited_for_anothers_event_of_the_same_id_is_a_conflict(
    member, colleague, report
):
    _first, second = behind(
        lambda: report(member, event_id="one"), lambda: report(colleague, event_id="one")
    )
    assert second.outcome == "conflict"
    assert_totals_equal_records()


def test_a_report_that_waited_for_its_period_to_be_made_uses_that_one(report):
    organization = OrganizationFactory(opened_at=utc(2026, 1, 10))
    member = MemberFactory(organization=organization, is_unlimited=True)
    march = utc(2026, 3, 1)
    _made, outcome = behind(
        lambda: make_periods(organization, until=march),
        lambda: report(member, at=march, received_at=march),
    )
    assert outcome.outcome == "recorded"
    assert organization.periods.count() == 3


def test_a_report_that_waited_for_its_billing_group_to_be_deleted_goes_to_unassigned(
    colleague, platform, send
):
    sent = []

    def delete():
        delete_billing_group(actor=TESTS, billing_group=platform)
        sent.append(usage(colleague))

    _deleted, outcome = behind(delete, lambda: send(colleague, *sent))
    unassigned = BillingGroup.objects.get(organization=colleague.organization, is_unassigned=True)
    assert outcome.billing_group_id == unassigned.pk


@pytest.fixture
def past(db):
    """A period that has ended and takes late usage for 90 days."""
    return period_open_for_late_usage()


@pytest.fixture
def late(past):
    return MemberFactory(organization=past.organization, is_unlimited=True)


def close(past):
    """Shorten the late window: the period is final at once. Returns the Credits that it holds."""
    edit_organization(actor=TESTS, organization=past.organization, late_usage_hours=0)
    return Period.objects.get(pk=past.pk).used


def test_a_late_report_that_waited_for_its_period_to_become_final_is_too_late(past, late, report):
    _closed, outcome = behind(lambda: close(past), lambda: report(late, at=past.starts_at))
    assert outcome.reasons == ["too_late"]


def test_a_period_becomes_final_with_the_late_report_that_came_before(past, late, report):
    _reported, used = behind(lambda: report(late, 5, at=past.starts_at), lambda: close(past))
    assert used == 5


def test_a_report_of_the_current_period_waits_for_no_change_of_the_late_window(past, late, report):
    def report_and_look():
        return report(late).outcome, Period.objects.get(pk=past.pk).final_at

    _closed, answer = behind(lambda: close(past), report_and_look)
    assert answer == ("recorded", past.final_at)


def test_a_limit_that_is_set_while_reports_are_judged_waits_for_none_of_them(
    member, colleague, platform, report
):
    assign(member, platform)
    behind(lambda: report(member, 10), lambda: limit(platform, 10))
    assert report(colleague).reasons == ["billing_group_limit_reached"]


def test_a_report_sees_what_an_adjustment_that_it_waited_for_has_mended(member, report):
    limit(member, 10)
    report(member, 10)
    _mended, outcome = behind(lambda: adjust(member, -1), lambda: report(member))
    assert outcome.outcome == "recorded"
    assert_totals_equal_records()
