"""The door of the support desk: staff, with a second factor; in the demo without."""

from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members.access import lead_to_second_factor
from members.accounts import has_second_factor


def guard(site):
    """Let only those into the admin `site` who proved with two factors who they are."""
    is_staff, sign_in = site.has_permission, secure_admin_login(site.login)

    def may_enter(request):
        return is_staff(request) and (settings.DEMO or has_second_factor(request.user))

    def login(request, extra_context=None):
        if is_staff(request) and not may_enter(request):
            why = _(
                "The support desk opens only with two-factor authentication. "
                "Set up an authenticator app or a passkey to go on."
            )
            return lead_to_second_factor(request, why, get_next_redirect_url(request))
        return sign_in(request, extra_context)

    def password_change(request, extra_context=None):
        """On the page of everybody: it counts attempts, and tells of the change by email."""
        return redirect("account_change_password")

    site.has_permission, site.login = may_enter, login
    site.password_change = site.password_change_done = password_change
