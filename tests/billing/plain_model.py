"""What metering must answer, written down once more from the rules, in plain Python.

One organization in UTC with periods from the 1st; members and billing groups are named by numbers,
group 0 is Unassigned. Nothing here comes from the product's code.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

UNASSIGNED = 0
UNLIMITED = "unlimited"


@dataclass
class PlainMember:
    status: str = "ENABLED"
    limit: object = UNLIMITED  # None: not set
    places: list = field(default_factory=list)  # (since, group), the newest last

    def place_at(self, at):
        return next((group for since, group in reversed(self.places) if since <= at), UNASSIGNED)

    def move(self, group, now):
        if self.places[-1][1] != group:
            self.places.append((now, group))


@dataclass
class PlainGroup:
    limit: Decimal | None = None
    deleted: bool = False


@dataclass(frozen=True)
class PlainReport:
    event: str
    member: int
    credits: Decimal
    at: datetime
    source: str = ""
    force: bool = False

    @property
    def content(self):
        return (self.member, self.credits, self.at, self.source)


@dataclass(frozen=True)
class PlainRecord:
    content: tuple
    period: datetime
    member: int
    group: int
    credits: Decimal


def period_of(at):
    """The first instant of the period of `at`."""
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def end_of(period):
    return period_of(period + timedelta(days=32))


class PlainMetering:
    def __init__(self, now, members, groups):
        self.now = now
        self.first_period = period_of(now)
        self.late_hours = 72
        self.final = {}  # as it was when the late window last changed
        self.members = [PlainMember(places=[(now, UNASSIGNED)]) for _ in range(members)]
        self.groups = [PlainGroup() for _ in range(1 + groups)]
        self.records = {}

    def final_at(self, period):
        return self.final.get(period, end_of(period) + timedelta(hours=self.late_hours))

    def set_late_window(self, hours):
        periods = [self.first_period]
        while end_of(periods[-1]) <= self.now:
            periods.append(end_of(periods[-1]))
        before = {period: self.final_at(period) for period in periods}
        self.late_hours = hours
        for period, final in before.items():
            wanted = end_of(period) + timedelta(hours=hours)
            self.final[period] = max(self.now, wanted) if final > self.now else final

    def delete(self, group):
        self.groups[group].deleted = True
        for member in self.members:
            if member.places[-1][1] == group:
                member.move(UNASSIGNED, self.now)

    def used(self, **wanted):
        return sum(
            record.credits
            for record in self.records.values()
            if all(getattr(record, name) == value for name, value in wanted.items())
        )

    def judge(self, report):
        """(outcome, reasons) of one report, recorded if it is to be."""
        known = self.records.get(report.event)
        if known is not None:
            return ("duplicate" if known.content == report.content else "conflict"), []
        period = period_of(report.at)
        if report.at > self.now + timedelta(minutes=5):
            return "invalid", ["in_the_future"]
        if period < self.first_period:
            return "invalid", ["before_first_period"]
        if self.final_at(period) <= self.now:
            return "invalid", ["too_late"]
        group = self.members[report.member].place_at(report.at)
        if end_of(period) > self.now and not report.force:
            reasons = self.blocked_reasons(report.member, group, period)
            if report.credits == 0:
                reasons = [reason for reason in reasons if "limit" not in reason]
            if reasons:
                return "refused", reasons
        self.records[report.event] = PlainRecord(
            report.content, period, report.member, group, report.credits
        )
        return "recorded", []

    def blocked_reasons(self, number, group, period):
        member = self.members[number]
        reasons = {"DISABLED": ["member_disabled"], "DELETED": ["member_removed"]}.get(
            member.status, []
        )
        if member.limit is None:
            reasons = [*reasons, "personal_limit_not_set"]
        elif member.limit != UNLIMITED and self.used(member=number, period=period) >= member.limit:
            reasons = [*reasons, "personal_limit_reached"]
        limit = None if self.groups[group].deleted else self.groups[group].limit
        if limit is not None and self.used(group=group, period=period) >= limit:
            reasons = [*reasons, "billing_group_limit_reached"]
        return reasons

    def adjust(self, event, member, group, period, credits):
        """What comes of an adjustment, counted if it is to be."""
        content = ("adjustment", member, group, period, credits)
        known = self.records.get(event)
        if known is not None:
            return "duplicate" if known.content == content else "conflict"
        if not period <= self.now < self.final_at(period):
            return "refused"
        if self.used(member=member, group=group, period=period) + credits < 0:
            return "refused"
        self.records[event] = PlainRecord(content, period, member, group, credits)
        return "recorded"
