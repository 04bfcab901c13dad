"""Every operation: done it leaves one entry, undone none, refused one; none tells a secret."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEntry
from audit.operations import Refused
from tests.factories import TESTS

from .operations import DONE, declared, perform

every_operation = pytest.mark.parametrize(
    ("verb", "arguments"), DONE, ids=[verb.__name__ for verb, _arguments in DONE]
)
SECRETS = ("password", "secret", "digest", "cookie", "token", "mm_")


@pytest.fixture
def written(place):
    """The entries that were written since the test began, the oldest first."""
    last = AuditEntry.objects.latest("pk").pk
    return lambda: list(AuditEntry.objects.filter(pk__gt=last).order_by("pk"))


def of_event(event):
    [(verb, arguments)] = [each for each in DONE if each[0].event == event]
    return verb, arguments


def test_every_operation_is_listed_here():
    assert {verb.__name__: verb.event for verb, _arguments in DONE} == declared()


@every_operation
def test_done_it_leaves_one_entry(place, written, verb, arguments):
    perform(verb, arguments, place)
    [entry] = written()
    assert (entry.event, entry.outcome) == (verb.event, "done")
    assert (entry.actor_kind, entry.actor_id) == ("command", "tests")


@every_operation
def test_rolled_back_it_leaves_none(place, written, verb, arguments):
    before = place.records
    with transaction.atomic():
        perform(verb, arguments, place)
        transaction.set_rollback(True)
    assert written() == []
    assert place.records == before


@every_operation
def test_refused_it_leaves_one_and_changes_nothing(place, written, verb, arguments):
    before = place.records
    with pytest.raises(Refused):
        perform(verb, arguments, place, opened_in=place.past)
    told = [(each.event, each.outcome, each.changes) for each in written()]
    assert told == [(verb.event, "refused", {"refused": "period_is_over"})]
    assert place.records == before


@every_operation
def test_its_entry_tells_no_secret(place, written, verb, arguments):
    perform(verb, arguments, place)
    [entry] = written()
    told = json.dumps(entry.changes)
    assert not [secret for secret in SECRETS if secret in told]


def test_a_new_admins_password_is_not_told(place, written):
    perform(*of_event("CreateAdmin"), place, password="correct horse battery staple")
    [entry] = written()
    assert "horse" not in json.dumps(entry.changes)


def test_a_new_keys_secret_is_not_told(place, written):
    create_api_key, arguments = of_event("CreateApiKey")
    given = {**arguments(place), "expires_at": timezone.now() + timedelta(days=1)}
    made = create_api_key(actor=TESTS, **given)
    [entry] = written()
    told = json.dumps(entry.changes)
    assert made.secret not in told
    assert made.key.prefix not in told
    assert made.key.digest not in told


def test_amounts_are_kept_exactly(place, written):
    perform(*of_event("SetBillingGroupLimit"), place, credits=Decimal("0.0001"))
    assert written()[0].changes == {"period_limit": [None, "0.0001"]}
