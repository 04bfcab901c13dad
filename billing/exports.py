"""The CSV that says which billing group pays for how many Credits of whom."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import Count, Sum
from django.utils.text import slugify

from audit.operations import changed, operation
from members.csv_files import write_csv

from .models import BillingGroup, Period, UsageTotal

COLUMNS = ("Billing Group", "Member Name", "Email", "Credits Consumption")
SQL = Path(__file__).parent / "sql"
NAMES = (SQL / "export_names.sql").read_text()
ROWS = NAMES + (SQL / "export.sql").read_text()
FIRST_ROWS = NAMES + (SQL / "preview.sql").read_text()
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
        cursor.execute(FIRST_ROWS, {**scope.parameters, "previewed": PREVIEWED})
        rows = cursor.fetchall()
    totals = scope.totals.aggregate(count=Count("*"), credits=Sum("credits", default=Decimal(0)))
    return Preview(rows, **totals)


@operation("ExportBillingGroups")
def export_csv(*, actor, organization, scope):
    """Write the export of `scope`; returns it as a file, open at its start."""
    file, rows = write_csv(COLUMNS, ROWS, scope.parameters)
    return changed(
        scope.billing_group or organization,
        result=file,
        period=scope.period.first_day,
        rows=rows,
    )
