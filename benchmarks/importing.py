"""The rows of the import: Apply beside a COPY to a temporary table and an upsert of its rows.

Both write the same lines into the same table. What the file changes is changed for good, to and
fro; what it adds is rolled back.
"""

from itertools import cycle
from pathlib import Path

from django.db import connection, transaction

from members.imports.lines import MOST_LINES, MembersFile
from members.imports.operations import import_members, upload_members

from .comparing import Row
from .place import BENCH, settle
from .slices import once

SQL = Path(__file__).parent / "sql"
ARRIVE = (SQL / "arriving.sql").read_text()
UPSERT = (SQL / "upsert.sql").read_text()
COPY = "COPY arriving FROM STDIN (FORMAT csv, HEADER)"
TABLES = ("members_member", "members_user", "billing_assignment", "members_importline")
HEADER = "Name,Email,Role,Billing Group,Personal Limit"


def rows(place):
    of = Imports(place)
    for what, files in (
        ("every line changes a member", cycle([of.file("A", 500), of.file("B", 700)])),
        ("every line adds one", cycle([of.file("A", 500, "new")])),
    ):
        yield Row(
            f"import, Apply, {what}",
            "COPY and upsert",
            lambda seconds, files=files: of.slice(of.applied, next(files)),
            lambda seconds, files=files: of.slice(of.upserted, next(files)),
            1.5,
            timed=True,
        )


class Imports:
    def __init__(self, place):
        self.place = place

    def file(self, variant, limit, who="member"):
        """A CSV of as many people as there are, in the billing groups in which they are."""
        people = range(min(self.place.members, MOST_LINES))
        groups = self.place.group_names
        lines = (
            f"Person {n} {variant},{who}-{n}@example.test,Member,{groups[n % len(groups)]},{limit}"
            for n in people
        )
        return who == "new", "\r\n".join([HEADER, *lines]).encode()

    def slice(self, side, file):
        is_new, content = file
        settle(*TABLES)
        work = side(content)
        if not is_new:
            return once(work)
        with transaction.atomic():
            done = once(work)
            transaction.set_rollback(True)
        return done

    def applied(self, content):
        """Apply, once the file was sent and its dry run shown."""
        named = {"actor": BENCH, "organization": self.place.organization}
        sent = upload_members(
            importer=self.place.admin.memberships.get(),
            name="members.csv",
            content=content,
            file=MembersFile(content),
            **named,
        )
        return lambda: import_members(sent=sent, digest=sent.digest, **named)

    def upserted(self, content):
        def work():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(ARRIVE)
                with cursor.copy(COPY) as copy:
                    copy.write(content)
                cursor.execute(UPSERT, {"organization": self.place.organization.pk})

        return work
