"""Members as a CSV: in by a dry run and Apply, out as the list is filtered and sorted."""

from django.views.decorators.http import require_safe

from billing.periods import current_period
from config.downloads import csv_download
from members.access import organization_admin
from members.exports import export_members
from members.filters import MemberFilter
from members.tables import MembersTable


@require_safe
@organization_admin
def member_export(request, organization):
    """The CSV of the members that the filters of the address match, sorted as it says."""
    period = current_period(organization)
    chosen = MemberFilter(request.GET, organization=organization, period=period)
    file = export_members(
        actor=request.actor,
        organization=organization,
        members=MembersTable(chosen.qs, request, period).data.data,
        period=period,
        chosen_by=dict(chosen.given),
    )
    return csv_download(file, f"{organization.slug}_members_{period.first_day}.csv")
