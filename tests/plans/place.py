"""Twenty organizations of equal size in a database of their own."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from billing.periods import all_periods
from members.demo import names
from members.models import Member, Organization

from ..factories import MemberFactory, OrganizationFactory, new_key
from ..sql import run
from ..views import Place

LOAD = (Path(__file__).parent / "load.sql").read_text()
ORGANIZATIONS = 20
SIZES = {
    "organizations": ORGANIZATIONS,
    "members": 2_000,
    "billing_groups": 300,
    "groups": 300,
    "records": 3,
    "entries": 8_000,
    "invitations": 400,
    "keys": 20,
    "lines": 1_000,
}


@contextmanager
def database_of_its_own():
    """A copy of the tests' database to fill; what others have is not touched."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_plans"
    template = connection.ops.quote_name(before)
    with connection._nodb_cursor() as cursor:
        connection.close()
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE {template}")
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")


def load():
    for _ in range(ORGANIZATIONS):
        organization = OrganizationFactory(opened_at=timezone.now() - timedelta(days=70))
        all_periods(organization)
        MemberFactory(organization=organization, role=Member.Role.ADMIN)
    people = [name for kind in (names.latin, names.chinese, names.japanese) for name, _ in kind()]
    with connection.cursor() as cursor:
        cursor.execute(LOAD, {"names": people, **SIZES})
    run("VACUUM ANALYZE")


class Plenty(Place):
    """One of the organizations, and what of it addresses name."""

    def __init__(self):
        here = self.organization = Organization.objects.order_by("pk")[7]
        admins = here.members.admins().order_by("pk")
        self.admin, self.other_admin = admins[0], admins[4]
        present = here.members.enabled().filter(role=Member.Role.MEMBER).order_by("pk")
        self.member = present.filter(billing_group__is_unassigned=True)[50]
        self.idle = here.members.filter(status=Member.Status.DISABLED)[5]
        self.group = here.billing_groups.formal().order_by("pk")[1]
        self.payer = present.filter(billing_group=self.group)[10]
        self.team = here.groups.order_by("pk")[1]
        self.mate = self.team.members.order_by("pk")[5]
        self.secret = new_key(self.admin).secret
        self.key = here.api_keys.first()
        self.sent = here.member_imports.get()
        self.invitation = here.invitations.pending().order_by("pk")[100]
        self.current, self.past = all_periods(here)[:2]

    @property
    def named(self):
        """What stands in addresses, by name."""
        entries = self.organization.audit_entries.order_by("at").values_list("pk", flat=True)
        oldest, middle, newest = (entries[n] for n in (0, 4_000, 8_000))
        then = timezone.now() - timedelta(days=40)
        records = ("admin", "other_admin", "member", "payer", "group", "team", "key")
        return {
            **{name: getattr(self, name).pk for name in records},
            "organization": self.organization.pk,
            "period": self.current.pk,
            "email": self.member.email.upper(),
            "last": self.past.first_day,
            "day": then.date(),
            "then": f"{then:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{self.past.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "oldest": oldest,
            "middle": middle,
            "newest": newest,
        }
