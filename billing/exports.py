"""The CSV that says which billing group pays for how many Credits of whom."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile

from django.db import connection
from django.db.models import Count, Sum
from django.utils.text import slugify

from audit.operations import changed, operation

from .models import BillingGroup, Period, UsageTotal

COLUMNS = ("Billing Group", "Member Name", "Email", "Credits Consumption")
ROWS = (Path(__file__).parent / "sql" / "export.sql").read_text()
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PREVIEWED = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """What is exported: one billing group of a period, or (None) all of them."""

    period: Period
    billing_group: BillingGroup | None = None

    @property
    def organization(self):
        return self.period.organization

    @property
    def file_name(self):
        return f"{self.organization.slug}_{self._name}_{self.period.first_day}.csv"

    @property
    def _name(self):
        """Different names may look alike here: the id tells one group from all others."""
        group = self.billing_group
        if group is None:
            return "billing-groups"
        if group.is_unassigned:
            return group.key
        return f"{slugify(group.name) or 'billing-group'}-{group.key}"

    @property
    def parameters(self):
        return {
            "organization": self.organization.pk,
            "period": self.period.pk,
            "billing_group": self.billing_group and self.billing_group.pk,
            "time_zone": self.organization.time_zone,
        }

    @property
    def totals(self):
        rows = UsageTotal.objects.filter(period=self.period).exclude(credits=0)
        return rows.filter(billing_group=self.billing_group) if self.billing_group else rows


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of an export, the number of all rows and the sum of their Credits."""

    rows: list
    count: int
    credits: Decimal


def preview(scope):
    with connection.cursor() as cursor:
        cursor.execute(f"{ROWS} LIMIT {PREVIEWED}", scope.parameters)
        rows = cursor.fetchall()
    totals = scope.totals.aggregate(count=Count("*"), credits=Sum("credits", default=Decimal(0)))
    return Preview(rows, **totals)


@operation("ExportBillingGroups")
def export_csv(*, actor, organization, scope):
    """Write the export of `scope` and return it as a file, open at its start.

    One statement reads all rows, so they are of one moment. The file is complete before the
    first byte is sent: a failure is a failed download, never a shorter file. It lies on disk,
    so that a million rows take the memory of a hundred, and a slow download holds no connection.
    """
    file = TemporaryFile()  # noqa: SIM115, the response closes it
    try:
        rows = _write(file, scope)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return changed(
        scope.billing_group or organization,
        result=file,
        period=scope.period.first_day,
        rows=rows,
    )


def _write(file, scope):
    """Write UTF-8 with BOM, CRLF and RFC 4180 quoting; returns the number of rows."""
    file.write(BYTE_ORDER_MARK + ",".join(COLUMNS).encode() + b"\r\n")
    rows = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({ROWS}) TO STDOUT (FORMAT csv)", scope.parameters) as lines,
    ):
        for line in lines:  # no stored text holds a line break
            file.write(bytes(line).replace(b"\n", b"\r\n"))
            rows += 1
    return rows
