"""The page that the link of an invitation opens, for people with an account and without one."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from audit.models import AuditEntry
from audit.operations import Actor, Refused
from config.htmx import form_view, posted
from members.accepting import accept_invitation
from members.invitation_forms import AcceptForm, NewAccountForm
from members.invitations import InvitationIsGone, open_invitation
from members.users import account_of, can_sign_in


@never_cache
@form_view
def invitation(request, secret):
    """Accept, or first sign in, sign out or choose a password; 404 for whatever opens nothing."""
    found = open_invitation(secret)
    account = found and account_of(found.email)
    if found is None or (account and not account.is_active):
        return _private(render(request, "members/invitation-gone.html", status=404))
    form, status = _form(request, found, account), 200
    if form and form.is_bound:
        try:
            if form.is_valid():
                return _private(_accept(request, found, form.cleaned_data))
            status = 422
        except InvitationIsGone:
            return _private(render(request, "members/invitation-gone.html", status=404))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            status = 409
    context = {"invitation": found, "organization": found.organization, "form": form}
    context["is_somebody_else"] = request.user.is_authenticated and form is None
    return _private(render(request, "members/invitation.html", context, status=status))


def _form(request, invitation, account):
    """What who is here has to say to accept; None where they cannot as they are here."""
    if request.user.is_authenticated:
        if request.user != account:
            return None
        return AcceptForm(posted(request), initial={"name": _known_as(account)})
    if account and can_sign_in(account):
        return None
    return NewAccountForm(posted(request), email=invitation.email)


def _known_as(user):
    """The name that an organization knows the person by already."""
    return user.memberships.order_by("-joined_at").values_list("name", flat=True).first()


def _accept(request, invitation, given):
    is_new = not request.user.is_authenticated
    address, kind = request.META.get("REMOTE_ADDR") or None, AuditEntry.ActorKind.INVITED
    member = accept_invitation(
        actor=Actor(kind, str(invitation.pk), address, request.id),
        invitation=invitation,
        user=None if is_new else request.user,
        **given,
    )
    name = invitation.organization.name
    messages.success(request, _("You are a member of %(name)s now.") % {"name": name})
    home = redirect("organization", invitation.organization.slug)
    if is_new:
        return perform_login(request, member.user, redirect_url=home.url, email=invitation.email)
    return home


def _private(response):
    """The address holds the secret: no other page is told it.

    Not `no-referrer`: with it a browser sends no origin with the form, which is then refused.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response
