"""A batch goes in whole where no limit is near, and is judged in turn where one came near."""

import pytest
from django.db import transaction

from billing.metering import record_usage
from tests.factories import UNLIMITED, BillingGroupFactory, MemberFactory, assign, limit, usage
from tests.racing import behind
from tests.sums import assert_totals_equal_records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(organization):
    group = BillingGroupFactory(organization=organization)
    limit(group, 100)
    return group


@pytest.fixture
def ada_and_grace(organization, group):
    members = MemberFactory.create_batch(2, organization=organization)
    for member in members:
        limit(member, UNLIMITED)
        assign(member, group)
    return members


def send(member, *credits):
    """The outcomes of a batch of reports of `member`."""
    reports = [usage(member, each) for each in credits]
    return [
        each.outcome for each in record_usage(organization=member.organization, reports=reports)
    ]


def test_one_that_fits_is_recorded_whole(ada_and_grace):
    ada, _grace = ada_and_grace
    assert send(ada, 50, "49.9999") == ["recorded"] * 2
    assert send(ada, "0.0001", "0.0001") == ["recorded", "refused"]
    assert_totals_equal_records()


@pytest.mark.parametrize(
    ("before", "outcomes"),
    [
        (84, ["recorded", "recorded", "recorded"]),
        (85, ["recorded", "recorded", "recorded"]),
        (90, ["recorded", "recorded", "refused"]),
        (95, ["recorded", "refused", "refused"]),
        (100, ["refused", "refused", "refused"]),
    ],
)
def test_what_another_call_used_meanwhile_counts(ada_and_grace, before, outcomes):
    ada, grace = ada_and_grace
    first, second = behind(lambda: send(ada, before), lambda: send(grace, 5, 5, 5))
    assert (first, second) == (["recorded"], outcomes)
    assert_totals_equal_records()


def test_what_another_call_took_back_does_not_count(ada_and_grace):
    ada, grace = ada_and_grace

    def undone():
        with transaction.atomic():
            send(ada, 100)
            transaction.set_rollback(True)

    behind(undone, lambda: send(grace, 5, 5))
    assert send(grace, 5, 5) == ["recorded"] * 2
    assert_totals_equal_records()


def test_a_limit_set_meanwhile_counts_for_the_next_call(group, ada_and_grace):
    _ada, grace = ada_and_grace
    _lowered, outcomes = behind(lambda: limit(group, 4), lambda: send(grace, 5, 5))
    assert outcomes == ["recorded", "recorded"]
    assert send(grace, 1) == ["refused"]
    assert_totals_equal_records()
