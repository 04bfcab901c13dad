"""What an organization has of what a file of members names: a few queries, whatever its length.

None of them joins: in an organization that has just grown a planner that takes it for small would
compare all with all.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models.functions import Lower

from groups.models import GroupMembership
from members.arrays import any_of
from members.models import Member, User

KEYS = "SELECT lower(email) FROM unnest(%s::text[]) AS line (email)"


@dataclass(frozen=True, slots=True)
class Person:
    """The member of an email, with an id; or somebody new, without one."""

    pk: int | None = None
    status: str = Member.Status.ENABLED
    name: str = ""
    role: str = Member.Role.MEMBER
    billing_group: int | None = None
    personal_limit: Decimal | None = None
    is_unlimited: bool = False

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


NOBODY = Person()


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
    """What the `organization` has of what the `lines` name; `lock`: nobody changes it meanwhile.

    Locks billing groups, groups, then members, each in the order of their ids.
    """

    def __init__(self, organization, lines, lock=False):
        if lock:
            _lock(organization.billing_groups.alive(), {line.billing_group for line in lines})
            _lock(organization.groups, {name for line in lines for name in line.groups})
        self.organization = organization
        self.unassigned = organization.billing_groups.unassigned().pk
        self.billing_groups = Names(organization.billing_groups.alive())
        self.groups = Names(organization.groups)
        self.keys = _keys({line.email for line in lines} - {None})
        self.people = self._people(lock)
        self.taken = self._taken()
        self.memberships = self._memberships(lines)

    def person(self, line):
        return self.people.get(self.keys[line.email], NOBODY)

    def _people(self, lock):
        """Persons by the keys of their emails."""
        members = self.organization.members.annotate(key=Lower("email")).order_by("pk")
        members = members.filter(any_of("key", list(self.keys.values())))
        if lock:
            members = members.select_for_update(no_key=True, of=("self",))
        columns = ("pk", "status", "name", "role", "billing_group", "personal_limit")
        rows = members.values_list("key", *columns, "is_unlimited")
        return {key: Person(*values) for key, *values in rows}

    def _taken(self):
        """The keys of those who sign in with an email, and are members by another one."""
        new = [key for key in self.keys.values() if key not in self.people]
        users = User.objects.filter(any_of("email", new))
        emails = dict(users.values_list("pk", "email"))
        taken = self.organization.members.filter(any_of("user", list(emails)))
        return {emails[pk] for pk in taken.values_list("user", flat=True)}

    def _memberships(self, lines):
        """Who is in a group that the lines name, as (group id, member id)."""
        named = {self.groups.find(name) for line in lines for name in line.groups} - {None}
        members = [person.pk for person in self.people.values() if person.is_present]
        rows = GroupMembership.objects.filter(group__in=named)
        rows = rows.filter(any_of("member", members))
        return set(rows.values_list("group_id", "member_id"))


def _lock(records, names):
    lowered = {name.lower() for name in names if name}
    found = records.alias(in_lower_case=Lower("name")).filter(in_lower_case__in=lowered)
    list(found.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _keys(emails):
    """Emails as the database compares them, by emails as they are written."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [list(emails)])
        return {email: key for email, (key,) in zip(emails, cursor.fetchall(), strict=True)}
