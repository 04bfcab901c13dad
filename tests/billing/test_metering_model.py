"""Whatever happens in whatever order: metering answers what the plain model answers."""

from contextlib import contextmanager
from copy import copy, deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.operations import Refused
from billing.metering import Report, adjust_usage, record_usage
from billing.operations import assign_members, delete_billing_group, set_period_limit
from billing.periods import period_at
from members.models import Member
from members.operations import (
    add_member,
    disable_member,
    enable_member,
    remove_member,
    set_personal_limit,
)
from tests.billing.plain_model import UNLIMITED, PlainMetering, PlainReport, period_of
from tests.clock import assignments_made, utc
from tests.factories import TESTS, BillingGroupFactory, OrganizationFactory, edit_at
from tests.sums import assert_totals_equal_records

MEMBERS, GROUPS = 2, 3
MOMENT = timedelta(microseconds=1)


class Both:
    """The product and the model, taken through the same steps."""

    def __init__(self):
        opened = utc(2026, 1, 10)
        self.model = PlainMetering(opened, MEMBERS, GROUPS)
        self.organization = OrganizationFactory(opened_at=opened)
        self.sent = []
        with assignments_made(opened):
            self.emails = [f"member-{n}@example.test" for n in range(MEMBERS)]
            self.members = [self.add(email) for email in self.emails]
        self.groups = [
            self.organization.billing_groups.unassigned(),
            *BillingGroupFactory.create_batch(GROUPS, organization=self.organization),
        ]
        self.limit_group(1, Decimal(10))
        self.limit_member(0, Decimal(20))
        self.assign([0, 1], 1)
        self.model.now = utc(2026, 3, 20)

    def begin(self):
        """The same beginning once more: the database is rolled back to it."""
        begun = copy(self)
        begun.model, begun.sent = deepcopy(self.model), []
        return begun

    def add(self, email):
        return add_member(
            actor=TESTS,
            organization=self.organization,
            name="Member",
            email=email,
            is_unlimited=True,
        )

    def instant(self, kind, distance, shift):
        """An instant by its distance from what matters: now, a period's start, or a move."""
        if kind == "now":
            return self.model.now - distance
        if kind == "period":
            return period_of(self.model.now) + shift
        moves = [since for member in self.model.members for since, _group in member.places]
        return moves[-1 - distance.days % len(moves)] + shift

    def send(self, drawn):
        """One report, or a batch that must come to the same as its reports one by one."""
        reports = []
        for event, member, credits, when, source, force in drawn:
            report = PlainReport(event, member, credits, self.instant(*when), source, force)
            self.sent.append(report)
            reports.append(report)
        self.judge_alike(reports)

    def send_again(self, index, force):
        if self.sent:
            old = self.sent[index % len(self.sent)]
            again = PlainReport(old.event, old.member, old.credits, old.at, old.source, force)
            self.judge_alike([again, again])

    def judge_alike(self, reports):
        answers = record_usage(
            organization=self.organization,
            reports=[
                Report(r.event, self.members[r.member].pk, r.credits, r.at, r.source, "", r.force)
                for r in reports
            ],
            received_at=self.model.now,
        )
        expected = [self.model.judge(report) for report in reports]
        assert [(each.outcome, each.reasons) for each in answers] == expected
        for report, answer in zip(reports, answers, strict=True):
            self.names_the_record(report, answer)

    def names_the_record(self, report, answer):
        if answer.outcome in ("recorded", "duplicate"):
            record = self.organization.usage_records.get(pk=answer.record_id)
            expected = self.model.records[report.event]
            assert record.event_id == report.event
            assert answer.period_id == record.period_id
            assert answer.billing_group_id == record.billing_group_id
            assert record.billing_group_id == self.groups[expected.group].pk
            assert record.period.starts_at == expected.period

    def adjust(self, event, member, group, months_back, credits):
        period = period_of(self.model.now)
        if months_back and period > self.model.first_period:
            period = period_of(period - MOMENT)
        try:
            before = self.organization.usage_records.count()
            adjust_usage(
                actor=TESTS,
                member=self.members[member],
                billing_group=self.groups[group],
                period=period_at(self.organization, period),
                credits=credits,
                reason="Counted twice",
                event_id=event,
                received_at=self.model.now,
            )
            grown = self.organization.usage_records.count() > before
            outcome = "recorded" if grown else "duplicate"
        except Refused as refusal:
            outcome = refusal.code.removeprefix("adjustment_")
        assert outcome == self.model.adjust(event, member, group, period, credits)

    def wait(self, duration):
        self.model.now += duration

    def end_period(self, shift):
        self.model.now = max(
            self.model.now, period_of(period_of(self.model.now) + timedelta(days=32)) + shift
        )

    def assign(self, members, group):
        with self.refused_if(self.model.groups[group].deleted), assignments_made(self.model.now):
            chosen = Member.objects.filter(pk__in=[self.members[each].pk for each in members])
            assign_members(actor=TESTS, billing_group=self.groups[group], members=chosen)
            for each in members:
                if self.model.members[each].status != "DELETED":
                    self.model.members[each].move(group, self.model.now)

    def delete_group(self, group):
        with self.refused_if(self.model.groups[group].deleted), assignments_made(self.model.now):
            delete_billing_group(actor=TESTS, billing_group=self.groups[group])
            self.model.delete(group)

    def limit_group(self, group, credits):
        with self.refused_if(self.model.groups[group].deleted):
            set_period_limit(actor=TESTS, billing_group=self.groups[group], credits=credits)
            self.model.groups[group].limit = credits

    def limit_member(self, member, credits):
        with self.refused_if(self.model.members[member].status == "DELETED"):
            set_personal_limit(
                actor=TESTS,
                member=self.members[member],
                personal_limit=None if credits == UNLIMITED else credits,
                is_unlimited=credits == UNLIMITED,
            )
            self.model.members[member].limit = credits

    def change_status(self, member, status):
        plain, verbs = self.model.members[member], self.verbs(member)
        with self.refused_if(plain.status == "DELETED"), assignments_made(self.model.now):
            verbs[status]()
            plain.status = status
            if status == "DELETED":
                plain.move(0, self.model.now)

    def verbs(self, member):
        arguments = {"actor": TESTS, "member": self.members[member]}
        return {
            "ENABLED": lambda: enable_member(**arguments),
            "DISABLED": lambda: disable_member(**arguments),
            "DELETED": lambda: remove_member(**arguments),
        }

    def revive(self, member):
        if self.model.members[member].status == "DELETED":
            with assignments_made(self.model.now):
                assert self.add(self.emails[member]) == self.members[member]
            self.model.members[member].status = "ENABLED"
            self.model.members[member].limit = UNLIMITED

    def set_late_window(self, hours):
        edit_at(self.model.now, self.organization, late_usage_hours=hours)
        self.model.set_late_window(hours)

    def assert_same_totals(self):
        for number, member in enumerate(self.members):
            for total in member.usage_totals.select_related("period"):
                group = self.groups.index(total.billing_group)
                assert total.credits == self.model.used(
                    member=number, group=group, period=total.period.starts_at
                )
        assert self.organization.usage_records.count() == len(self.model.records)
        assert_totals_equal_records()

    @staticmethod
    @contextmanager
    def refused_if(expected):
        try:
            yield
        except Refused:
            assert expected
        else:
            assert not expected


