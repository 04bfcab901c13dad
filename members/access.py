"""The one door to an organization's pages."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404

from audit.models import AuditEntry
from audit.operations import Actor, record

from .models import Member


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
    """As `organization_member`, but 403 for members who are not admins, and an audit entry."""

    @organization_member
    @wraps(view)
    def enter(request, organization, *args, **kwargs):
        if not request.member.is_admin:
            attempt = {"method": request.method, "path": request.path}
            refused = AuditEntry.Outcome.REFUSED
            record(request.actor, "OpenConsole", organization, attempt, refused)
            raise PermissionDenied
        return view(request, organization, *args, **kwargs)

    return enter


def _member(user, slug):
    """The user's enabled membership; `is_elsewhere`: in other organizations they have one too."""
    others = Member.objects.enabled().filter(user=OuterRef("user")).exclude(pk=OuterRef("pk"))
    members = Member.objects.enabled().select_related("organization")
    members = members.annotate(is_elsewhere=Exists(others))
    try:
        return members.get(user=user, organization__slug=slug)
    except Member.DoesNotExist:
        raise Http404 from None
