"""The CSV of members: what an import reads, and how each stands in the current period."""

from pathlib import Path

from audit.operations import changed, operation

from .csv_files import ids_of, write_csv

COLUMNS = (
    *("Name", "Email", "Role", "Groups", "Billing Group", "Personal Limit"),
    *("Credits Used", "Status"),
)
ROWS = (Path(__file__).parent / "sql" / "export.sql").read_text()


@operation("ExportMembers")
def export_members(*, actor, organization, members, period, chosen_by):
    """Write a CSV of `members`, an ordered queryset; returns it as a file, open at its start.

    Imported again it changes nothing. `period`: the one whose usage it tells; `chosen_by`: the
    filter, for the audit.
    """
    chosen, parameters = ids_of(members)
    rows = ROWS.replace("{chosen}", chosen)
    named = (*parameters, period.pk, organization.pk, period.pk)
    file, count = write_csv(COLUMNS, rows, named)
    return changed(
        organization, result=file, period=period.first_day, rows=count, chosen_by=chosen_by
    )
