"""Invitations: who is invited, inviting more, sending again and revoking."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from config.htmx import form_view, posted, redirect_after, render_form, render_page
from members import consequences
from members.access import organization_admin
from members.invitation_emails import send_invitations
from members.invitation_forms import InviteForm
from members.invitations import invite_members, resend_invitations, revoke_invitations
from members.operation_forms import OperationForm
from members.tables import InvitationsTable, page_of, search_words
from members.tabs import people_tabs, tabs
from members.templatetags.console import count
from members.text import is_number


@require_safe
@organization_admin
def invitation_list(request, organization):
    """Everybody who is invited and has not accepted; where it expired, too."""
    q = search_words(request.GET)
    pending = organization.invitations.pending().matching(q)
    table = InvitationsTable(pending.order_by("-created_at", "-pk"), request)
    context = {
        "organization": organization,
        "page_obj": page_of(table, request, _with_names),
        "table": table,
        "q": q,
        "tabs": tabs(organization, "members"),
        "people": people_tabs(organization, "invitations"),
    }
    return render_page(request, "members/invitations.html", "invitations", context)


def _with_names(invitations):
    return invitations.select_related("billing_group", "invited_by__user").prefetch_related(
        "groups"
    )


@form_view
@organization_admin
def invite(request, organization):
    form = InviteForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, "inviter": request.member, **form.invited}
        if links := form.run(invite_members, actor=request.actor, **arguments):
            text = ngettext(
                "%(count)s invitation was sent.", "%(count)s invitations were sent.", len(links)
            )
            return _sent(request, organization, links, text)
    emails, group = form.so_far("emails"), form.so_far("billing_group")
    foreseen = consequences.of_inviting(len(emails), group) if emails and group else ([], [])
    title, label = _("Invite members"), _("Invite")
    return _page(request, organization, form, "members/invite.html", title, label, foreseen)


@form_view
@organization_admin
def resend(request, organization):
    """A new link for each invitation of the address, in the name of who asks for it."""
    chosen, emails = _chosen(request, organization)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {
            "organization": organization,
            "inviter": request.member,
            "invitations": chosen,
        }
        if links := form.run(resend_invitations, actor=request.actor, **arguments):
            text = ngettext(
                "%(count)s invitation was sent again.",
                "%(count)s invitations were sent again.",
                len(links),
            )
            return _sent(request, organization, links, text)
    title = _about(
        emails, _("Resend the invitation of %(email)s?"), _("Resend %(count)s invitations?")
    )
    foreseen = consequences.of_resending(len(emails))
    return _page(request, organization, form, "question.html", title, _("Resend"), foreseen)


@form_view
@organization_admin
def revoke(request, organization):
    """End each invitation of the address."""
    chosen, emails = _chosen(request, organization)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, "invitations": chosen}
        if number := form.run(revoke_invitations, actor=request.actor, **arguments):
            text = ngettext(
                "%(count)s invitation was revoked.", "%(count)s invitations were revoked.", number
            )
            messages.success(request, text % {"count": count(number)})
            return redirect_after(request, _list_url(organization))
    title = _about(
        emails, _("Revoke the invitation of %(email)s?"), _("Revoke %(count)s invitations?")
    )
    foreseen = consequences.of_revoking(len(emails))
    label = pgettext("an invitation", "Revoke")
    return _page(request, organization, form, "question.html", title, label, foreseen, True)


def _chosen(request, organization):
    """The pending invitations that the address names, and their emails; 404 if there is none."""
    ids = [pk for pk in request.GET.getlist("invitation") if is_number(pk)]
    chosen = organization.invitations.pending().filter(pk__in=ids)
    emails = list(chosen.order_by("pk").values_list("email", flat=True))
    if not emails:
        raise Http404
    return chosen, emails


def _about(emails, one, many):
    return one % {"email": emails[0]} if len(emails) == 1 else many % {"count": count(len(emails))}


def _sent(request, organization, links, text):
    """Send the emails, now that the invitations are stored; say which were not."""

    def address(secret):
        return request.build_absolute_uri(reverse("invitation", args=[secret]))

    unsent = send_invitations(links, address)
    if went := len(links) - len(unsent):
        messages.success(request, text % {"count": count(went)})
    if unsent:
        failed = ngettext(
            "The email of %(count)s invitation could not be sent. Send it again later.",
            "The emails of %(count)s invitations could not be sent. Send them again later.",
            len(unsent),
        )
        messages.error(request, failed % {"count": count(len(unsent))})
    return redirect_after(request, _list_url(organization))


def _page(request, organization, form, template, title, label, foreseen, destructive=False):
    changes, stays = foreseen
    context = {
        "organization": organization,
        "title": title,
        "submit_label": label,
        "destructive": destructive,
        "changes": changes,
        "stays": stays,
        "cancel_url": _list_url(organization),
    }
    return render_form(request, template, form, **context)


def _list_url(organization):
    return reverse("members:invitations", args=[organization.slug])
