"""What the people of a demo organization consume: a working day's rhythm, scaled to a plan."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate, chain, islice
from math import ceil
from zoneinfo import ZoneInfo

from .people import Person, elapsed_until

HOUR = timedelta(hours=1)
#               midnight              morning                  afternoon             evening
HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 12, 20, 22, 18, 10, 16, 22, 22, 18, 12, 7, 5, 4, 4, 3, 2)
WEEKDAYS = (1.0, 1.05, 1.1, 1.0, 0.8, 0.12, 0.1)
SOURCES = {"ide": 62, "cli": 25, "ci": 13}
OPERATIONS = {"chat": (40, 1.0), "completion": (38, 0.3), "agent": (22, 2.8)}  # how often, how dear
SMALLEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Use:
    """One report to come; until it is scaled, `credits` is a mere weight."""

    person: Person
    occurred_at: datetime
    credits: Decimal | float
    source: str
    operation: str


def plan_usage(demo, people, period, now, random, density=1):
    """What `people` consume in `period` until `now`, by time; `density` thins the reports out."""
    end = elapsed_until(period, now)
    pace = 0.25 + 0.75 * (end - period.starts_at) / (period.ends_at - period.starts_at)
    times = _times(demo, period.starts_at, end, random)
    by_team = defaultdict(list)
    for person in people:
        for at in islice(times, _reports(person, demo.reports * density * pace, random)):
            by_team[person.team_at(at)].append(_use(person, at, random))
    plans = {team.name: _credits(team, end < period.ends_at, pace, random) for team in demo.teams}
    uses = chain.from_iterable(_scaled(by_team[name], plan) for name, plan in plans.items())
    return sorted(uses, key=lambda use: use.occurred_at)


def _reports(person, average, random):
    if not person.consumes:
        return 0
    least = 4 if person.earlier else 1  # who moved is to be seen on both sides of it
    return max(least, round(average * random.uniform(0.3, 1.7)))


def _credits(team, is_current, pace, random):
    """What the whole team consumes; a frozen one consumed in the past only."""
    if not is_current:
        return team.credits * random.uniform(0.7, 1.0)
    if team.limit == 0:
        return 0
    return team.credits * (1 if team.steady else pace)


def _times(demo, start, end, random):
    """Instants between `start` and `end`, more of them where the day is busy, without end."""
    zone = ZoneInfo(demo.time_zone)
    hours = [start + HOUR * n for n in range(ceil((end - start) / HOUR))]
    local = [hour.astimezone(zone) for hour in hours]
    weights = list(accumulate(map(busy, local)))
    while True:
        hour = random.choices(hours, cum_weights=weights)[0]
        yield hour + min(HOUR, end - hour) * random.random()


def busy(hour):
    """How much happens in a local hour, beside others."""
    return HOURS[hour.hour] * WEEKDAYS[hour.weekday()]


def _use(person, at, random):
    source = random.choices(list(SOURCES), SOURCES.values())[0]
    operation = random.choices(list(OPERATIONS), [often for often, _dear in OPERATIONS.values()])[0]
    weight = random.lognormvariate(0, 0.6) * OPERATIONS[operation][1]
    return Use(person, at, weight, source, operation)


def _scaled(uses, credits):
    """The same uses, with the Credits that they share; none if there are none to share."""
    weights = sum(use.credits for use in uses)
    for use in uses if credits else ():
        share = Decimal(credits * use.credits / weights).quantize(SMALLEST)
        yield replace(use, credits=max(share, SMALLEST))


def consumed_by(uses):
    """Credits of each person (by email) in `uses`."""
    consumed = defaultdict(Decimal)
    for use in uses:
        consumed[use.person.email] += use.credits
    return consumed
