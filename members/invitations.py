"""Invitations: how an admin makes, renews and ends them.

The organization is locked first, so that nobody invites while their admin is demoted; then
invitations, billing group and groups.
"""

import secrets
from dataclasses import dataclass

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation
from billing.operations import lock_billing_group
from groups.operations import GroupIsGone

from .models import OPEN_FOR, Invitation, InvitationGroup, Member, Organization, digest_of
from .operations import limit_or_default
from .text import listed

FEW = 10


class InviterIsNoAdmin(Refused):
    code = "inviter_is_no_admin"
    message = _("Only an enabled admin can invite.")


class InvitationIsGone(Refused):
    code = "invitation_is_gone"
    message = _("This invitation does not exist or is no longer open.")


class CannotInvite(Refused):
    """Some of the emails are those of present members, or invited already."""

    code = "cannot_invite"
    field = "emails"

    def __init__(self, members, invitations):
        here = ngettext(
            "A member here already: %(emails)s.", "Members here already: %(emails)s.", len(members)
        )
        invited = gettext("Invited already: %(emails)s.")
        sentences = _few(members, here), _few(invitations, invited)
        super().__init__(
            " ".join(filter(None, sentences)),
            members=[each.pk for each in members],
            invitations=[each.pk for each in invitations],
        )


@dataclass(frozen=True, slots=True)
class NewLink:
    """An invitation and the secret of its link, which is known only now."""

    invitation: Invitation
    secret: str


@operation("InviteMembers")
def invite_members(
    *,
    actor,
    organization,
    inviter,
    emails,
    role=Member.Role.MEMBER,
    billing_group=None,
    groups=(),
    invited_at=None,
    **limit,
):
    """Invite each of `emails`, or nobody; returns a NewLink each, to be sent once this is done.

    They are open for 7 days, as long as `inviter` is an enabled admin. `limit`: `personal_limit`
    (Credits) or `is_unlimited`, else the default of now. One that can no longer be accepted gives
    way. `invited_at` is the present; only the demo passes another time. Raises InviterIsNoAdmin,
    CannotInvite, BillingGroupIsGone, GroupIsGone.
    """
    organization, inviter = _locked(organization, inviter)
    now = invited_at or timezone.now()
    _require_new(organization, emails, now)
    replaced = organization.invitations.of_emails(emails).revoke(now)
    unassigned = organization.billing_groups.unassigned()
    place = lock_billing_group(billing_group) if billing_group else unassigned
    groups = _locked_groups(organization, groups)
    personal_limit, is_unlimited = limit_or_default(organization, **limit)
    given = {
        "role": role,
        "billing_group": place,
        "personal_limit": personal_limit,
        "is_unlimited": is_unlimited,
    }
    links = [_new_link(organization, inviter, email, now, given) for email in emails]
    made = Invitation.objects.bulk_create(link.invitation for link in links)
    InvitationGroup.objects.bulk_create(
        InvitationGroup(organization=organization, invitation=invitation, group=group)
        for invitation in made
        for group in groups
    )
    return changed(
        organization,
        result=links,
        invitations=[each.pk for each in made],
        groups=[group.pk for group in groups],
        replaced=replaced,
        **given,
    )


@operation("ResendInvitations")
def resend_invitations(*, actor, organization, inviter, invitations):
    """Renew `invitations`, a queryset: a new secret and 7 days, now in the name of `inviter`.

    Returns a NewLink each, to be sent once this is done; those that have ended are left out.
    Raises InviterIsNoAdmin, or InvitationIsGone if all have.
    """
    organization, inviter = _locked(organization, inviter)
    now, links = timezone.now(), []
    for invitation in _locked_pending(organization, invitations):
        invitation.organization, invitation.invited_by = organization, inviter
        links.append(_renewed(invitation, now))
    renewed = [link.invitation for link in links]
    names = ["invited_by", "digest", "expires_at", "sent_at"]
    Invitation.objects.bulk_update(renewed, names)
    return changed(organization, result=links, invitations=[each.pk for each in renewed])


@operation("RevokeInvitations")
def revoke_invitations(*, actor, organization, invitations):
    """End `invitations`, a queryset, for ever: their links open nothing. Returns how many.

    Raises InvitationIsGone if all have ended already.
    """
    pending = organization.invitations.filter(pk__in=invitations.values("pk"))
    ids = pending.revoke(timezone.now())
    if not ids:
        raise InvitationIsGone
    return changed(organization, result=len(ids), invitations=ids)


def open_invitation(secret):
    """The invitation that the link with `secret` opens now; None if there is none."""
    if not (secret.isascii() and secret.isprintable()):
        return None
    found = Invitation.objects.open(timezone.now()).filter(digest=digest_of(secret))
    return found.select_related("organization", "invited_by").first()


def _locked(organization, inviter):
    """The organization and its enabled admin, who stays one until this is done."""
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    try:
        return organization, organization.members.admins().get(pk=inviter.pk)
    except Member.DoesNotExist:
        raise InviterIsNoAdmin from None


def _require_new(organization, emails, now):
    keys = [email.lower() for email in emails]
    present = organization.members.present().alias(in_lower_case=Lower("email"))
    members = list(present.filter(in_lower_case__in=keys).order_by("email"))
    invited = list(organization.invitations.open(now).of_emails(emails).order_by("email"))
    if members or invited:
        raise CannotInvite(members, invited)


def _few(people, sentence):
    """The sentence with the first of the emails; nothing where there are none."""
    emails = [each.email for each in people[:FEW]] + (["…"] if len(people) > FEW else [])
    return sentence % {"emails": listed(emails)} if people else ""


def _locked_groups(organization, groups):
    wanted = {group.pk for group in groups}
    found = organization.groups.filter(pk__in=wanted).order_by("pk")
    locked = list(found.select_for_update(no_key=True))
    if len(locked) < len(wanted):
        raise GroupIsGone
    return locked


def _locked_pending(organization, invitations):
    pending = organization.invitations.pending().filter(pk__in=invitations.values("pk"))
    locked = list(pending.locked())
    if not locked:
        raise InvitationIsGone
    return locked


def _new_link(organization, inviter, email, now, given):
    invitation = Invitation(
        organization=organization, invited_by=inviter, email=email, created_at=now, **given
    )
    return _renewed(invitation, now)


def _renewed(invitation, now):
    secret = secrets.token_urlsafe(32)
    invitation.digest, invitation.expires_at = digest_of(secret), now + OPEN_FOR
    invitation.sent_at = None
    return NewLink(invitation, secret)