def minutes(number):
    return timedelta(minutes=number)


events = (st.integers(0, 10_000) | st.integers(0, 5)).map("event {}".format)
members = st.integers(0, MEMBERS - 1)
any_group = st.integers(0, GROUPS)
formal_group = st.integers(1, GROUPS)
amounts = st.sampled_from(["0", "0.0001", "1", "4.9999", "5", "5", "20"]).map(Decimal)
limits = st.sampled_from(["0", "0.0001", "5", "10"]).map(Decimal)
near = st.sampled_from([minutes(0), minutes(0), minutes(90), timedelta(days=1)])
far = st.sampled_from(
    [minutes(-4), minutes(-5), minutes(-5) - MOMENT]
    + [timedelta(days=days) for days in (4, 20, 80)]
)
distances = st.one_of(near, near, near, far)
shifts = st.sampled_from([timedelta(0), -MOMENT, MOMENT])
whens = st.tuples(st.sampled_from(["now"] * 6 + ["period", "move"]), distances, shifts)
forces = st.sampled_from([False, False, False, True])
reports = st.tuples(events, members, amounts, whens, st.sampled_from(["", "chat"]), forces)
signed = st.sampled_from(["-20", "-1", "-0.0001", "1", "20"]).map(Decimal)
waits = st.sampled_from([minutes(1), minutes(600), timedelta(days=3), timedelta(days=20)])
statuses = st.sampled_from(["ENABLED", "ENABLED", "DISABLED", "DELETED"])
steps = st.one_of(
    *[st.tuples(st.just(Both.send), st.lists(reports, min_size=1, max_size=1))] * 3,
    *[st.tuples(st.just(Both.send), st.lists(reports, min_size=2, max_size=8))] * 5,
    st.tuples(st.just(Both.send_again), st.integers(0, 50), st.booleans()),
    st.tuples(st.just(Both.adjust), events, members, any_group, st.integers(0, 1), signed),
    st.tuples(st.just(Both.wait), waits),
    st.tuples(st.just(Both.end_period), shifts),
    *[st.tuples(st.just(Both.assign), st.sets(members, min_size=1), any_group)] * 2,
    st.tuples(st.just(Both.delete_group), formal_group),
    st.tuples(st.just(Both.limit_group), formal_group, st.none() | limits),
    st.tuples(st.just(Both.limit_member), members, st.none() | st.just(UNLIMITED) | limits),
    st.tuples(st.just(Both.change_status), members, statuses),
    *[st.tuples(st.just(Both.revive), members)] * 2,
    st.tuples(st.just(Both.set_late_window), st.sampled_from([0, 72, 96, 2000])),
)


@pytest.fixture
def both(db):
    return Both()


@settings(max_examples=settings().max_examples * 3 // 5)
@given(st.lists(steps, min_size=20, max_size=60))
def test_metering_answers_what_the_plain_model_answers(both, sequence):
    with transaction.atomic():
        both = both.begin()
        for step, *arguments in sequence:
            step(both, *arguments)
        both.assert_same_totals()
        transaction.set_rollback(True)
