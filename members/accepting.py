"""Accepting an invitation: its person becomes a member.

The organization is locked first, so that the admin who invited stays one meanwhile; then the
invitation, the user, billing group, groups and the member.
"""

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation
from billing.operations import BillingGroupIsGone, lock_billing_group
from groups.models import GroupMembership

from .invitations import InvitationIsGone
from .models import Invitation, Organization, User
from .operations import add_member
from .users import account_of, can_sign_in, prove_email, user_of


class NotTheirInvitation(Refused):
    code = "not_their_invitation"
    message = _("This invitation is for somebody else.")


class SignInFirst(Refused):
    code = "sign_in_first"
    message = _("You have an account with this email already. Sign in to accept.")


@operation("AcceptInvitation")
def accept_invitation(*, actor, invitation, name, user=None, password=None):
    """Make the person of `invitation`, an open one as it was found, a member; returns the member.

    `user`: who is signed in; it must be the person of that email. Nobody is: `password` becomes
    that of the email's user, who has none so far. A billing group deleted meanwhile becomes
    Unassigned, a deleted group is left out. Raises InvitationIsGone, NotTheirInvitation,
    SignInFirst, AlreadyMember, RuleBroken.
    """
    encoded = make_password(password)  # takes its time, so before all locks
    organization = Organization.objects.select_for_update(no_key=True).get(
        pk=invitation.organization_id
    )
    now = timezone.now()
    invitation = _still_open(invitation, now)
    user = _person_of(invitation, user, encoded)
    if not prove_email(user, invitation.email):
        raise NotTheirInvitation
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    place = _place_left(invitation)
    groups = organization.groups.filter(invitations=invitation)
    groups = list(groups.order_by("pk").select_for_update(no_key=True, of=("self",)))
    member = add_member(
        actor=actor,
        organization=organization,
        name=name,
        email=invitation.email,
        role=invitation.role,
        billing_group=place,
        user=user,
        personal_limit=invitation.personal_limit,
        is_unlimited=invitation.is_unlimited,
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(organization=organization, group=group, member=member) for group in groups
    )
    return changed(
        invitation,
        result=member,
        members=[member.pk],
        role=member.role,
        billing_group=member.billing_group_id,
        groups=[group.pk for group in groups],
        personal_limit=member.personal_limit,
        is_unlimited=member.is_unlimited,
    )


def _still_open(invitation, now):
    """The invitation, locked, if the link that was followed still opens it."""
    followed = Invitation.objects.open(now).filter(pk=invitation.pk, digest=invitation.digest)
    try:
        return followed.locked().get()
    except Invitation.DoesNotExist:
        raise InvitationIsGone from None


def _person_of(invitation, user, encoded):
    """The user of the invitation's email: who is signed in, or somebody who gets a password now."""
    found = account_of(invitation.email)
    if user and (found is None or found.pk != user.pk):
        raise NotTheirInvitation
    locked = User.objects.filter(pk=found and found.pk).select_for_update(no_key=True).first()
    if user and locked is None:  # erased meanwhile
        raise NotTheirInvitation
    person = locked or user_of(invitation.email)
    if not person.is_active:
        raise InvitationIsGone
    if user is None:
        if can_sign_in(person):
            raise SignInFirst
        person.password = encoded
        person.save(update_fields=["password"])
    return person


def _place_left(invitation):
    """The billing group of the invitation; None, so Unassigned, if it was deleted meanwhile."""
    try:
        return lock_billing_group(invitation.billing_group)
    except BillingGroupIsGone:
        return None
