from django.core.management.base import BaseCommand, CommandError

from billing.totals import compare_totals
from members.models import Organization


class Command(BaseCommand):
    help = "Recompute all totals from the usage records; exit status 1 if any differs."

    def add_arguments(self, parser):
        parser.add_argument("--organization", metavar="SLUG", help="by default all organizations")

    def handle(self, *, organization, **options):
        found = compare_totals(organization and self.organization(organization))
        for each in found.differences:
            whose = f"member {each.member_id} in " if each.member_id else ""
            self.stdout.write(
                f"{each.organization}, period {each.period_id}: {whose}billing group "
                f"{each.billing_group_id} has {each.stored}, its records have {each.recomputed}"
            )
        compared = (
            f"{found.usage_totals:,} member totals and {found.group_totals:,} billing group totals"
        )
        if found.differences:
            raise CommandError(f"{len(found.differences):,} of {compared} differ from the records.")
        self.stdout.write(f"equal: {compared}, {found.records:,} records")

    def organization(self, slug):
        try:
            return Organization.objects.get(slug=slug)
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organization {slug}.") from None
