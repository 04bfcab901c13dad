"""Where it is measured: one large organization, loaded in bulk."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from audit.operations import command
from billing.periods import current_period
from members.keys import create_api_key
from members.models import Member, Organization, User
from members.operations import add_member, open_organization

LOAD = (Path(__file__).parent / "sql" / "load.sql").read_text()
BENCH = command("bench")


@dataclass(frozen=True, slots=True)
class Place:
    """Member `first_member` + n is in billing group `first_group` + n modulo `groups`."""

    organization: Organization
    period: int
    first_group: int
    groups: int
    first_member: int
    members: int
    admin: User
    secret: str

    @property
    def spread(self):
        """All members, as the scripts of pgbench choose among them."""
        return {**self._names, "step": 1, "choices": self.members}

    @property
    def one_group(self):
        """The members of the first billing group, which has a limit."""
        return {**self._names, "step": self.groups, "choices": self.members // self.groups}

    def shared_by(self, callers):
        """As many members for each of the callers, none of them in common."""
        return {**self._names, "choices": self.members // callers}

    @property
    def group_names(self):
        """The names of the billing groups, in the order of their ids."""
        groups = self.organization.billing_groups.formal().order_by("pk")
        return list(groups.values_list("name", flat=True))

    @property
    def _names(self):
        names = ("period", "first_group", "groups", "first_member")
        return {"organization": self.organization.pk} | {n: getattr(self, n) for n in names}


def load(members, records_each):
    """An organization of so many members, with a hundredth of that in billing groups."""
    organization = open_organization(actor=BENCH, name="Benchmark", slug="benchmark")
    period, groups = current_period(organization).pk, members // 100
    with connection.cursor() as cursor:
        cursor.execute(
            LOAD,
            {
                "organization": organization.pk,
                "period": period,
                "groups": groups,
                "members": members,
                "records_each": records_each,
            },
        )
    settle()
    first_group = organization.billing_groups.formal().order_by("pk").first().pk
    first_member = organization.members.order_by("pk").first().pk
    admin = admin_of(organization)
    secret = key_of(admin).secret
    return Place(
        organization, period, first_group, groups, first_member, members, admin.user, secret
    )


def admin_of(organization):
    """An admin who is support staff too, and has a second factor, as support must."""
    admin = add_member(
        actor=BENCH,
        organization=organization,
        name="Admin",
        email="admin@example.test",
        role=Member.Role.ADMIN,
    )
    User.objects.filter(pk=admin.user_id).update(is_staff=True)
    Authenticator.objects.create(user=admin.user, type=Authenticator.Type.TOTP, data={})
    return admin


def key_of(admin):
    return create_api_key(
        actor=BENCH,
        maker=admin,
        name="Gateway",
        scopes=["usage"],
        expires_at=timezone.now() + timedelta(days=1),
    )


def settle(*tables):
    """No slice pays for what was written before it, to these tables or to any."""
    with connection.cursor() as cursor:
        for statement in (f"VACUUM (ANALYZE) {', '.join(tables)}", "CHECKPOINT"):
            cursor.execute(statement)
