"""The settings of an organization in November, saved and looked at."""

import pytest
import time_machine

from ...clock import another_time, utc
from ...factories import OrganizationFactory
from ...pages import swap, url, words

NOW = utc(2026, 11, 19, 12)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False), another_time():
        yield


@pytest.fixture
def organization(db):
    return OrganizationFactory(name="Acme", slug="acme", opened_at=utc(2026, 10, 5))


@pytest.fixture
def settings(organization):
    """What the form sends when nothing is changed."""
    return {
        "name": "Acme",
        "time_zone": "UTC",
        "period_start_day": "1",
        "late_usage_hours": "72",
        "kind": "not_set",
        "amount": "",
        "seen": "UTC 1",
    }


@pytest.fixture
def save(console, organization, settings):
    def post(**typed):
        response = console.post(url("settings", organization), settings | typed)
        organization.refresh_from_db()
        return response

    return post


@pytest.fixture
def look(console, organization):
    """What the preview says of a calendar."""

    def get(**typed):
        address = url("settings", organization, **typed)
        return words(console.get(address, headers=swap("period-preview")))

    return get
