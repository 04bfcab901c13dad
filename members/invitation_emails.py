"""The emails of invitations."""

from time import monotonic

import structlog
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Invitation

LONGEST = 20  # seconds: a page waits for it; 500 emails take 1 s, or 13 s at 20 ms each
log = structlog.get_logger()


def send_invitations(links, address):
    """Email each of `links`, over one connection; returns the invitations that were not sent.

    Those for which the mail server leaves no time are not sent either.

    `address(secret)` is where the link leads. To be called when the links are stored for good. A
    failure is logged without the email and left for the admin to be told: whose invitation was
    not sent stays so in the list.
    """
    mail, begun = get_connection(), monotonic()
    sent, unsent = [], []
    try:
        for link in links:
            is_late = monotonic() - begun > LONGEST
            went = not is_late and _send(mail, link, address(link.secret))
            (sent if went else unsent).append(link.invitation)
        note_sent(sent, timezone.now())
    finally:
        mail.close()
    return unsent


def note_sent(invitations, at):
    """Note that the emails of `invitations` went out at that instant."""
    sent = Invitation.objects.pending().filter(pk__in=[each.pk for each in invitations])
    sent.update(sent_at=at)


def _send(mail, link, address):
    try:
        mail.open()
        return mail.send_messages([_message(link.invitation, address)]) == 1
    except Exception as error:  # whatever stands behind EMAIL_BACKEND
        what = type(error).__name__  # its words hold the email
        log.error("An invitation was not sent.", invitation=link.invitation.pk, error=what)
        return False


def _message(invitation, address):
    words = {"organization": invitation.organization.name}
    return EmailMessage(
        subject=_("Invitation to %(organization)s") % words,
        body=render_to_string(
            "members/invitation.txt", {"invitation": invitation, "address": address}
        ),
        to=[invitation.email],
    )
