"""The audit log of an organization: who did what, as a list and as a file."""

from functools import partial

from django.views.decorators.http import require_safe

from audit.details import details
from audit.exports import export_audit_log
from audit.filters import AuditFilter, actor_choices, target_key
from audit.keyset import page_of
from audit.models import AuditEntry
from audit.names import Names
from audit.refusals import reason
from audit.sentences import events_by_label, sentence
from config.downloads import csv_download
from config.htmx import render_page
from members.access import organization_admin


@require_safe
@organization_admin
def entry_list(request, organization):
    chosen = AuditFilter(request.GET, organization=organization)
    page = page_of(organization, chosen.qs, request.GET)
    context = {
        "organization": organization,
        "chosen": chosen,
        "page": page,
        "rows": _rows(organization, page.entries),
        "q": request.GET.get("q", ""),
        "actors": partial(actor_choices, organization, request.GET.get("actor", "")),
        "events": events_by_label(),
        "outcomes": AuditEntry.Outcome.choices,
    }
    return render_page(request, "audit/list.html", "entries", context)


@require_safe
@organization_admin
def entry_export(request, organization):
    """The CSV of all entries that the filters of the address match."""
    chosen = AuditFilter(request.GET, organization=organization)
    file = export_audit_log(
        actor=request.actor,
        organization=organization,
        entries=chosen.qs,
        chosen_by=dict(chosen.given),
    )
    return csv_download(request, file, f"{organization.slug}_audit-log.csv")


def _rows(organization, entries):
    """Entries with what a reader is told of them."""
    names = Names(organization, entries)
    return [
        {
            "entry": entry,
            "sentence": sentence(entry, names),
            "reason": reason(entry),
            "actor": names.actor(entry),
            "target": names.target(entry),
            "target_key": target_key(entry),
            "details": details(entry, names),
        }
        for entry in entries
    ]
