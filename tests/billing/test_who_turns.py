"""Whom a change blocks and unblocks: of thousands as of few, and of those found by status."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import limits
from billing.periods import current_period

from ..factories import BillingGroupFactory, MemberFactory, assign, report


@pytest.fixture
def organization(crowd):
    return crowd.organization


AFTERS = [
    {"is_closed": True},
    {"is_closed": False},
    {"personal_limit": 2, "is_unlimited": False},
    {"personal_limit": None, "is_unlimited": True},
]


@pytest.mark.parametrize("after", AFTERS)
def test_thousands_are_judged_as_few_are(crowd, monkeypatch, after):
    members, period = crowd.organization.members.present(), current_period(crowd.organization)
    few = limits.who_turns(members, period, **after)
    assert few.blocked or few.unblocked
    monkeypatch.setattr(limits, "MANY", 0)
    assert limits.who_turns(members, period, **after) == few


@pytest.mark.parametrize("many", [0, limits.MANY])
@pytest.mark.parametrize("status", ["active", "blocked"])
def test_of_a_status_as_much_is_said_as_of_the_same_one_by_one(
    console, organization, crowd, monkeypatch, status, many
):
    monkeypatch.setattr(limits, "MANY", many)
    enabled = set(organization.members.enabled().values_list("pk", flat=True))
    those = enabled & crowd.blocked if status == "blocked" else enabled - crowd.blocked
    for page, sent in (
        ("members:bulk-assign", {"billing_group": crowd.frozen.pk}),
        ("members:bulk-assign", {"billing_group": crowd.free.pk}),
        ("members:bulk-limit", {"kind": "amount", "amount": "2"}),
    ):
        address = reverse(page, args=[organization.slug])
        ticked = "&".join(f"member={pk}" for pk in those)
        found, chosen = (
            console.post(f"{address}?{query}", {**sent, "look": "1"}).context
            for query in (f"everyone={len(those)}&status={status}", ticked)
        )
        assert found["changes"] == chosen["changes"] != []
        assert found["stays"] == chosen["stays"]
        assert found["notes"] == chosen["notes"] == [f"{len(those)} members chosen."]


@pytest.mark.parametrize("group", ["unassigned", "full", "frozen", "free"])
def test_of_thousands_who_move_as_much_is_said_as_of_few(
    console, organization, crowd, monkeypatch, group
):
    address = reverse("members:bulk-assign", args=[organization.slug]) + "?everyone=21"

    def said():
        sent = {"billing_group": getattr(crowd, group).pk, "look": "1"}
        context = console.post(address, sent).context
        return context["changes"], context["stays"]

    of_few = said()
    assert of_few[1][0].endswith(" Credits used so far stay where they were used.")
    monkeypatch.setattr(limits, "MANY", 0)
    assert said() == of_few


def test_those_found_by_status_are_judged_once(console, organization, crowd):
    address = reverse("members:bulk-assign", args=[organization.slug])
    address += f"?everyone={len(crowd.blocked)}&status=blocked"
    with CaptureQueriesContext(connection) as asked:
        page = console.post(address, {"billing_group": crowd.free.pk, "look": "1"})
    assert "4 members are no longer blocked." in page.context["changes"]
    judging = [each["sql"] for each in asked if "is_blocked" in each["sql"]]
    assert sum("members_member" in sql for sql in judging) == 1  # of billing groups alone the rest


@pytest.mark.parametrize("query", ["", "&status=blocked"])
def test_more_billing_groups_ask_no_more_queries(console, organization, crowd, query):
    address = reverse("members:bulk-assign", args=[organization.slug]) + f"?everyone=1{query}"

    def asked():
        with CaptureQueriesContext(connection) as asked:
            console.post(address, {"billing_group": crowd.free.pk, "look": "1"})
        return len(asked)

    before = asked()
    for _ in range(3):
        assign(
            MemberFactory(organization=organization), BillingGroupFactory(organization=organization)
        )
    assert asked() == before


def test_whether_somebody_is_blocked_is_whether_there_is_a_reason(db):
    values = (
        ["ENABLED", "DISABLED", "DELETED"],
        [True, False],
        [None, 0, 2],
        [0, 1, 2, 3],
        [None, 0, 2],
        [0, 1, 2, 3],
    )
    rule = "SELECT is_blocked(%s, %s, %s, %s, %s, %s), blocked_reasons(%s, %s, %s, %s, %s, %s)"
    answers = set()
    with connection.cursor() as cursor:
        for told in product(*values):
            cursor.execute(rule, told + told)
            is_blocked, reasons = cursor.fetchone()
            assert is_blocked == (reasons != []), told
            answers.add(is_blocked)
    assert answers == {True, False}


def test_all_who_are_blocked_are_moved_and_no_others(console, organization, crowd):
    blocked = organization.members.enabled().filter(pk__in=crowd.blocked)
    moving, places = set(blocked.values_list("pk", flat=True)), crowd.places
    address = reverse("members:bulk-assign", args=[organization.slug])
    address += f"?everyone={len(moving)}&status=blocked"
    assert console.post(address, {"billing_group": crowd.free.pk}).status_code == 302
    assert {pk: place for pk, place in crowd.places.items() if pk not in moving} == {
        pk: place for pk, place in places.items() if pk not in moving
    }
    assert {crowd.places[pk] for pk in moving} == {crowd.free.pk}


def test_what_stays_is_all_that_was_used_in_the_period(console, organization, crowd):
    mover = MemberFactory(organization=organization, is_unlimited=True)
    report(mover, 100)
    assign(mover, crowd.frozen)
    address = reverse("members:bulk-assign", args=[organization.slug]) + f"?member={mover.pk}"
    page = console.post(address, {"billing_group": crowd.free.pk, "look": "1"})
    assert page.context["stays"] == ["100 Credits used so far stay where they were used."]
