"""Members as a CSV: in by a dry run and Apply, out as the list is filtered and sorted."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.periods import current_period
from config.downloads import csv_download
from config.htmx import form_view, posted, render_form, render_page
from members.access import organization_admin
from members.exports import export_members
from members.filters import MemberFilter
from members.import_forms import ApplyForm, UploadForm
from members.imports.lines import MOST_LINES
from members.imports.operations import import_members, judge_again, upload_members
from members.imports.refused import refused_lines
from members.imports.words import can_apply, done_in_words, outlook_of, strip_of
from members.models import ImportLine
from members.tables import MembersTable, VerdictsTable, page_of


@require_safe
@organization_admin
def member_export(request, organization):
    """The CSV of the members that the filters of the address match, sorted as it says."""
    period = current_period(organization)
    chosen = MemberFilter(request.GET, organization=organization, period=period)
    file = export_members(
        actor=request.actor,
        organization=organization,
        members=MembersTable(chosen, request, of_all=True).data.data,
        period=period,
        chosen_by=dict(chosen.given),
    )
    return csv_download(request, file, f"{organization.slug}_members_{period.first_day}.csv")


@form_view
@organization_admin
def member_import(request, organization):
    """The file is sent; what it would do is shown before anything is done."""
    form = UploadForm(posted(request), request.FILES or None, organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, "importer": request.member, **form.sent}
        if sent := form.run(upload_members, actor=request.actor, **arguments):
            return redirect("members:dry-run", organization.slug, sent.pk)
    context = {
        "organization": organization,
        "title": _("Import CSV"),
        "submit_label": _("Check"),
        "most_lines": MOST_LINES,
        "cancel_url": reverse("members:list", args=[organization.slug]),
    }
    return render_form(request, "members/import.html", form, **context)


@form_view
@organization_admin
def member_dry_run(request, organization, pk):
    """The verdict on each line, and Apply; where they changed meanwhile, the new ones."""
    sent = _sent(request, organization, pk)
    form = ApplyForm(posted(request), organization=organization, sent=sent)
    if form.is_valid():
        arguments = {"organization": organization, "sent": sent, **form.seen}
        counts = form.run(import_members, actor=request.actor, **arguments)
        if counts is not None:
            messages.success(request, done_in_words(counts))
            return redirect("members:list", organization.slug)
        judge_again(sent)
        form.show(sent.digest)
    response = render_page(
        request, "members/dry-run.html", "verdicts", _dry_run(request, sent, form)
    )
    response.status_code = form.status
    return response


@require_safe
@organization_admin
def member_import_refused(request, organization, pk):
    """The lines with errors, each with its reason."""
    sent = _sent(request, organization, pk)
    return csv_download(request, refused_lines(sent), f"{organization.slug}_refused-lines.csv")


def _sent(request, organization, pk):
    """The import of the address: of who looks at it, and of the last hour."""
    mine = organization.member_imports.of(request.member, timezone.now())
    return get_object_or_404(mine.defer("content"), pk=pk)


def _dry_run(request, sent, form):
    counts = sent.counts
    chosen = request.GET.get("verdict", "")
    lines = sent.lines.order_by("number")
    if chosen:
        lines = lines.filter(verdict=chosen) if chosen in counts else lines.none()
    table = VerdictsTable(lines, request)
    return {
        "title": _("Import CSV"),
        "organization": sent.organization,
        "sent": sent,
        "form": form,
        "counts": counts,
        "strip": list(strip_of(counts)),
        "outlook": outlook_of(counts),
        "can_apply": can_apply(counts),
        "verdicts": ImportLine.Verdict.choices,
        "chosen": chosen,
        "table": table,
        "page_obj": page_of(table, request),
    }
