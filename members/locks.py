"""What is locked before a member, in every verb alike."""

from django.utils import timezone

from .models import Organization


def end_invitations_of(member, email=None):
    """End those of the email that they have or will have; to be called before they are locked.

    Returns the organization, locked.
    """
    organizations = Organization.objects.select_for_update(no_key=True)
    organization = organizations.get(pk=member.organization_id)
    email = email or organization.members.get(pk=member.pk).email
    organization.invitations.of_emails([email]).revoke(timezone.now())
    return organization
