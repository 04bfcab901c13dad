"""The pages under /o/<slug>/, what each is asked for with, and a place where all of them work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from billing.periods import all_periods
from groups.models import GroupMembership
from groups.operations import add_group_members
from members.models import Member, Organization
from members.operations import disable_member

from .factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    invite,
    new_key,
    send_members,
)
from .pages import today


@dataclass(frozen=True)
class View:
    """What a page is asked for with.

    `region` can be asked for alone; `of`: whose id its address holds; `asks`: the query of its
    address; `sends`: what its form holds besides its
    period; `shows_result`: the answer to it is a page;
    `downloads`: it is a file.
    """

    region: str = ""
    of: str = ""
    asks: Callable | None = None
    sends: Callable | None = None
    shows_result: bool = False
    downloads: bool = False
    answers: int = 200
    only_admins: bool = True


def nothing(place):
    return {}


def members_of_group(place):
    return {"expected": place.group.members.count()}


def members_of_team(place):
    return {"expected": place.team.memberships.count()}


def a_name(place):
    return {"name": "Typed by hand", "description": "And explained"}


def a_limit(place):
    return {"limit": "1,234.5"}


def a_personal_limit(place):
    return {"kind": "amount", "amount": "1,234.5"}


def a_billing_group(place):
    return {"billing_group": place.group.pk}


def a_choice(place):
    return {"billing_group": place.group.pk, "member": [place.member.pk]}


def an_identity(place):
    return {"name": "Typed by hand", "email": "typed@example.com"}


def a_person(place):
    return {
        "name": "Typed by hand",
        "email": "typed@example.com",
        "role": "org_member",
        "billing_group": place.group.pk,
        "kind": "default",
    }


def an_adjustment(place):
    return {
        "event_id": "typed-by-hand",
        "mended": all_periods(place.organization)[0].pk,
        "billing_group": place.group.pk,
        "credits": "12.5",
        "reason": "Typed by hand",
    }


def a_role(place):
    return {"role": "org_admin"}


def a_team(place):
    return {"group": place.team.pk}


def a_key(place):
    return {"name": "Typed by hand", "scopes": ["read"], "days": "90"}


def settings(place):
    return {
        "name": "Typed by hand",
        "time_zone": "Asia/Tokyo",
        "period_start_day": "15",
        "late_usage_hours": "48",
        "kind": "unlimited",
        "seen": "Asia/Tokyo 15",
    }


def a_file(place):
    return {"file": SimpleUploadedFile("typed.csv", b"Email,Name\ntyped@example.com,Typed")}


def what_was_shown(place):
    return {"digest": place.sent.digest}


def emails(place):
    """One on each line."""
    return {
        "emails": "typed@example.com\ntoo@example.com",
        "role": "org_admin",
        "billing_group": place.group.pk,
        "kind": "unlimited",
        "groups": [place.team.pk],
    }


def an_invitation(place):
    return f"?invitation={place.invitation.pk}"


def a_mate(place):
    return f"?member={place.mate.pk}"


def a_payer(place):
    return f"?member={place.payer.pk}"


def a_member(place):
    return f"?member={place.member.pk}"


VIEWS = {
    "organization": View(answers=302, only_admins=False),
    "me": View(only_admins=False),
    "my-data": View(only_admins=False, downloads=True),
    "settings": View(region="period-preview", sends=settings),
    "api-keys:list": View(),
    "api-keys:create": View(sends=a_key, shows_result=True),
    "api-keys:revoke": View(of="key", sends=nothing),
    "audit:list": View(region="entries"),
    "audit:export": View(downloads=True),
    "members:list": View(region="members"),
    "members:add": View(sends=a_person),
    "members:invite": View(sends=emails),
    "members:invitations": View(region="invitations"),
    "members:resend-invitations": View(asks=an_invitation, sends=nothing),
    "members:revoke-invitations": View(asks=an_invitation, sends=nothing),
    "members:bulk-assign": View(asks=a_mate, sends=a_billing_group),
    "members:bulk-limit": View(asks=a_mate, sends=a_personal_limit),
    "members:bulk-add-to-group": View(asks=a_member, sends=a_team),
    "members:import": View(sends=a_file),
    "members:dry-run": View(region="verdicts", of="sent", sends=what_was_shown),
    "members:import-refused": View(of="sent", downloads=True),
    "members:export": View(downloads=True),
    "members:detail": View(region="member", of="member"),
    "members:edit": View(of="member", sends=an_identity),
    "members:assign": View(of="member", sends=a_billing_group),
    "members:limit": View(of="member", sends=a_personal_limit),
    "members:role": View(of="member", sends=a_role),
    "members:disable": View(of="member", sends=nothing),
    "members:enable": View(of="idle", sends=nothing),
    "members:remove": View(of="member", sends=nothing),
    "members:adjust": View(of="member", sends=an_adjustment),
    "members:data": View(of="member", downloads=True),
    "members:erase": View(of="idle", sends=nothing),
    "billing:list": View(region="billing-groups"),
    "billing:create": View(sends=a_name),
    "billing:days": View(region="days"),
    "billing:group-days": View(region="group-days", of="group"),
    "billing:export": View(region="export-preview"),
    "billing:download": View(downloads=True),
    "billing:handle": View(region="picker", sends=a_choice),
    "billing:detail": View(region="group-members", of="group"),
    "billing:edit": View(of="group", sends=a_name),
    "billing:limit": View(region="limit-preview", of="group", sends=a_limit),
    "billing:assign": View(region="picker", of="group", sends=a_choice),
    "billing:remove": View(of="group", asks=a_payer, sends=nothing),
    "billing:delete": View(of="group", sends=members_of_group),
    "groups:list": View(region="groups"),
    "groups:create": View(sends=a_name),
    "groups:detail": View(region="group-members", of="team"),
    "groups:edit": View(of="team", sends=a_name),
    "groups:delete": View(of="team", sends=members_of_team),
    "groups:add": View(region="picker", of="team", sends=a_choice),
    "groups:remove": View(of="team", asks=a_mate, sends=nothing),
}


class Place:
    """An organization with a past, a member in Unassigned, a billing group, a team and its mate."""

    def __init__(self):
        self.organization = OrganizationFactory(opened_at=timezone.now() - timedelta(days=70))
        self.admin, self.other_admin = MemberFactory.create_batch(
            2, organization=self.organization, role=Member.Role.ADMIN
        )
        self.member, self.mate = MemberFactory.create_batch(2, organization=self.organization)
        self.idle = MemberFactory(organization=self.organization)
        disable_member(actor=TESTS, member=self.idle)
        self.group = BillingGroupFactory(organization=self.organization)
        self.payer = MemberFactory(organization=self.organization, billing_group=self.group)
        self.team = GroupFactory(organization=self.organization)
        mate = Member.objects.filter(pk=self.mate.pk)
        add_group_members(actor=TESTS, group=self.team, members=mate)
        self.key = new_key(self.admin).key
        self.sent = send_members(self.admin, "Email,Name\nsent@example.com,Sent")
        self.invitation = invite(self.admin)[0].invitation
        self.current, self.past = all_periods(self.organization)[:2]

    def url(self, name, of=None):
        ids = [getattr(of or self, VIEWS[name].of).pk] if VIEWS[name].of else []
        address = reverse(name, args=[self.organization.slug, *ids])
        return address + VIEWS[name].asks(self) if VIEWS[name].asks else address

    def sends(self, name, period=None):
        return {**VIEWS[name].sends(self), "period": period or today(self.organization)}

    @property
    def records(self):
        """Everything that a form could have changed."""
        here = self.organization
        kinds = (
            here.billing_groups,
            here.members,
            here.groups,
            here.usage_records,
            here.member_imports,
            here.invitations,
            GroupMembership.objects,
            Organization.objects.filter(pk=here.pk),
        )
        keys = here.api_keys.order_by("pk").values("pk", "name", "revoked_at")  # not their use
        return [list(keys), *(list(kind.order_by("pk").values()) for kind in kinds)]

    @property
    def entries(self):
        """Outcomes of what members did, oldest first."""
        entries = self.organization.audit_entries.filter(actor_kind=AuditEntry.ActorKind.USER)
        return list(entries.order_by("id").values_list("outcome", flat=True))
