"""The pages of django-allauth that there are here, each with its template and its words."""

from functools import wraps

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as provider
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions import views as sessions
from django.http import Http404
from django.urls import path, re_path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

SIGNED_OUT = "account/entrance_form.html"
SIGNED_IN = "account/secure_form.html"


def page(view, template, title, **words):
    """A view of django-allauth on a page of ours; `words`: what else the template says."""
    words = {"title": title, "cancel_url": reverse_lazy("mfa_index"), **words}
    return never_cache(honest(view.as_view(template_name=template, extra_context=words)))


def honest(view):
    """`view`, answering 422 where a form comes back with its errors."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        forms = [context.get(name) for name in ("form", "webauthn_form")]
        if response.status_code == 200 and any(form.errors for form in forms if form is not None):
            response.status_code = 422
        return response

    return answer


def closed(request):
    """Nobody signs up by themselves; django-allauth only wants to know an address."""
    raise Http404


urlpatterns = [
    path("login/", honest(account.login), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", closed, name="account_signup"),
    path(
        "inactive/",
        page(
            account.AccountInactiveView,
            SIGNED_OUT,
            _("This account is closed"),
            note=_("Ask an admin of your organization."),
        ),
        name="account_inactive",
    ),
    path(
        "confirm-email/",
        page(
            account.EmailVerificationSentView,
            SIGNED_OUT,
            _("Confirm your email"),
            note=_("Open the link that we sent to your email. It works for three days."),
        ),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        page(account.ConfirmEmailView, "account/email_confirm.html", _("Confirm your email")),
        name="account_confirm_email",
    ),
    path(
        "password/reset/",
        page(
            account.PasswordResetView,
            SIGNED_OUT,
            _("Choose a new password"),
            note=_("Enter your email. We send you a link with which you set a password."),
            submit_label=_("Send the link"),
        ),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        page(
            account.PasswordResetDoneView,
            SIGNED_OUT,
            _("Look into your mailbox"),
            note=_(
                "If there is an account of that email, a link is on its way to it. "
                "Nothing after some minutes? Look among the spam, or ask an admin of your "
                "organization which email they have of you."
            ),
        ),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page(
            account.PasswordResetFromKeyView,
            "account/password_reset_from_key.html",
            _("Choose a new password"),
            submit_label=_("Set password"),
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        page(
            account.PasswordResetFromKeyDoneView,
            SIGNED_OUT,
            _("Your password is set"),
            note=_("Sign in with it."),
        ),
        name="account_reset_password_from_key_done",
    ),
    path(
        "password/change/",
        page(
            account.PasswordChangeView,
            SIGNED_IN,
            _("Change password"),
            note=_("You stay signed in here and are signed out everywhere else."),
            submit_label=_("Change password"),
        ),
        name="account_change_password",
    ),
    path(
        "password/set/",
        page(account.PasswordSetView, SIGNED_IN, _("Set password"), submit_label=_("Set password")),
        name="account_set_password",
    ),
    path(
        "reauthenticate/",
        page(
            account.ReauthenticateView,
            "account/again.html",
            _("Is it you?"),
            note=_("Enter your password again to go on."),
            submit_label=_("Go on"),
        ),
        name="account_reauthenticate",
    ),
    path(
        "sessions/",
        page(sessions.ListUserSessionsView, "account/sessions.html", _("Sessions")),
        name="usersessions_list",
    ),
    path(
        "2fa/",
        page(second_factor.IndexView, "account/security.html", _("Sign-in & security")),
        name="mfa_index",
    ),
    path(
        "2fa/authenticate/",
        page(
            second_factor.AuthenticateView,
            "account/second_factor.html",
            _("Two-factor authentication"),
            note=_("Enter the code that your authenticator app shows, or a recovery code."),
            submit_label=_("Sign in"),
        ),
        name="mfa_authenticate",
    ),
    path(
        "2fa/reauthenticate/",
        page(
            second_factor.ReauthenticateView,
            "account/again.html",
            _("Is it you?"),
            note=_("Enter a code of your authenticator app, or a recovery code, to go on."),
            submit_label=_("Go on"),
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "2fa/totp/activate/",
        page(
            totp.ActivateTOTPView,
            "account/totp.html",
            _("Set up an authenticator app"),
            submit_label=_("Turn on"),
        ),
        name="mfa_activate_totp",
    ),
    path(
        "2fa/totp/deactivate/",
        page(
            totp.DeactivateTOTPView,
            SIGNED_IN,
            _("Turn the authenticator app off?"),
            note=_(
                "Its codes no longer open your account. Without a passkey, your recovery codes "
                "stop working too."
            ),
            submit_label=_("Turn off"),
            destructive=True,
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "2fa/recovery-codes/",
        page(
            recovery_codes.ViewRecoveryCodesView, "account/recovery_codes.html", _("Recovery codes")
        ),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        page(
            recovery_codes.GenerateRecoveryCodesView,
            SIGNED_IN,
            _("Make new recovery codes?"),
            note=_("The codes that you have now stop working."),
            submit_label=_("Make new codes"),
            destructive=True,
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(
        "2fa/webauthn/",
        page(passkeys.ListWebAuthnView, "account/passkeys.html", _("Passkeys")),
        name="mfa_list_webauthn",
    ),
    path(
        "2fa/webauthn/add/",
        page(
            passkeys.AddWebAuthnView,
            "account/add_passkey.html",
            _("Add a passkey"),
            submit_label=_("Add passkey"),
        ),
        name="mfa_add_webauthn",
    ),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        page(
            passkeys.ReauthenticateWebAuthnView,
            "account/again_by_passkey.html",
            _("Is it you?"),
            note=_("Use your passkey to go on."),
            submit_label=_("Use a passkey"),
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        page(passkeys.EditWebAuthnView, SIGNED_IN, _("Rename the passkey"), submit_label=_("Save")),
        name="mfa_edit_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        page(
            passkeys.RemoveWebAuthnView,
            SIGNED_IN,
            _("Remove the passkey?"),
            note=_("It no longer opens your account. Delete it on your device too."),
            submit_label=_("Remove"),
            destructive=True,
        ),
        name="mfa_remove_webauthn",
    ),
    path("oidc/<slug:provider_id>/login/", openid_connect.login, name="openid_connect_login"),
    path(
        "oidc/<slug:provider_id>/login/callback/",
        openid_connect.callback,
        name="openid_connect_callback",
    ),
    path(
        "oidc/cancelled/",
        page(
            provider.LoginCancelledView,
            SIGNED_OUT,
            _("Not signed in"),
            note=_("You left before it was done."),
        ),
        name="socialaccount_login_cancelled",
    ),
]
