"""A large organization for `load_demo`, made in bulk by SQL under every rule of the database."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from math import ceil
from pathlib import Path
from random import Random

from django.db import connection, transaction

from audit.models import AuditEntry
from audit.operations import Actor

from .loading import assigning_at, invite, make_accounts, open_in_the_past
from .names import crowd, group_names, team_names
from .organizations import Demo, Invited
from .people import elapsed_until, moment
from .usage import HOUR, busy

SQL = Path(__file__).parent / "sql"
MERIDIAN = Demo(
    name="Meridian Group",
    slug="meridian",
    time_zone="Europe/Berlin",
    period_start_day=1,
    teams=(),
    specials=(),
    moves=(),
    groups={},
    invited=(
        Invited(tuple(f"early-{n}" for n in range(30)), "Unassigned", 9.4),
        Invited(tuple(f"starts-{n}" for n in range(120)), "Unassigned", 2.2),
    ),
    past_periods=5,
)
ADMIN = f"admin@{MERIDIAN.domain}"
CREDITS_EACH = 120  # of a member, on average and in all periods
MOVES = [(ago, part) for ago in (4, 3, 2, 1, 0) for part in (0.1, 0.3, 0.5, 0.7, 0.9)]
MOVED = 0.005  # the part of all members who move each time


@dataclass(frozen=True, slots=True)
class Size:
    members: int
    billing_groups: int
    records: int


@transaction.atomic
def load_large(size, now):
    """Make the organization as it is at `now`; all of it or nothing. Returns it."""
    random = Random(MERIDIAN.slug)
    organization, periods = open_in_the_past(MERIDIAN, now)
    run = script_of(organization, periods, now)
    make_people(run, size, periods[0].starts_at, random)
    move_people(run, periods, now)
    run("usage", **hours_of(periods, now, size.records), credits=credits_of_a_record(size))
    with assigning_at(now):
        run("limits", period=periods[-1].pk)
    run("groups", groups=group_names(random, ceil(size.billing_groups / 5)))
    run("audit")
    invite_people(organization, now)
    make_accounts([ADMIN])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return organization


def script_of(organization, periods, now):
    """A function that runs a file of SQL about the organization."""
    about = {
        "organization": organization.pk,
        "unassigned": organization.billing_groups.unassigned().pk,
        "since": periods[0].starts_at,
        "now": now,
    }

    def run(name, **values):
        with connection.cursor() as cursor:
            cursor.execute((SQL / f"{name}.sql").read_text(), about | values)

    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5), set_config('work_mem', '128MB', true)")
    return run


def make_people(run, size, since, random):
    names, letters = zip(*crowd(random, size.members), strict=True)
    emails = [ADMIN, *(f"{each}@{MERIDIAN.domain}" for each in letters[1:])]
    with assigning_at(since):
        run(
            "people",
            names=list(names),
            emails=emails,
            teams=team_names(random, size.billing_groups),
            path=f"/o/{MERIDIAN.slug}/members/",
        )


def move_people(run, periods, now):
    """Some to other billing groups again and again, and those of deleted ones to Unassigned."""
    for ago, part in MOVES:
        at = moment(periods[-1 - ago], part, now)
        with assigning_at(at):
            run("move", at=at, part=MOVED)
    at = moment(periods[-1], 0.95, now)
    with assigning_at(at):
        run("delete_teams", at=at)


def hours_of(periods, now, records):
    """The hours of all periods until `now`, and how many of the records fall into each.

    Each period consumes more than the one before; the current one no less for being young.
    """
    hours = []
    for growth, period in enumerate(periods, start=5):
        end = elapsed_until(period, now)
        passed = (end - period.starts_at) / (period.ends_at - period.starts_at)
        starts = [period.starts_at + HOUR * n for n in range(ceil((end - period.starts_at) / HOUR))]
        weights = [busy(hour.astimezone(period.organization.zone)) for hour in starts]
        scale = growth * max(passed, 0.3) / sum(weights)
        hours += [
            (period.pk, start, min(HOUR, end - start), weight * scale)
            for start, weight in zip(starts, weights, strict=True)
        ]
    ids, starts, lasts, weights = zip(*hours, strict=True)
    return {
        "periods": list(ids),
        "hours": list(starts),
        "lasts": [each - timedelta(milliseconds=1) for each in lasts],
        "counts": shared_out(records, weights),
    }


def shared_out(number, weights):
    """`number` in whole shares by weight, which add up to it."""
    all_of_it = sum(weights)
    bounds = [round(number * each / all_of_it) for each in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(bounds)]


def credits_of_a_record(size):
    return CREDITS_EACH * size.members / size.records


def invite_people(organization, now):
    admin = organization.members.get(email=ADMIN)
    teams = {"Unassigned": organization.billing_groups.unassigned()}
    invite(Actor(AuditEntry.ActorKind.USER, str(admin.pk)), admin, MERIDIAN, teams, now)
