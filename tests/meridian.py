"""The large organization of the demo, as a place where all pages and operations work."""

from uuid import uuid4

from billing.limits import closed_groups
from billing.periods import all_periods
from members.models import Member, Organization
from members.operations import add_member

from .factories import TESTS, invite, new_key, send_members
from .views import Place


class Meridian(Place):
    """Its first group and the larger of its billing groups; people who are as a Place says."""

    def __init__(self):
        self.organization = Organization.objects.get(slug="meridian")
        members = self.organization.members.order_by("pk")
        self.admin = members.get(email="admin@meridian.example")
        self.other_admin = self._other_admin()
        self.team = self.organization.groups.earliest("pk")
        self.group = self.organization.billing_groups.formal().filter(period_limit=None).first()
        free = members.enabled().filter(role="org_member", billing_group__is_unassigned=True)
        self.mate = free.filter(groups=self.team).first()
        self.member = free.exclude(groups=self.team).exclude(usage_totals=None).first()
        self.payer = members.enabled().filter(billing_group=self.group).first()
        self.idle = members.filter(status="DISABLED").first()
        self.secret = (made := new_key(self.admin)).secret
        self.key = made.key
        self.sent = send_members(self.admin, "Email,Name\nsent@example.com,Sent")
        self.invitation = invite(self.admin, f"{uuid4()}@meridian.example")[0].invitation
        self.current, self.past = all_periods(self.organization)[:2]

    @property
    def closed(self):
        """Billing groups of which nobody uses Credits, none in a small place."""
        groups = self.organization.billing_groups
        return groups.filter(pk__in=closed_groups(self.current)).order_by("pk")

    @property
    def oldest(self):
        """An entry near the end of the audit log."""
        return self.organization.audit_entries.order_by("at", "id")[60]

    def _other_admin(self):
        others = self.organization.members.admins().exclude(pk=self.admin.pk)
        return others.first() or add_member(
            actor=TESTS,
            organization=self.organization,
            name="Other",
            email="other@meridian.example",
            role=Member.Role.ADMIN,
        )
