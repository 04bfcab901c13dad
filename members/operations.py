"""What is done with members and their organization: here groups and billing groups meet."""

from copy import copy

from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation, require_number, require_unchanged
from billing.models import UNASSIGNED, BillingGroup
from billing.operations import lock_billing_group
from billing.periods import follow_calendar, follow_late_window, make_periods
from groups.models import GroupMembership

from .keys import revoke_keys_of
from .locks import end_invitations_of
from .models import Member, Organization
from .users import has_signed_in, user_of


class LastAdmin(Refused):
    code = "last_admin"
    message = _("This is the last admin. Make someone else an admin first.")


class MemberIsGone(Refused):
    code = "member_is_gone"
    message = _("This member was removed meanwhile.")


class AlreadyMember(Refused):
    code = "already_member"
    field = "email"
    is_already_there = True
    message = _("A member with this email already exists.")


@operation("OpenOrganization")
def open_organization(*, actor, name, slug, time_zone="UTC", period_start_day=1, opened_at=None):
    """Open an organization with its Unassigned billing group and its first period; returns it.

    `period_start_day` is 1 to 31, clamped to a month's last day. `opened_at` is the present;
    only the demo's history passes another time.
    """
    organization = Organization(
        name=name, slug=slug, time_zone=time_zone, period_start_day=period_start_day
    )
    organization.full_clean(validate_constraints=False)  # the database does
    organization.save()
    BillingGroup.objects.create(organization=organization, name=UNASSIGNED, is_unassigned=True)
    make_periods(organization, until=opened_at or timezone.now())
    return changed(organization, name=name, slug=slug, time_zone=time_zone)


