from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.exports import COLUMNS, Scope, export_csv, preview
from config.downloads import csv_download
from config.htmx import render_page
from members.access import organization_admin

from .common import group_of, shown_period


@require_safe
@organization_admin
def export(request, organization):
    period = shown_period(request, organization)
    scope = _scope(request, organization, period)
    groups = organization.billing_groups.shown_in(period).unassigned_first()
    context = {
        "title": _("Export"),
        "scope": scope,
        "groups": groups,
        "columns": COLUMNS,
        "preview": preview(scope),
        "organization": organization,
        "period": period,
    }
    return render_page(request, "billing/export.html", "export-preview", context)


@require_safe
@organization_admin
def export_download(request, organization):
    period = shown_period(request, organization)
    scope = _scope(request, organization, period)
    file = export_csv(actor=request.actor, organization=organization, scope=scope)
    return csv_download(request, file, scope.file_name)


def _scope(request, organization, period):
    key = request.GET.get("group")
    return Scope(period, group_of(organization, key, period) if key else None)
