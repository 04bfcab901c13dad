"""Bring the demo organizations to life, through the same operations as everybody else.

Only here time is a parameter: the history needs it.
"""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count, groupby, islice
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from audit.models import AuditEntry
from audit.operations import Actor, command
from billing.metering import BATCH, Report, record_usage
from billing.operations import (
    assign_members,
    create_billing_group,
    delete_billing_group,
    set_period_limit,
)
from billing.periods import extend_back
from groups.operations import add_group_members, create_group
from members.invitation_emails import note_sent
from members.invitations import invite_members
from members.models import Member, User
from members.operations import add_member, disable_member, open_organization, remove_member

from .organizations import ACME, BOTH, GLOBEX, UNASSIGNED
from .people import people_of, send_through_teams
from .usage import consumed_by, plan_usage

COMMAND = command("load_demo")
PASSWORD = "demo"
SUPPORT = "support@demo.example"
ACCOUNTS = {
    "admin@acme.example": "admin of Acme Robotics",
    "member@acme.example": "member of Acme Robotics",
    "admin@globex.example": "admin of Globex",
    SUPPORT: "support staff",
    BOTH[1]: "member of both",
}
AMOUNTS = [Decimal(base * 10**power) for power in range(6) for base in (1, 2, 3, 5)]


@transaction.atomic
def load(now, density=1):
    """Make both organizations as they are at `now`, and the accounts; all of it or nothing.

    `density` thins the usage reports out, for tests in a hurry.
    """
    for demo in (ACME, GLOBEX):
        load_organization(demo, now, density)
    User.objects.create_user(SUPPORT, is_staff=True)
    make_accounts(ACCOUNTS)


def load_organization(demo, now, density):
    random = Random(demo.slug)
    organization, periods = open_in_the_past(demo, now)
    people = people_of(demo, random)
    moves = send_through_teams(demo, people, periods, now)
    *past, current = [plan_usage(demo, people, each, now, random, density) for each in periods]

    teams = make_teams(organization, demo)
    limits = personal_limits(people, current, random)
    members = add_people(organization, people, teams, limits, since=periods[0].starts_at)
    admin = Actor(AuditEntry.ActorKind.USER, str(members[people[0].email].pk))
    move_people(admin, organization, moves, teams)
    event_ids = map("evt-{:06}".format, count(1))
    for uses in past:
        send(organization, members, uses, event_ids, force=True)
    set_limits(admin, demo, teams)
    send(organization, members, current, event_ids)
    delete_teams(admin, demo, teams)
    let_go(admin, people, members, now)
    make_groups(organization, demo, random)
    invite(admin, members[people[0].email], demo, teams, now)


def open_in_the_past(demo, now):
    """The organization and its periods, the oldest first, the current one last."""
    organization = open_organization(
        actor=COMMAND,
        name=demo.name,
        slug=demo.slug,
        time_zone=demo.time_zone,
        period_start_day=demo.period_start_day,
        opened_at=now,
    )
    for _past in range(demo.past_periods):
        first = organization.periods.last()
        extend_back(organization, to=first.starts_at - timedelta(microseconds=1))
    return organization, list(organization.periods.order_by("starts_at"))


def make_teams(organization, demo):
    """The billing groups by name."""
    teams = {UNASSIGNED: organization.billing_groups.unassigned()}
    for team in demo.teams:
        if team.name != UNASSIGNED:
            teams[team.name] = create_billing_group(
                actor=COMMAND,
                organization=organization,
                name=team.name,
                description=team.description,
            )
    return teams


def personal_limits(people, uses, random):
    """What each may consume, by email."""
    consumed = consumed_by(uses)
    return {each.email: personal_limit(each, consumed[each.email], random) for each in people}


def personal_limit(person, consumed, random):
    """An amount lies well above what its person consumes; one that is to be reached, below."""
    if person.limit == "unlimited":
        return {"is_unlimited": True}
    if person.limit == "amount":
        least = max(consumed * Decimal(random.uniform(1.2, 2.5)), 100)
        return {"personal_limit": min(each for each in AMOUNTS if each > least)}
    if person.limit == "reached":
        return {"personal_limit": max(each for each in AMOUNTS if each < consumed)}
    return {}


def add_people(organization, people, teams, limits, since):
    """Everybody in the first of their billing groups since then; the members by email."""
    with assigning_at(since):
        return {
            person.email: add_member(
                actor=COMMAND,
                organization=organization,
                name=person.name,
                email=person.email,
                role=Member.Role.ADMIN if person.is_admin else Member.Role.MEMBER,
                billing_group=teams[person.first_team],
                **limits[person.email],
            )
            for person in people
        }


def move_people(actor, organization, moves, teams):
    for move in moves:
        members = organization.members.filter(email__in=[each.email for each in move.people])
        with assigning_at(move.at):
            assign_members(actor=actor, billing_group=teams[move.target], members=members)


@contextmanager
def assigning_at(at):
    """Assignments made inside begin at the instant `at`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('billing.assigned_at', %s, true)", [at.isoformat()])
        yield
        cursor.execute("SELECT set_config('billing.assigned_at', '', true)")


def send(organization, members, uses, event_ids, force=False):
    """Report the uses, those of a day together and on that day."""
    for _day, of_day in groupby(uses, key=lambda use: use.occurred_at.date()):
        while batch := list(islice(of_day, BATCH)):
            reports = [
                Report(
                    event_id=next(event_ids),
                    member_id=members[use.person.email].pk,
                    credits=use.credits,
                    occurred_at=use.occurred_at,
                    source=use.source,
                    operation=use.operation,
                    force=force,
                )
                for use in batch
            ]
            last = batch[-1].occurred_at
            record_usage(organization=organization, reports=reports, received_at=last)


def set_limits(actor, demo, teams):
    for team in demo.teams:
        if team.limit is not None:
            set_period_limit(
                actor=actor, billing_group=teams[team.name], credits=Decimal(team.limit)
            )


def delete_teams(actor, demo, teams):
    for team in demo.teams:
        if team.deleted:
            delete_billing_group(actor=actor, billing_group=teams[team.name])


def let_go(actor, people, members, now):
    """Those who are disabled or removed today."""
    for person in people:
        member = members[person.email]
        if person.ends_as == "disabled":
            disable_member(actor=actor, member=member)
        elif person.ends_as == "removed":
            with assigning_at(now):
                remove_member(actor=actor, member=member)


def make_groups(organization, demo, random):
    present = list(organization.members.present().order_by("pk"))
    for name, size in demo.groups.items():
        group = create_group(actor=COMMAND, organization=organization, name=name)
        chosen = [member.pk for member in random.sample(present, size)]
        members = organization.members.filter(pk__in=chosen)
        add_group_members(actor=COMMAND, group=group, members=members)


def invite(actor, inviter, demo, teams, now):
    """Those who are invited. No email goes out, so nobody has their links; they can be resent."""
    for each in demo.invited:
        at = now - timedelta(days=each.days_ago)
        links = invite_members(
            actor=actor,
            organization=inviter.organization,
            inviter=inviter,
            emails=[f"{letters}@{demo.domain}" for letters in each.letters],
            role=Member.Role.ADMIN if each.is_admin else Member.Role.MEMBER,
            billing_group=teams[each.team],
            groups=inviter.organization.groups.filter(name__in=each.groups),
            invited_at=at,
        )
        note_sent([link.invitation for link in links], at)


def make_accounts(emails):
    """Those who have them can sign in; nobody else has a password."""
    accounts = User.objects.filter(email__in=emails)
    accounts.update(password=make_password(PASSWORD))  # hashed once: that is slow on purpose
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in accounts
    )