@operation("EditOrganization")
def edit_organization(*, actor, organization, now=None, shown=None, **settings):
    """Change name, time zone, period start day, late window or default personal limit.

    The current period runs on to the first boundary of a new calendar; boundaries that have
    passed stay, and a final period stays final. Returns the organization. Raises Stale when
    other values than those in `shown` stand there now.
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    now = now or timezone.now()  # after the wait: a period may have ended or become final
    make_periods(organization, until=now)
    require_unchanged(organization, shown)
    before = {name: getattr(organization, name) for name in settings}
    for name, value in settings.items():
        setattr(organization, name, value)
    organization.full_clean()
    organization.save()
    follow_late_window(organization, now=now)
    follow_calendar(organization)
    return changed(
        organization, **{name: (before[name], value) for name, value in settings.items()}
    )


@operation("AddMember")
def add_member(
    *,
    actor,
    organization,
    name,
    email,
    role=Member.Role.MEMBER,
    billing_group=None,
    user=None,
    **limit,
):
    """Add a person, or revive the removed member of that email; returns the member.

    A revived member keeps id, history and usage; everything else is what is given now, else the
    defaults. `limit`: `personal_limit` (Credits) or `is_unlimited`. `user`: who signs in, where
    they have shown that the email is theirs. An invitation of the email ends. Raises
    AlreadyMember, BillingGroupIsGone.
    """
    organization.invitations.of_emails([email]).revoke(timezone.now())
    unassigned = organization.billing_groups.unassigned()
    place = lock_billing_group(billing_group) if billing_group else unassigned
    member = _of_email(organization, email)
    if member is None:
        member = Member(organization=organization, email=email)
    elif member.status != Member.Status.DELETED:
        raise AlreadyMember
    member.user = user or member.user or user_of(email)
    member.name, member.role = name, role
    member.status, member.deleted_at, member.joined_at = Member.Status.ENABLED, None, Now()
    member.billing_group = place
    member.personal_limit, member.is_unlimited = limit_or_default(organization, **limit)
    member.save()
    member.refresh_from_db()
    return changed(
        member,
        role=role,
        billing_group=place.pk,
        personal_limit=member.personal_limit,
        is_unlimited=member.is_unlimited,
    )


def _of_email(organization, email):
    same = organization.members.alias(in_lower_case=Lower("email"))
    return same.filter(in_lower_case=email.lower()).select_for_update(no_key=True).first()


def limit_or_default(organization, personal_limit=None, is_unlimited=None):
    """The personal limit that is given, else what new members have by default."""
    if personal_limit is None and is_unlimited is None:
        return organization.default_personal_limit, organization.default_is_unlimited
    return personal_limit, bool(is_unlimited)


@operation("EditMember")
def edit_member(*, actor, member, name, email, shown=None):
    """Correct the name and email of `member`; returns the member.

    Another email brings its own user, unless the one of the old email has signed in already: then
    only the organization's copy changes. Raises MemberIsGone, Stale, RuleBroken.
    """
    member.organization.invitations.of_emails([email]).revoke(timezone.now())
    member = _locked(member)
    require_unchanged(member, shown)
    before = copy(member)
    member.name, member.email = name, email
    another = email.lower() != before.email.lower()
    if another and member.user_id and not has_signed_in(member.user_id):
        member.user = user_of(email)
    if another:  # what an erasure would not find any more
        revoked = member.organization.invitations.exclude(revoked_at=None)
        revoked.of_emails([before.email]).delete()
    member.save(update_fields=["name", "email", "user"])
    return changed(member, **_edited(before, member))


@operation("SetPersonalLimit")
def set_personal_limit(*, actor, member, personal_limit=None, is_unlimited=False, shown=None):
    """Set what `member` may consume in each period: Credits, unlimited, or neither (not set).

    Raises MemberIsGone, or Stale when another limit than the one in `shown` stands there now.
    """
    member = _locked(member)
    require_unchanged(member, shown)
    before = (member.personal_limit, member.is_unlimited)
    member.personal_limit, member.is_unlimited = personal_limit, is_unlimited
    member.save(update_fields=["personal_limit", "is_unlimited"])
    return changed(
        member,
        personal_limit=(before[0], personal_limit),
        is_unlimited=(before[1], is_unlimited),
    )


@operation("SetPersonalLimit")
def set_personal_limits(
    *,
    actor,
    organization,
    members,
    personal_limit=None,
    is_unlimited=False,
    expected=None,
    chosen_by=None,
):
    """Set one personal limit for all `members`, a queryset; returns how many they are.

    `expected`: the number of members that the admin was shown; raises SelectionChanged.
    """
    ids = list(members.present().filter(organization=organization).held())
    require_number(expected, len(ids))
    limit = {"personal_limit": personal_limit, "is_unlimited": is_unlimited}
    organization.members.among(ids).update(**limit)
    return changed(organization, result=len(ids), members=ids, chosen_by=chosen_by or {}, **limit)


@operation("ChangeMemberRole")
def change_role(*, actor, member, role, shown=None):
    """Make `member` an admin or no longer one. Raises LastAdmin, MemberIsGone, Stale."""
    member = _locked_beside_admins(member, leaves_admins=role != Member.Role.ADMIN)
    require_unchanged(member, shown)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    return changed(member, role=(before, role))


@operation("DisableMember")
def disable_member(*, actor, member):
    """Keep `member` from Credits and console; groups, billing group and limit stay.

    Raises LastAdmin, MemberIsGone.
    """
    member = _locked_beside_admins(member, leaves_admins=True)
    before, member.status = member.status, Member.Status.DISABLED
    member.save(update_fields=["status"])
    return changed(member, status=(before, member.status))


@operation("EnableMember")
def enable_member(*, actor, member):
    """Let a disabled member in again. Raises MemberIsGone."""
    member = _locked(member)
    before, member.status = member.status, Member.Status.ENABLED
    member.save(update_fields=["status"])
    return changed(member, status=(before, member.status))


@operation("RemoveMember")
def remove_member(*, actor, member):
    """Remove `member`: out of all groups, back to Unassigned, no entry, their API keys revoked.

    Usage and records stay; no invitation of their email is left. Raises LastAdmin, MemberIsGone.
    """
    end_invitations_of(member)
    member = _locked_beside_admins(member, leaves_admins=True)
    before = (member.status, member.billing_group_id)
    keys = revoke_keys_of(member)
    groups, _rows = GroupMembership.objects.filter(member=member).delete()
    member.billing_group = member.organization.billing_groups.unassigned()
    member.status, member.deleted_at = Member.Status.DELETED, timezone.now()
    member.save(update_fields=["billing_group", "status", "deleted_at"])
    return changed(
        member,
        status=(before[0], member.status),
        billing_group=(before[1], member.billing_group_id),
        groups_left=groups,
        api_keys_revoked=keys,
    )


@operation("UpdateMember")
def update_member(*, actor, member, name=None, email=None, role=None, status=None):
    """Change what is given about `member`, all of it or nothing; returns the member.

    `status`: ENABLED or DISABLED. Raises LastAdmin, MemberIsGone, RuleBroken.
    """
    end_invitations_of(member, email)
    before = _locked_beside_admins(member, leaves_admins=False)
    if role is not None:
        change_role(actor=actor, member=member, role=role)
    if status is not None:
        turn = enable_member if status == Member.Status.ENABLED else disable_member
        turn(actor=actor, member=member)
    if name is not None or email is not None:
        identity = {"name": name or before.name, "email": email or before.email}
        edit_member(actor=actor, member=member, **identity)
    after = Member.objects.get(pk=member.pk)
    ranks = {"role": (before.role, after.role), "status": (before.status, after.status)}
    return changed(after, **ranks, **_edited(before, after))


def _edited(before, after):
    """Of name and email only that they are others now: an entry names nobody."""
    fields = ("name", "email")
    return {field: True for field in fields if getattr(before, field) != getattr(after, field)}


def _locked(member):
    try:
        return (
            member.organization.members.present().select_for_update(no_key=True).get(pk=member.pk)
        )
    except Member.DoesNotExist:
        raise MemberIsGone from None


def _locked_beside_admins(member, *, leaves_admins):
    """Lock the organization first, so that of two last admins only one can go."""
    Organization.objects.select_for_update(no_key=True).get(pk=member.organization_id)
    member = _locked(member)
    if leaves_admins and member.is_admin:
        others = member.organization.members.admins().exclude(pk=member.pk)
        if not others.exists():
            raise LastAdmin
    return member
