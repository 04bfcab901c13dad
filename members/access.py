"""The one door to an organization's pages."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from audit.models import AuditEntry
from audit.operations import Actor, record

from .accounts import has_second_factor
from .models import Member

WAITS = "waits_for_second_factor"  # in a session: why, and for which address


def organization_member(view):
    """Let enabled members of the organization of the address in; 404 for everybody else.

    The view gets the organization; the request gets `member` and `actor`.
    """

    @login_required
    @wraps(view)
    def enter(request, slug, *args, **kwargs):
        request.member = _member(request.user, slug)
        request.actor = Actor(
            AuditEntry.ActorKind.USER,
            str(request.member.pk),
            request.META.get("REMOTE_ADDR") or None,
            request.id,
        )
        return view(request, request.member.organization, *args, **kwargs)

    return enter


def organization_admin(view):
    """As `organization_member`, but 403 for members who are not admins, and an audit entry.

    Admins without a second factor are led to set one up where the organization requires it.
    """

    @organization_member
    @wraps(view)
    def enter(request, organization, *args, **kwargs):
        if not request.member.is_admin:
            attempt = {"method": request.method, "path": request.path}
            refused = AuditEntry.Outcome.REFUSED
            record(request.actor, "OpenConsole", organization, attempt, refused)
            raise PermissionDenied
        if organization.requires_two_factor and not has_second_factor(request.user):
            text = _(
                "%(organization)s requires two-factor authentication of its admins. "
                "Set up an authenticator app or a passkey to go on."
            )
            why = text % {"organization": organization.name}
            return lead_to_second_factor(request, why, _address(request, organization))
        request.session.pop(WAITS, None)
        return view(request, organization, *args, **kwargs)

    return enter


def lead_to_second_factor(request, why, address):
    """To the page where one is set up, which says `why` and leads on to `address`."""
    request.session[WAITS] = {"why": why, "address": address}
    if request.htmx:
        return HttpResponseClientRedirect(reverse("mfa_index"))
    return redirect("mfa_index")


def _address(request, organization):
    """What was asked for, if it can be asked for again."""
    if request.method == "GET" and not request.htmx:
        return request.get_full_path()
    return reverse("organization", args=[organization.slug])


def _member(user, slug):
    """The user's enabled membership; `is_elsewhere`: in other organizations they have one too."""
    others = Member.objects.enabled().filter(user=OuterRef("user")).exclude(pk=OuterRef("pk"))
    members = Member.objects.enabled().select_related("organization")
    members = members.annotate(is_elsewhere=Exists(others))
    try:
        return members.get(user=user, organization__slug=slug)
    except Member.DoesNotExist:
        raise Http404 from None
