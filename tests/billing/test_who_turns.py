"""Whom a change blocks and unblocks: of thousands as of few, and of those found by status."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import limits
from billing.periods import current_period
from members.models import Member


@pytest.fixture
def organization(crowd):
    return crowd.organization


AFTERS = [
    {"period_limit": 5, "group_used": 5},
    {"period_limit": 6},
    {"personal_limit": 2, "is_unlimited": False},
    {"personal_limit": None, "is_unlimited": True},
    {"status": Member.Status.ENABLED},
]


@pytest.mark.parametrize("after", AFTERS)
def test_thousands_are_judged_as_few_are(crowd, monkeypatch, after):
    members, period = crowd.organization.members.present(), current_period(crowd.organization)
    few = limits.who_turns(members, period, **after)
    assert few.blocked or few.unblocked
    monkeypatch.setattr(limits, "MANY", 0)
    assert limits.who_turns(members, period, **after) == few


def test_what_the_blocked_used_is_asked_of_those_found_once(console, organization, crowd):
    blocked = f"?everyone={len(crowd.blocked)}&status=blocked"
    address = reverse("members:bulk-assign", args=[organization.slug]) + blocked
    with CaptureQueriesContext(connection) as asked:
        page = console.post(address, {"billing_group": crowd.free.pk, "look": "1"})
    assert "4 members are no longer blocked." in page.context["changes"]
    judging = [each["sql"] for each in asked if "blocked_reasons" in each["sql"]]
    assert len(judging) == 3  # who is blocked; which groups turn; whom of theirs it turns


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
