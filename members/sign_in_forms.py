"""The forms of django-allauth in our words."""

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from .form_fields import CleanCharField, ShownField
from .users import prove_email


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


class CodeForm(Code, second_factor.AuthenticateForm):
    pass


class CodeAgainForm(Code, second_factor.ReauthenticateForm):
    pass


class FirstCodeForm(Code, ActivateTOTPForm):
    label = _("Code that the app shows")


class Passkey(forms.Form):
    """What a browser answered for a passkey: anything that can be sent."""

    credential = ShownField()


class PasskeyForm(Passkey, passkeys.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Passkey, passkeys.ReauthenticateWebAuthnForm):
    pass


class PasskeyAloneForm(Passkey, passkeys.LoginWebAuthnForm):
    pass


class AddPasskeyForm(Passkey, passkeys.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = passkey_name(required=False)
        name_fields(self, passwordless=_("Sign in with it alone, without a password"))


class RenamePasskeyForm(passkeys.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = passkey_name()


def passkey_name(**options):
    return CleanCharField(label=_("Name"), max_length=100, **options)
