"""The row of Handle: half of all members moved from Unassigned to a billing group, and back."""

from itertools import cycle
from pathlib import Path

from django.db import connection

from billing.operations import assign_members, create_billing_group

from .comparing import Row
from .place import BENCH, settle
from .slices import once

BARE = (Path(__file__).parent / "sql" / "bare_member.sql").read_text()
UPDATE = "UPDATE bare_member SET billing_group_id = %s WHERE id = ANY (%s)"
TABLES = ("members_member", "billing_assignment", "bare_member")


def rows(place):
    of = Handling(place)
    yield Row(
        "Handle half of all members, with history and audit",
        "bare UPDATE, with foreign keys",
        lambda seconds: of.slice(of.handle),
        lambda seconds: of.slice(of.update),
        3,
        timed=True,
        prepare=of.prepare,
    )


class Handling:
    """Each side moves the same members there and back, in turn."""

    def __init__(self, place):
        self.organization = place.organization
        self.half = list(range(place.first_member, place.first_member + place.members, 2))

    def prepare(self):
        """Nobody but this half is in Unassigned, and nobody yet where they go."""
        here = self.organization.billing_groups.unassigned()
        there = create_billing_group(actor=BENCH, organization=self.organization, name="Handled")
        elsewhere = self.organization.billing_groups.formal().earliest("pk")
        self.assign(elsewhere, here.members.all())
        self.assign(here, self.organization.members.filter(pk__in=self.half))
        with connection.cursor() as cursor:
            cursor.execute(BARE)
        self.moves = cycle([(here, there), (there, here)])
        self.targets = cycle([there, here])

    def assign(self, billing_group, members, expected=None):
        assign_members(actor=BENCH, billing_group=billing_group, members=members, expected=expected)

    def slice(self, work):
        settle(*TABLES)
        return once(work)

    def handle(self):
        source, target = next(self.moves)
        self.assign(target, source.members.all(), expected=len(self.half))

    def update(self):
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [next(self.targets).pk, self.half])
