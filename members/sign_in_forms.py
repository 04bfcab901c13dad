"""The forms of django-allauth in our words."""

import re
import struct

from allauth.account import forms as account
from allauth.mfa import app_settings as mfa
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.cache import cache
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse

from .accounts import INCORRECT_CODE
from .form_fields import CleanCharField, ShownField
from .users import prove_email

CODE_IS_VALID_FOR = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)  # seconds
NOT_THE_PASSKEY = _("This passkey was not accepted. Try again, or go another way.")
UNREADABLE = (ValueError, IndexError, KeyError, AttributeError, struct.error)  # as a passkey


def name_fields(form, **labels):
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].help_text = ""


def _rules():
    return " ".join(str(text) for text in password_validators_help_texts())


class NewPasswords:
    """A new password, typed twice, with its rules said in a line."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, password1=_("New password"), password2=_("New password again"))
        self.fields["password1"].help_text = lazy(_rules, str)()


class SignInForm(account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, login=_("Email"), password=_("Password"), remember=_("Stay signed in"))


class ForgottenPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, email=_("Email"))


class NewPasswordForm(NewPasswords, account.ResetPasswordKeyForm):
    def save(self):
        """Whoever has the link has the mailbox."""
        super().save()
        prove_email(self.user, self.user.email)


class ChangePasswordForm(NewPasswords, account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, oldpassword=_("Current password"))


class SetPasswordForm(NewPasswords, account.SetPasswordForm):
    pass


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, password=_("Password"))


class Code:
    """A code of an authenticator app, or one of the recovery codes."""

    label = _("Code")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, code=self.label)


class CodeForOnce(Code):
    """A code opens once: django-allauth forgets it earlier than it ends."""

    def clean_code(self):
        code = super().clean_code()
        used = f"used-code:{self.user.pk}:{re.sub(r'[^0-9]', '', code)}"
        if not cache.add(used, True, CODE_IS_VALID_FOR):
            raise forms.ValidationError(INCORRECT_CODE)
        return code


class CodeForm(CodeForOnce, second_factor.AuthenticateForm):
    pass


class CodeAgainForm(CodeForOnce, second_factor.ReauthenticateForm):
    pass


class FirstCodeForm(Code, ActivateTOTPForm):
    label = _("Code that the app shows")


class Passkey(forms.Form):
    """What a browser answered for a passkey: anything that can be sent."""

    credential = ShownField(error_messages=dict.fromkeys(["required", "invalid"], NOT_THE_PASSKEY))

    def add_error(self, field, error):
        """For django-allauth a passkey is a code like others."""
        if getattr(error, "code", None) == "incorrect_code":
            error = forms.ValidationError(NOT_THE_PASSKEY)
        super().add_error(field, error)


class PasskeyForm(Passkey, passkeys.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Passkey, passkeys.ReauthenticateWebAuthnForm):
    pass


class PasskeyAloneForm(Passkey, passkeys.LoginWebAuthnForm):
    """Alone it opens only if the device asked for a finger, a face or its PIN."""

    def clean_credential(self):
        sent = self.cleaned_data["credential"]
        authenticator = super().clean_credential()
        data = AuthenticationResponse.from_dict(sent).response.authenticator_data
        if not data.is_user_verified():
            raise forms.ValidationError(NOT_THE_PASSKEY)
        return authenticator


class AddPasskeyForm(Passkey, passkeys.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = passkey_name(required=False)
        name_fields(self, passwordless=_("Sign in with it alone, without a password"))

    def clean(self):
        try:
            return super().clean()
        except UNREADABLE:
            raise forms.ValidationError(NOT_THE_PASSKEY) from None


class RenamePasskeyForm(passkeys.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = passkey_name()


def passkey_name(**options):
    return CleanCharField(label=_("Name"), max_length=100, **options)
