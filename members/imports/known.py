"""What an organization has of what a file of members names: a few queries, whatever its length."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models.functions import Lower

from groups.models import GroupMembership
from members.models import Member

SQL = Path(__file__).parents[1] / "sql"
LOCK = (SQL / "import_lock.sql").read_text()
PEOPLE = (SQL / "import_people.sql").read_text()


@dataclass(frozen=True, slots=True)
class Person:
    """The member of an email, with an id; or somebody new, without one.

    `key`: the email as the database compares it; `is_taken`: who signs in with this email is a
    member already, by another one.
    """

    key: str
    is_taken: bool
    pk: int | None
    status: str | None
    name: str | None
    role: str | None
    billing_group: int | None
    personal_limit: Decimal | None
    is_unlimited: bool | None

    @property
    def is_present(self):
        return self.pk is not None and self.status != Member.Status.DELETED

    @property
    def is_admin(self):
        """Whether they could be made less than an admin: disabled ones too."""
        return self.is_present and self.role == Member.Role.ADMIN

    @property
    def limit(self):
        return self.personal_limit, self.is_unlimited


class Names:
    """The ids of records by their names, whatever their case."""

    def __init__(self, records):
        self.by_id = dict(records.values_list("pk", "name"))
        exact = {name: pk for pk, name in self.by_id.items()}
        self.ids = {name.lower(): pk for name, pk in exact.items()} | exact

    def find(self, name):
        """The id, or None."""
        return self.ids.get(name) or self.ids.get(name.lower())


class Known:
    """What the `organization` has of what the `lines` name."""

    def __init__(self, organization, lines):
        self.organization = organization
        self.unassigned = organization.billing_groups.unassigned().pk
        self.billing_groups = Names(organization.billing_groups.alive())
        self.groups = Names(organization.groups)
        emails = [line.email for line in lines if line.email]
        self.people = [Person(*row) for row in _run(PEOPLE, organization, emails)]
        self.memberships = self._memberships(lines)

    def _memberships(self, lines):
        """Who is in a group that the lines name, as (group id, member id)."""
        named = {self.groups.find(name) for line in lines for name in line.groups} - {None}
        if not named:
            return set()
        members = [person.pk for person in self.people if person.is_present]
        rows = GroupMembership.objects.filter(group__in=named, member__in=members)
        return set(rows.values_list("group_id", "member_id"))


def lock_named(organization, lines):
    """Lock what the `lines` name: billing groups, groups and members, each in the order of ids."""
    places = {line.billing_group.lower() for line in lines if line.billing_group}
    groups = {name.lower() for line in lines for name in line.groups}
    _lock(organization.billing_groups.alive(), places)
    _lock(organization.groups, groups)
    _run(LOCK, organization, [line.email for line in lines if line.email])


def _lock(records, names):
    if names:
        found = records.alias(in_lower_case=Lower("name")).filter(in_lower_case__in=names)
        list(found.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _run(sql, organization, emails):
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": organization.pk, "emails": emails})
        return cursor.fetchall()
