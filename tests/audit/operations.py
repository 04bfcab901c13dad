"""Every operation: how it is done once at a Place, and what is recorded beside operations."""

import ast
from decimal import Decimal
from pathlib import Path

from allauth.mfa.models import Authenticator

from audit.exports import export_audit_log
from billing import exports as billing_exports
from billing import metering
from billing import operations as billing
from billing.exports import Scope
from groups import operations as groups
from members import exports as member_exports
from members import invitations, keys, personal_data
from members import operations as members
from members.accepting import accept_invitation
from members.imports import operations as imports
from members.imports.lines import MembersFile
from members.management.commands.create_admin import make_admin
from members.models import Member
from members.sessions import end_sessions, reset_second_factor
from tests.factories import TESTS

ROOT = Path(__file__).parents[2]
APPS = ("audit", "billing", "config", "groups", "members")
FILE = b"Email,Name\ntyped@example.com,Typed"


def with_app(member):
    """The member, whose person has an authenticator app."""
    app = {"user": member.user, "type": Authenticator.Type.TOTP}
    Authenticator.objects.get_or_create(**app, defaults={"data": {}})
    return member


def only(member):
    return Member.objects.filter(pk=member.pk)


def in_organization(**more):
    return lambda place: {"organization": place.organization, **more}


def with_member(**more):
    return lambda place: {"member": place.member, **more}


def with_team(**more):
    return lambda place: {"group": place.team, **more}


def with_billing_group(**more):
    return lambda place: {"billing_group": place.group, **more}


def adjustment(place):
    return {
        "member": place.member,
        "billing_group": place.group,
        "period": place.current,
        "credits": Decimal(12),
        "reason": "Never arrived",
        "event_id": "mend-1",
    }


DONE = [
    (members.open_organization, lambda place: {"name": "New", "slug": "new"}),
    (members.edit_organization, in_organization(period_start_day=9)),
    (members.add_member, in_organization(name="Ada", email="ada@example.com")),
    (members.edit_member, with_member(name="Grace", email="grace@example.com")),
    (members.set_personal_limit, with_member(personal_limit=1)),
    (members.set_personal_limits, lambda p: {**org(p), "members": only(p.mate)}),
    (members.change_role, with_member(role="org_admin")),
    (members.disable_member, with_member()),
    (members.enable_member, lambda place: {"member": place.idle}),
    (members.remove_member, with_member()),
    (members.update_member, with_member(status="DISABLED")),
    (imports.upload_members, lambda p: {**org(p), "importer": p.admin, **sent_file()}),
    (imports.import_members, lambda p: {**org(p), "sent": p.sent, "digest": p.sent.digest}),
    (
        member_exports.export_members,
        lambda p: {
            **org(p),
            "members": p.organization.members.order_by("pk"),
            "period": p.current,
            "chosen_by": {"q": "a"},
        },
    ),
    (invitations.invite_members, lambda p: {**by_admin(p), "emails": ["new@example.com"]}),
    (invitations.resend_invitations, lambda p: {**by_admin(p), **invited(p)}),
    (invitations.revoke_invitations, lambda p: {**org(p), **invited(p)}),
    (accept_invitation, lambda p: {"invitation": p.invitation, "name": "New", "password": "x"}),
    (personal_data.export_personal_data, with_member()),
    (end_sessions, with_member()),
    (reset_second_factor, lambda p: {"member": with_app(p.member), "reason": "Lost"}),
    (personal_data.erase_member, lambda place: {"member": place.idle}),
    (make_admin, lambda p: {**org(p), "member": p.member, **nobody()}),
    (keys.create_api_key, lambda p: {"maker": p.admin, "name": "New", **of_key(p)}),
    (keys.revoke_api_key, lambda p: {"key": p.key}),
    (groups.create_group, in_organization(name="New")),
    (groups.edit_group, with_team(name="New")),
    (groups.delete_group, with_team()),
    (groups.add_group_members, lambda p: {"group": p.team, "members": only(p.member)}),
    (groups.remove_group_members, lambda p: {"group": p.team, "members": only(p.mate)}),
    (billing.create_billing_group, in_organization(name="New")),
    (billing.edit_billing_group, with_billing_group(name="New")),
    (billing.set_period_limit, with_billing_group(credits=1)),
    (billing.delete_billing_group, with_billing_group()),
    (billing.assign_members, lambda p: {"billing_group": p.group, "members": only(p.member)}),
    (billing.unassign_members, lambda p: {"billing_group": p.group, "members": only(p.payer)}),
    (
        billing.assign_to_new_billing_group,
        lambda p: {**org(p), "name": "New", "members": only(p.member)},
    ),
    (billing_exports.export_csv, lambda p: {**org(p), "scope": Scope(p.current, p.group)}),
    (metering.adjust_usage, adjustment),
    (
        export_audit_log,
        lambda p: {**org(p), "entries": p.organization.audit_entries.all(), "chosen_by": {}},
    ),
]


def org(place):
    return {"organization": place.organization}


def by_admin(place):
    return {**org(place), "inviter": place.admin}


def invited(place):
    return {"invitations": place.organization.invitations.filter(pk=place.invitation.pk)}


def sent_file():
    return {"name": "typed.csv", "content": FILE, "file": MembersFile(FILE)}


def nobody():
    return {"email": "", "name": "", "password": None}


def of_key(place):
    return {"scopes": ["read"], "expires_at": place.current.ends_at}


def perform(verb, arguments, place, **more):
    """Do it, and close the file that an export gives."""
    result = verb(actor=TESTS, **{**arguments(place), **more})
    if hasattr(result, "close"):
        result.close()


def declared():
    """The functions of the code that are declared as operations, by name, with their events."""
    return {
        node.name: decorator.args[0].value
        for node in nodes()
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if called(decorator) == "operation"
    }


def recorded():
    """The events of entries that are written beside operations."""
    return {
        node.args[1].value
        for node in nodes()
        if called(node) == "record" and isinstance(node.args[1], ast.Constant)
    }


def refusals():
    """The codes of what refuses an operation."""
    return {
        statement.value.value
        for node in nodes()
        if isinstance(node, ast.ClassDef) and "Refused" in {each.id for each in names(node.bases)}
        for statement in node.body
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "code"
    }


def names(bases):
    return [each for each in bases if isinstance(each, ast.Name)]


def called(node):
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def nodes():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield from ast.walk(ast.parse(path.read_text()))
