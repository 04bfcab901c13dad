"""The CSV of the audit log: entries as they stand, with the names that their ids have now."""

from pathlib import Path

from members.csv_files import ids_of, write_csv

from .operations import changed, operation

COLUMNS = (
    *("Time", "Actor Kind", "Actor", "Actor ID", "Event", "Target Kind", "Target", "Target ID"),
    *("Outcome", "Address", "Request ID", "Changes"),
)
ROWS = (Path(__file__).parent / "sql" / "export.sql").read_text()


@operation("ExportAuditLog")
def export_audit_log(*, actor, organization, entries, chosen_by):
    """Write a CSV of `entries`, a queryset; returns it as a file, open at its start.

    `chosen_by`: the filters, for the audit; the entry of the export itself is not in it.
    """
    chosen, parameters = ids_of(entries)
    file, rows = write_csv(COLUMNS, ROWS.replace("{chosen}", chosen), parameters)
    return changed(organization, result=file, rows=rows, chosen_by=chosen_by)
