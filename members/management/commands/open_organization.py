from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.operations import Refused, command
from billing.periods import current_period
from members.operations import open_organization
from members.text import tidy


class Command(BaseCommand):
    help = "Open an organization, with its Unassigned billing group and its first period."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="its part of addresses: /o/SLUG/")
        parser.add_argument("--time-zone", default="UTC", help="for example Asia/Singapore")
        parser.add_argument(
            "--period-start-day", type=int, default=1, metavar="DAY", help="1 to 31, by default 1"
        )

    def handle(self, *, name, slug, time_zone, period_start_day, **options):
        try:
            organization = open_organization(
                actor=command("open_organization"),
                name=tidy(name),
                slug=slug,
                time_zone=time_zone,
                period_start_day=period_start_day,
            )
        except ValidationError as error:
            raise CommandError("\n".join(_lines(error))) from None
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from None
        period = current_period(organization)
        self.stdout.write(
            f"Opened {organization.name} at /o/{slug}/, current period {period}.\n"
            f"Next: manage.py create_admin --organization {slug} --name NAME EMAIL"
        )


def _lines(error):
    for name, messages in error.message_dict.items():
        option = f"--{name.replace('_', '-')}: " if name != "__all__" else ""
        for message in messages:
            yield f"{option}{message}"
