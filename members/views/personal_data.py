"""What is kept about one person: downloaded by an admin or by themselves, and erased."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.limits import with_standing
from billing.periods import current_period
from config.downloads import json_download
from config.htmx import form_view, posted, redirect_after, render_form
from members import consequences
from members.access import organization_admin, organization_member
from members.models import Member
from members.operation_forms import OperationForm
from members.personal_data import erase_member, export_personal_data


@require_safe
@organization_admin
def member_data(request, organization, pk):
    """All about a member of the organization as a file, removed ones too."""
    member = get_object_or_404(organization.members.with_billing_group(), pk=pk)
    return _download(request, member)


@require_safe
@organization_member
def own_data(request, organization):
    """All about who asks."""
    return _download(request, request.member)


def _download(request, member):
    file = export_personal_data(actor=request.actor, member=member)
    return json_download(request, file, f"{member.organization.slug}_member-{member.pk}.json")


@form_view
@organization_admin
def member_erase(request, organization, pk):
    """Erase Personal Data of a disabled or removed member; 404 for an active one."""
    members = with_standing(organization.members, current_period(organization))
    member = get_object_or_404(members, pk=pk)
    if member.is_erased or (request.method != "POST" and member.status == Member.Status.ENABLED):
        raise Http404
    detail = reverse("members:detail", args=[organization.slug, pk])
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid() and form.run(erase_member, actor=request.actor, member=member):
        messages.success(request, _("The personal data was erased."))
        return redirect_after(request, detail, reverse("members:list", args=[organization.slug]))
    changes, stays = consequences.of_erasing(member)
    context = {
        "title": _("Erase the personal data of %(name)s?") % {"name": member.name},
        "submit_label": _("Erase"),
        "organization": organization,
        "member": member,
        "changes": changes,
        "stays": stays,
        "destructive": True,
        "cancel_url": detail,
    }
    return render_form(request, "members/question.html", form, **context)
