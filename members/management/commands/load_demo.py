from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.demo.loading import ACCOUNTS, PASSWORD, load
from members.models import Organization


class Command(BaseCommand):
    help = "Fill an empty database with two invented organizations; only with DEMO=1."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is for demonstrations: set DEMO=1.")
        if not Organization.objects.filter(slug="acme").exists():
            load(timezone.now())
        self.stdout.write(f"Sign in at /o/acme/ or /o/globex/, password “{PASSWORD}”:")
        for email, what in ACCOUNTS.items():
            self.stdout.write(f"  {email:24} {what}")
