"""100,000 lines: a few queries, and seconds."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.imports.judging import Verdicts
from members.imports.lines import MOST_LINES, MembersFile
from members.imports.operations import import_members

from ...factories import TESTS, BillingGroupFactory, GroupFactory, many_members, send_members

PATIENCE = 120  # seconds; on an idle machine it takes 5
MOST_QUERIES_TO_JUDGE = 8
HEADER = "Email,Name,Groups,Billing Group,Personal Limit\n"


def lines_of(emails):
    return HEADER + "".join(
        f"{email},Somebody,Guild,Platform,{place % 1000}.5\n" for place, email in enumerate(emails)
    )


def test_as_many_lines_as_there_may_be_are_judged_in_a_few_queries_and_seconds(organization):
    GroupFactory(organization=organization, name="Guild")
    BillingGroupFactory(organization=organization, name="Platform")
    known = [member.email for member in many_members(organization, 1_000)]
    new = [f"new-{number}@x.test" for number in range(MOST_LINES - len(known))]
    content = lines_of(known + new).encode()
    start = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        verdicts = Verdicts(organization, MembersFile(content).lines)
        assert verdicts.counts == {"add": 99_000, "change": 1_000, "unchanged": 0, "error": 0}
    assert time.monotonic() - start < PATIENCE
    assert len(asked) <= MOST_QUERIES_TO_JUDGE


def test_an_import_of_many_lines_asks_for_as_many_queries_as_one_of_few(organization, admin):
    GroupFactory(organization=organization, name="Guild")
    BillingGroupFactory(organization=organization, name="Platform")

    def asked(number):
        known = [member.email for member in many_members(organization, number)]
        new = [f"new-{number}-{each}@x.test" for each in range(number)]
        sent = send_members(admin, lines_of(known + new))
        with CaptureQueriesContext(connection) as queries:
            done = import_members(
                actor=TESTS, organization=organization, sent=sent, digest=sent.digest
            )
        assert (done["add"], done["change"]) == (number, number)
        return len(queries)

    assert asked(1_000) == asked(5)
