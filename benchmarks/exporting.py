"""The rows of the exports: downloaded over HTTP beside psql, which copies the same rows."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.urls import reverse

from billing.periods import extend_back

from .browser import Browser
from .comparing import Row
from .place import settle
from .slices import Broken, repeat

SQL = Path(__file__).parent / "sql"
GROUPS_EACH = 10
MOST_MEMORY = 10


def rows(place, psql, server):
    of = Exports(place, psql, server)
    yield of.row("Members, a row for each", "members:export", "export_members.sql", place.period)
    usage = "billing:download", "export_usage.sql"
    yield of.row("Billing Groups, a row for each member", *usage, place.period)
    past = past_period(place)
    yield of.row(
        "Billing Groups of a past period, ten rows for each member",
        *usage,
        past.pk,
        f"?period={past.first_day}",
        prepare=lambda: load_past(place, past.pk),
    )


class Psql:
    def __init__(self, binaries, url):
        self.program, self.url = binaries / "psql", url
        if not self.program.exists():
            raise Broken(f"There is no psql in {binaries}: install it, or set PG_BIN.")

    def copy(self, script, **variables):
        """Let it COPY what `script` selects to nowhere."""
        named = [f"--set={name}={value}" for name, value in variables.items()]
        command = [self.program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *named]
        command += [f"--file={SQL / script}", self.url]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Broken(f"{script} failed:\n{done.stderr}")


class Exports:
    def __init__(self, place, psql, server):
        self.place, self.psql, self.server = place, psql, server
        self.browser = Browser(server.port, place.admin)

    def row(self, what, page, script, period, query="", prepare=settle):
        path = reverse(page, args=[self.place.organization.slug]) + query
        named = {"organization": self.place.organization.pk, "period": period}
        return Row(
            f"export of {what}",
            "psql, COPY of the same rows",
            lambda seconds: self.download(path, seconds),
            lambda seconds: repeat(lambda: self.psql.copy(script, **named), seconds),
            1.3,
            timed=True,
            prepare=prepare,
            memory=MOST_MEMORY,
        )

    def download(self, path, seconds):
        with self.server.watched() as grown:
            slice = repeat(lambda: self.browser.download(path), seconds)
            return replace(slice, grown=grown())


def past_period(place):
    first = place.organization.periods.last()
    extend_back(place.organization, to=first.starts_at - timedelta(days=1))
    return place.organization.periods.last()


def load_past(place, period):
    """Each member has used Credits under ten billing groups, one record in each."""
    with connection.cursor() as cursor:
        cursor.execute(
            (SQL / "past.sql").read_text(),
            {
                "organization": place.organization.pk,
                "period": period,
                "first_group": place.first_group,
                "groups": place.groups,
                "first_member": place.first_member,
                "members": place.members,
                "groups_each": GROUPS_EACH,
            },
        )
    settle()
