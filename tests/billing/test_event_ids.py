from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.metering import adjust_usage, record_usage
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    assign,
    limit,
    usage,
)
from tests.racing import at_once
from tests.sums import assert_totals_equal_records


def send(member, *reports):
    return record_usage(organization=member.organization, reports=list(reports))


def outcomes(member, *reports):
    return [each.outcome for each in send(member, *reports)]


def test_a_report_sent_again_is_counted_once_and_answered_with_the_first_record(member):
    sent = usage(member, 5)
    [first] = send(member, sent)
    [second] = send(member, sent)
    assert (second.outcome, second.record_id) == ("duplicate", first.record_id)
    assert member.usage_totals.get().credits == 5


def test_a_duplicate_is_answered_with_the_billing_group_of_the_first_record(member):
    platform = BillingGroupFactory(organization=member.organization)
    unassigned = member.billing_group
    ahead = usage(member, at=timezone.now() + timedelta(minutes=4))
    send(member, ahead)
    assign(member, platform)
    [again] = send(member, ahead)
    assert again.outcome == "duplicate"
    assert again.billing_group_id == unassigned.pk


def test_a_duplicate_does_not_shift_what_is_known_of_the_reports_beside_it(member):
    frozen = BillingGroupFactory(organization=member.organization, period_limit=0)
    sent = usage(member, 5)
    send(member, sent)
    assign(member, frozen)
    first, second = send(member, sent, usage(member))
    assert (first.outcome, second.outcome) == ("duplicate", "refused")
    assert second.billing_group_id == frozen.pk


@pytest.mark.parametrize(
    "difference",
    [
        {"credits": Decimal(6)},
        {"occurred_at": timezone.now() - timedelta(seconds=1)},
        {"source": "chat"},
        {"operation": "complete"},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_the_same_event_id_with_other_content_is_a_conflict(member, difference):
    sent = usage(member, 5)
    assert outcomes(member, sent, replace(sent, **difference)) == ["recorded", "conflict"]
    assert outcomes(member, replace(sent, **difference)) == ["conflict"]
    assert member.usage_totals.get().credits == 5


def test_the_same_event_id_of_another_member_is_a_conflict(member):
    other = MemberFactory(organization=member.organization, is_unlimited=True)
    sent = usage(member)
    taken = replace(sent, member_id=other.pk)
    assert outcomes(member, sent, taken) == ["recorded", "conflict"]
    assert outcomes(member, taken) == ["conflict"]


def test_how_a_report_asks_for_admission_is_not_its_content(member):
    sent = usage(member)
    send(member, sent)
    assert outcomes(member, replace(sent, force=True)) == ["duplicate"]


def test_a_report_twice_in_one_call_is_counted_once(member):
    sent = usage(member, 5)
    first, second = send(member, sent, sent)
    assert (first.outcome, second.outcome) == ("recorded", "duplicate")
    assert second == replace(first, outcome="duplicate")
    assert_totals_equal_records()


def test_event_ids_that_differ_in_case_alone_are_different(member):
    assert outcomes(member, usage(member, event_id="a"), usage(member, event_id="A")) == [
        "recorded",
        "recorded",
    ]


def test_a_refused_report_is_judged_again(member):
    limit(member, 0)
    sent = usage(member)
    assert outcomes(member, sent, sent) == ["refused", "refused"]
    limit(member, 1)
    assert outcomes(member, sent) == ["recorded"]


def test_a_refused_report_may_be_forced_in_the_same_call(member):
    limit(member, 0)
    sent = usage(member)
    forced = replace(sent, force=True)
    assert outcomes(member, sent, forced, sent) == ["refused", "recorded", "duplicate"]


def test_an_invalid_report_is_judged_again(member):
    now = timezone.now()
    early = usage(member, at=now + timedelta(minutes=6))
    assert outcomes(member, early) == ["invalid"]
    [later] = record_usage(
        organization=member.organization, reports=[early], received_at=now + timedelta(minutes=2)
    )
    assert later.outcome == "recorded"


def test_a_duplicate_stays_one_whatever_has_changed_since(member):
    sent = usage(member)
    send(member, sent)
    limit(member, 0)
    [again] = record_usage(
        organization=member.organization,
        reports=[sent],
        received_at=timezone.now() + timedelta(days=400),
    )
    assert again.outcome == "duplicate"


def test_the_event_id_of_an_adjustment_is_taken(member):
    record = adjust_usage(
        actor=TESTS,
        member=member,
        billing_group=member.billing_group,
        period=member.organization.periods.get(),
        credits=Decimal(5),
        reason="Forgotten",
        event_id="mended",
    )
    sent = usage(member, 5, at=record.occurred_at, event_id="mended")
    assert outcomes(member, sent) == ["conflict"]


@pytest.mark.django_db(transaction=True)
def test_of_16_that_report_one_event_at_once_one_is_counted(member):
    sent = usage(member, 5)
    answers = at_once(*[lambda: send(member, sent)] * 16)
    assert sorted(each.outcome for [each] in answers) == ["duplicate"] * 15 + ["recorded"]
    assert len({each.record_id for [each] in answers}) == 1
    assert member.usage_totals.get().credits == 5


@pytest.mark.django_db(transaction=True)
def test_of_16_members_who_claim_one_event_at_once_one_gets_it(organization):
    members = MemberFactory.create_batch(16, organization=organization, is_unlimited=True)
    now = timezone.now()
    claims = [usage(each, at=now, event_id="one") for each in members]
    answers = at_once(*(lambda claim=claim: send(members[0], claim) for claim in claims))
    assert sorted(each.outcome for [each] in answers) == ["conflict"] * 15 + ["recorded"]
    assert_totals_equal_records()


@pytest.mark.django_db(transaction=True)
def test_batches_that_share_events_in_opposite_order_count_each_once(organization):
    members = MemberFactory.create_batch(10, organization=organization, is_unlimited=True)
    now = timezone.now()
    batch = [usage(members[n % 10], at=now, event_id=f"event {n}") for n in range(200)]
    answers = at_once(
        *(
            lambda reports=reports: outcomes(members[0], *reports)
            for reports in [batch, batch[::-1]] * 4
        )
    )
    assert sum(each.count("recorded") for each in answers) == 200
    assert sum(each.count("duplicate") for each in answers) == 7 * 200
    assert_totals_equal_records()
