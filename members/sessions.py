"""What support ends of a person's sign-in: their sessions, and a second factor that they lost."""

import structlog
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation

from .models import User

log = structlog.get_logger()


class NoSecondFactor(Refused):
    code = "no_second_factor"
    message = _("This person has no second factor.")


class EmailNotSent(Refused):
    code = "email_not_sent"
    message = _("The email about it could not be sent, so nothing was changed. Try again later.")


@operation("EndSessions")
def end_sessions(*, actor, member):
    """Sign the person of `member` out of every browser, whatever organization they look at there.

    Returns how many sessions ended.
    """
    ended = sign_out_everywhere(member.user) if member.user else 0
    return changed(member, result=ended, sessions=ended)


@operation("ResetSecondFactor")
def reset_second_factor(*, actor, member, reason):
    """Turn two-factor authentication of the person of `member` off, who lost it; returns the user.

    They are signed out everywhere and told by email. Raises NoSecondFactor, EmailNotSent.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=member.user_id).first()
    if user is None or not Authenticator.objects.filter(user=user).delete()[0]:
        raise NoSecondFactor
    sign_out_everywhere(user)
    _tell_of_reset(user)
    return changed(member, result=user, reason=reason)


def sign_out_everywhere(user):
    """End all sessions of `user`; returns how many still opened something."""
    sessions = UserSession.objects.purge_and_list(user)
    for session in sessions:
        session.end()
    return len(sessions)


def _tell_of_reset(user):
    with override(user.language or get_language()):
        message = EmailMessage(
            subject=gettext("Two-factor authentication: reset by support"),
            body=render_to_string("members/second-factor-reset.txt"),
            to=[user.email],
        )
        try:
            message.send()
        except Exception as error:  # whatever stands behind EMAIL_BACKEND
            what = type(error).__name__  # its words hold the email
            log.error("The email about a reset was not sent.", user=user.pk, error=what)
            raise EmailNotSent from None
