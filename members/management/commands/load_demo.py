from argparse import ArgumentTypeError
from math import ceil

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.demo.large import ADMIN, MERIDIAN, Size, load_large
from members.demo.loading import ACCOUNTS, PASSWORD, load
from members.models import Organization


class Command(BaseCommand):
    help = "Fill an empty database with two invented organizations; only with DEMO=1."

    def add_arguments(self, parser):
        third = parser.add_argument_group(
            "A third organization, in which everything is many, if it is not there yet"
        )
        third.add_argument("--members", type=positive, help="100,000 unless given")
        third.add_argument("--billing-groups", type=positive, help="a hundredth of the members")
        third.add_argument("--records", type=positive, help="ten for each member")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is for demonstrations: set DEMO=1.")
        if not Organization.objects.filter(slug="acme").exists():
            load(timezone.now())
        if size := size_of(**options):
            self.load_large(size)
        self.stdout.write(f"Sign in at /o/acme/ or /o/globex/, password “{PASSWORD}”:")
        for email, what in ACCOUNTS.items():
            self.stdout.write(f"  {email:24} {what}")

    def load_large(self, size):
        if not Organization.objects.filter(slug=MERIDIAN.slug).exists():
            load_large(size, timezone.now())
        members = Organization.objects.get(slug=MERIDIAN.slug).members.count()
        self.stdout.write(f"{MERIDIAN.name} has {members:,} members: sign in as {ADMIN}.")


def positive(text):
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError("at least 1")
    return int(text)


def size_of(members, billing_groups, records, **others):
    """How large the third organization shall be; None if it was not asked for."""
    if not (members or billing_groups or records):
        return None
    members = members or 100_000
    return Size(members, billing_groups or ceil(members / 100), records or members * 10)
