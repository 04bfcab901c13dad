"""The people of a demo organization: who they are, where they were when, what they may consume."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .names import invent
from .organizations import UNASSIGNED

LIMITS = {"amount": 60, "unlimited": 34, "not set": 6}  # how many of a hundred people


@dataclass(slots=True)
class Person:
    """Somebody of a demo organization; `limit` is a key of LIMITS, or "reached"."""

    name: str
    email: str
    team: str
    limit: str = "amount"
    is_admin: bool = False
    ends_as: str = ""
    earlier: list = field(default_factory=list)  # of (until when, team), oldest first

    @property
    def consumes(self):
        return self.limit != "not set"

    @property
    def first_team(self):
        return self.earlier[0][1] if self.earlier else self.team

    def team_at(self, at):
        return next((team for until, team in self.earlier if at < until), self.team)


@dataclass(frozen=True, slots=True)
class Moved:
    """`people` who came to the team `target` at that instant."""

    at: datetime
    target: str
    people: list


def people_of(demo, random):
    """Everybody of `demo`, the specials first, with the team in which they are today."""
    people = [
        Person(each.name, each.email, each.team, each.limit, each.is_admin, each.ends_as)
        for each in demo.specials
    ]
    names = iter(invent(random, sum(team.people for team in demo.teams)))
    for team in demo.teams:
        present = [each for each in people if each.team == team.name and each.ends_as != "removed"]
        for _missing in range(team.people - len(present)):
            name, letters = next(names)
            people.append(Person(name, f"{letters}@{demo.domain}", team.name, _limit(random, team)))
    return people


def _limit(random, team):
    if team.name == UNASSIGNED:  # each of them consumes: somebody should handle them
        return "unlimited"
    return random.choices(list(LIMITS), LIMITS.values())[0]


def send_through_teams(demo, people, periods, now):
    """Give people the teams in which they were before; returns the moves by time."""
    movable = {team.name: [] for team in demo.teams}
    for person in people[len(demo.specials) :]:
        if person.consumes:
            movable[person.team].append(person)
    moves = []
    for each in demo.moves:
        at = moment(periods[-1 - each.periods_ago], each.part, now)
        movers = [movable[each.target].pop() for _one in range(each.people)]
        for person in movers:
            person.earlier.append((at, each.source))
        moves.append(Moved(at, each.target, movers))
    return sorted(moves, key=lambda each: each.at)


def moment(period, part, now):
    """The instant at `part` of what has passed of `period`."""
    return period.starts_at + (elapsed_until(period, now) - period.starts_at) * part


def elapsed_until(period, now):
    """Where the part of `period` that has passed ends; a second has always passed."""
    return max(min(period.ends_at, now), period.starts_at + timedelta(seconds=1))
