"""Where periods begin and end, found by looking at clocks; none of the product's code."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo


@cache
def first_second_of(day, zone):
    """The first second at which the local date is `day`, or later where there is no such day."""
    clock = ZoneInfo(zone)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    for step in (timedelta(minutes=15), timedelta(minutes=1), timedelta(seconds=1)):
        while at.astimezone(clock).date() < day:
            at += step
        at -= step
    return at + step


@cache
def calendar(zone, start_day, first_year, last_year):
    """Every boundary of a calendar in the years given, in order."""
    return [
        first_second_of(date(year, month, min(start_day, monthrange(year, month)[1])), zone)
        for year in range(first_year, last_year + 1)
        for month in range(1, 13)
    ]


class PlainPeriods:
    """The boundaries that are stored, kept as the rule says."""

    def __init__(self, zone, start_day, opened_at):
        self.years = (opened_at.year - 1, opened_at.year + 4)
        self.change(zone, start_day)
        self.stored = [max(each for each in self.calendar if each <= opened_at)]
        self.need(opened_at)

    def change(self, zone, start_day):
        self.calendar = calendar(zone, start_day, *self.years)

    def need(self, at):
        """Make every missing period up to the one of the instant `at`."""
        while self.stored[-1] <= at:
            self.stored.append(min(each for each in self.calendar if each > self.stored[-1]))

    def change_calendar(self, zone, start_day, now):
        """The last stored period runs on to the first boundary of the new calendar."""
        self.need(now)
        self.change(zone, start_day)
        self.stored[-1] = min(each for each in self.calendar if each >= self.stored[-1])
