"""The rows of the pages: beside Django's admin, and the last page of a list beside its first."""

import re

from django.urls import reverse

from audit.keyset import SIZE as ENTRIES
from audit.support import list_of
from billing.models import BillingGroup
from members.models import Member

from .browser import Browser
from .comparing import Row
from .place import settle
from .slices import Broken, repeat

SHOWN = 100
NAME = {Member: re.compile(r"Member \d{7}"), BillingGroup: re.compile(r"Billing group \d{7}")}


def rows(place, server):
    of = Pages(place, Browser(server.port, place.admin))
    return [*of.beside_admin(), *of.last_beside_first()]


class Pages:
    def __init__(self, place, browser):
        self.place, self.browser = place, browser

    def beside_admin(self):
        for name, model, page in (
            ("Members", Member, "members:list"),
            ("Billing Groups", BillingGroup, "billing:list"),
        ):
            ours = f"{self.address(page)}?size={SHOWN}"
            admin = list_of(model, organization=self.place.organization.pk)
            yield Row(
                f"{name} page, 100 rows",
                "Django admin, the same rows",
                self.visits(ours),
                self.visits(admin),
                0.35,
                timed=True,
                prepare=lambda shown=(NAME[model], ours, admin): self.require_same(*shown),
            )

    def last_beside_first(self):
        members = f"{self.address('members:list')}?size={SHOWN}"
        last = self.place.members // SHOWN
        yield self.last("Members", f"{members}&page={last}", members)
        entries = self.address("audit:list")
        oldest = self.place.organization.audit_entries.order_by("at", "pk")[ENTRIES]
        yield self.last("Audit Log", f"{entries}?before={oldest.pk}", entries)

    def last(self, name, last, first):
        visits = self.visits(last), self.visits(first)
        return Row(f"{name}, last full page", "its first page", *visits, 1.3, timed=True)

    def address(self, page):
        return reverse(page, args=[self.place.organization.slug])

    def visits(self, path):
        return lambda seconds: repeat(lambda: self.browser.get(path), seconds)

    def require_same(self, name, *paths):
        """Both pages show the same records, as many as they can."""
        settle()
        ours, admins = (set(name.findall(self.browser.text(path))) for path in paths)
        if not ours or ours != admins:
            raise Broken(f"Not the same rows: {sorted(ours ^ admins)[:10]}.")
