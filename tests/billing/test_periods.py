from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Period
from billing.periods import (
    current_period,
    extend_back,
    period_at,
    starting_on,
)
from members.models import Organization
from tests.clock import utc
from tests.factories import OrganizationFactory, edit_at
from tests.racing import at_once, behind

OPENED = utc(2026, 1, 10)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def organization(db):
    return OrganizationFactory(opened_at=OPENED)


def boundaries(organization):
    """The days on which periods begin, and the one on which the last ends, in UTC."""
    periods = organization.periods.order_by("starts_at")
    return [
        f"{at:%m-%d %H:%M}" for at in [periods[0].starts_at, *(each.ends_at for each in periods)]
    ]


def test_an_organization_is_opened_in_the_period_of_its_opening(organization):
    assert boundaries(organization) == ["01-01 00:00", "02-01 00:00"]


def test_a_period_belongs_to_the_day_of_its_time_zone(db):
    singapore = OrganizationFactory(opened_at=OPENED, time_zone="Asia/Singapore")
    assert boundaries(singapore) == ["12-31 16:00", "01-31 16:00"]
    period = singapore.periods.get()
    assert (period.first_day, period.last_day) == (date(2026, 1, 1), date(2026, 1, 31))


def test_a_period_holds_its_first_instant_and_not_its_last(organization):
    assert period_at(organization, utc(2026, 2, 1)).starts_at == utc(2026, 2, 1)
    assert period_at(organization, utc(2026, 2, 1) - MOMENT).starts_at == utc(2026, 1, 1)


def test_missing_periods_are_made_when_one_is_needed(organization):
    period_at(organization, utc(2026, 3, 5))
    assert boundaries(organization) == [f"{month:02}-01 00:00" for month in (1, 2, 3, 4)]


def test_a_time_before_the_first_period_has_none(organization):
    with pytest.raises(Period.DoesNotExist):
        period_at(organization, utc(2025, 12, 31))
    assert organization.periods.count() == 1


def test_the_current_period_is_that_of_the_present(organization):
    period = current_period(organization)
    assert period.starts_at <= timezone.now() < period.ends_at


def test_a_new_start_day_makes_the_current_period_longer_and_never_shorter(organization):
    edit_at(utc(2026, 1, 20), organization, period_start_day=25)
    assert boundaries(organization) == ["01-01 00:00", "02-25 00:00"]
    period_at(organization, utc(2026, 3, 1))
    assert boundaries(organization)[-1] == "03-25 00:00"


def test_a_new_time_zone_moves_the_end_of_the_current_period_to_its_midnight(organization):
    edit_at(utc(2026, 1, 20), organization, time_zone="America/New_York")
    assert boundaries(organization) == ["01-01 00:00", "02-01 05:00"]


def test_a_time_zone_further_east_makes_a_longer_period_not_a_shorter_one(organization):
    edit_at(utc(2026, 1, 20), organization, time_zone="Asia/Tokyo")
    assert boundaries(organization) == ["01-01 00:00", "02-28 15:00"]


def test_a_change_moves_no_boundary_that_has_passed(organization):
    """Nobody had needed February yet: it is made as it was, then its end moves."""
    edit_at(utc(2026, 2, 1), organization, period_start_day=15)
    assert boundaries(organization) == ["01-01 00:00", "02-01 00:00", "03-15 00:00"]


def test_where_the_next_period_is_stored_already_that_one_runs_on(organization):
    period_at(organization, utc(2026, 2, 1))
    edit_at(utc(2026, 1, 31), organization, period_start_day=15)
    assert boundaries(organization) == ["01-01 00:00", "02-01 00:00", "03-15 00:00"]


def test_a_change_to_and_fro_leaves_the_period_longer(organization):
    now = utc(2026, 1, 20)
    edit_at(now, organization, period_start_day=15)
    edit_at(now, organization, period_start_day=1)
    assert boundaries(organization) == ["01-01 00:00", "03-01 00:00"]


def test_a_longer_period_stays_open_for_late_usage_after_its_new_end(organization):
    edit_at(utc(2026, 1, 20), organization, period_start_day=15)
    assert organization.periods.get().final_at == utc(2026, 2, 18)


def test_the_time_of_a_change_is_told_once_the_organization_is_locked(organization, monkeypatch):
    with CaptureQueriesContext(connection) as asked:

        def now():
            assert any("FOR NO KEY UPDATE" in each["sql"] for each in asked.captured_queries)
            return OPENED

        monkeypatch.setattr("members.operations.timezone.now", now)
        edit_at(None, organization, late_usage_hours=1)


def test_a_change_of_the_name_moves_nothing(organization):
    edit_at(utc(2026, 1, 20), organization, name="Acme")
    assert boundaries(organization) == ["01-01 00:00", "02-01 00:00"]


def test_history_may_need_earlier_periods(organization):
    extend_back(organization, to=utc(2025, 11, 30))
    assert boundaries(organization) == [
        "11-01 00:00",
        "12-01 00:00",
        "01-01 00:00",
        "02-01 00:00",
    ]
    extend_back(organization, to=utc(2025, 11, 1))
    assert organization.periods.count() == 3


def test_history_under_another_calendar_makes_no_period_of_a_few_hours(organization):
    """In Tokyo January begins 9 hours before the first period does: both would be January 1."""
    edit_at(OPENED, organization, time_zone="Asia/Tokyo")
    extend_back(organization, to=utc(2025, 12, 31, 16))
    assert boundaries(organization)[:2] == ["11-30 15:00", "01-01 00:00"]
    assert len({each.first_day for each in organization.periods.all()}) == 2


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"])
def test_a_period_is_found_by_its_first_day(db, zone):
    organization = OrganizationFactory(opened_at=OPENED, time_zone=zone)
    period = organization.periods.get()
    assert starting_on(organization, date(2026, 1, 1)) == period
    for day in (date(2025, 12, 31), date(2026, 1, 2), date.min, date.max):
        with pytest.raises(Period.DoesNotExist):
            starting_on(organization, day)


@pytest.mark.django_db(transaction=True)
def test_of_16_that_need_the_same_periods_all_get_the_same(organization):
    march = utc(2026, 3, 1)
    assert len(set(at_once(*[lambda: period_at(organization, march)] * 16))) == 1
    assert organization.periods.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_period_needed_while_the_calendar_changes_is_of_the_new_one(organization):
    _edited, period = behind(
        lambda: edit_at(utc(2026, 1, 20), organization, period_start_day=15),
        lambda: period_at(Organization.objects.get(pk=organization.pk), utc(2026, 2, 20)),
    )
    assert boundaries(organization) == ["01-01 00:00", "02-15 00:00", "03-15 00:00"]
    assert period.starts_at == utc(2026, 2, 15)
