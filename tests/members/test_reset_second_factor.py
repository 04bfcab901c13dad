"""Support resets a second factor that somebody lost: told, noted, and only if it can be told."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.translation import gettext, override

from ..desk import Desk, left
from ..pages import words


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def signed_in(member):
    """A browser of the member, who has a second factor."""
    browser = Client()
    browser.force_login(member.user)
    UserSession.objects.create(
        user=member.user, session_key=browser.session.session_key, ip="192.0.2.1"
    )
    RecoveryCodes.activate(member.user)
    TOTP.activate(member.user, "JBSWY3DPEHPK3PXP")
    return browser


def test_a_lost_second_factor_is_reset_with_a_reason_and_told(desk, member, signed_in, mailoutbox):
    assert "Reset second factor" in words(desk.look(member))
    assert desk.do("second-factor", member, reason=" ").status_code == 422
    assert desk.do("second-factor", member, reason="Phone stolen, called back").status_code == 302
    assert not Authenticator.objects.exists()
    assert signed_in.get("/")["Location"].startswith("/accounts/login/")
    [entry] = member.organization.audit_entries.filter(event="ResetSecondFactor")
    assert entry.changes == {"reason": "Phone stolen, called back"}
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (
        [member.user.email],
        "Two-factor authentication: reset by support",
    )
    desk.look(member)  # says that it was done
    assert "Reset second factor" not in words(desk.look(member))
    assert desk.do("second-factor", member, reason="Again").status_code == 409
    assert left(desk) == [("ResetSecondFactor", "done"), ("ResetSecondFactor", "refused")]


def test_nothing_is_reset_that_cannot_be_told(desk, member, signed_in, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    response = desk.do("second-factor", member, reason="Lost")
    assert response.status_code == 409
    assert "The email about it could not be sent, so nothing was changed." in words(response)
    assert Authenticator.objects.count() == 2
    assert signed_in.get("/")["Location"].startswith("/o/")
    assert member.user.email not in caplog.text


def test_the_email_speaks_the_language_of_the_person(desk, member, signed_in, mailoutbox):
    member.user.language = "ja"
    member.user.save()
    with override("ja"):
        expected = gettext("Two-factor authentication: reset by support")
    desk.do("second-factor", member, reason="Lost")
    assert mailoutbox[0].subject == expected
