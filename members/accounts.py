"""What django-allauth asks us about signing in."""

from base64 import urlsafe_b64encode

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

log = structlog.get_logger()

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
INCORRECT_CODE = _("This code is not right. Codes change every 30 seconds: enter the current one.")

WAYS = {  # of proving again who one is
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Email and password do not match."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": INCORRECT_CODE,
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request):
        """People join through their organization, never by themselves."""
        return False

    def pre_authenticate(self, request, **credentials):
        """Answer 429 to too many wrong passwords, whether or not there is such an account."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            refused = respond_429(request)
            refused["Retry-After"] = "300"
            raise ImmediateHttpResponse(refused) from None

    def get_reauthentication_methods(self, user):
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS[way["id"]]} for way in ways]

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    def send_notification_mail(self, template_prefix, user, *args, **kwargs):
        """Tell of what is done already: a dead mail server does not make it an error."""
        try:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)
        except Exception as error:  # whatever stands behind EMAIL_BACKEND
            what = type(error).__name__  # its words hold the email
            log.error("A notice was not sent.", notice=template_prefix, user=user.pk, error=what)

    def format_email_subject(self, subject):
        return subject


SEED = "members.accounts.second_factor"


class SecondFactorAdapter(DefaultMFAAdapter):
    """What opens a second factor lies encrypted in the database, under the SECRET_KEY."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": INCORRECT_CODE,
        "unverified_email": _("Confirm your email first: sign in again to be sent the link."),
    }

    def encrypt(self, text):
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _safe().decrypt(encrypted_text).decode()

    def build_totp_svg(self, url):
        """Dark on white, also where the page is dark."""
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def generate_authenticator_name(self, user, type):
        return gettext("Passkey")


def _safe():
    """Locks with the SECRET_KEY; opens also what one of SECRET_KEY_FALLBACKS locked."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = (salted_hmac(SEED, "", secret, algorithm="sha256").digest() for secret in secrets)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


class ProviderAdapter(DefaultSocialAccountAdapter):
    def can_authenticate_by_email(self, login, email):
        """Only an email that the provider has verified opens the account of that email."""
        return all(address.verified is True for address in login.email_addresses)

    def pre_social_login(self, request, sociallogin):
        """A provider is for signing in: nothing else is tied to an account by it."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(redirect("/"))


def has_second_factor(user):
    """Whether more than a password is asked of `user`: for recovery codes alone it is not."""
    return is_mfa_enabled(user, SECOND_FACTORS)
