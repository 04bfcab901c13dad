"""Settings: the periods that another calendar makes are shown before it is saved."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from billing.periods import current_period, period_at
from members.operations import edit_organization

from ...clock import utc
from ...factories import TESTS
from ...pages import queries, swap, url, words


def boundaries(organization):
    return [f"{each.ends_at:%m-%d}" for each in organization.periods.order_by("starts_at")]


def test_the_current_period_and_the_next_three_are_shown(look):
    said = look()
    labels = ["Nov 1 – Nov 30, 2026 · Current", "Dec 1 – Dec 31, 2026", "Feb 1 – Feb 28, 2027"]
    assert all(label in said for label in labels)
    assert "Every period that has ended is final." in said
    assert "Changes" not in said


def test_a_new_start_day_is_told_before_it_is_saved(look, organization):
    said = look(period_start_day=15)
    assert "Nov 1 – Dec 14, 2026 · Current Dec 15 – Jan 14, 2027 Jan 15 – Feb 14, 2027" in said
    assert "The current period runs on to Dec 14 instead of Nov 30." in said
    assert "Periods that have ended, usage, and limits, also in a longer period." in said
    assert organization.periods.count() == 1


def test_a_time_zone_that_moves_only_the_hour_says_by_which_clock(look):
    said = look(time_zone="America/New_York")
    assert "The current period still ends on Nov 30, now by the clock of America/New York." in said


def test_a_start_day_that_leaves_the_current_period_alone_says_so(console, organization, look):
    edit_organization(actor=TESTS, organization=organization, period_start_day=31)
    with time_machine.travel(utc(2027, 2, 10), tick=False):
        console.force_login(organization.members.get().user)
        said = look(period_start_day=28)
    assert "Jan 31 – Feb 27, 2027 · Current Feb 28 – Mar 27, 2027" in said
    assert "The current period ends on Feb 27, as before." in said


def test_which_ended_periods_stay_open_until_when_is_told(look, organization):
    with time_machine.travel(utc(2026, 12, 2), tick=False):
        period_at(organization, utc(2026, 12, 2))
        assert "Nov 1 – Nov 30, 2026 is open for late usage until Dec 4, 00:00." in look()
        longer = look(late_usage_hours=96)
        assert longer.count("Nov 1 – Nov 30, 2026 is open for late usage until Dec 5, 00:00.") == 2
        assert "Periods that are final." in longer
        assert "Nov 1 – Nov 30, 2026 is final at once." in look(late_usage_hours=5)


@pytest.mark.parametrize(
    "typed", [{"period_start_day": "x"}, {"time_zone": "%00"}, {"late_usage_hours": "9" * 999}]
)
def test_of_what_may_not_be_no_periods_are_shown(look, typed):
    said = look(**typed)
    assert "The periods are shown once time zone, start day and late window are valid." in said
    assert "Current" not in said


def test_a_calendar_is_not_saved_before_its_periods_were_seen(save, organization):
    response = save(period_start_day="15")
    assert response.status_code == 422
    assert "Look at the periods that this makes, then save again." in words(response)
    assert "The current period runs on to Dec 14 instead of Nov 30." in words(response)
    assert 'name="seen" value="UTC 15"' in response.content.decode()
    assert organization.period_start_day == 1
    assert save(period_start_day="15", seen="UTC 15").status_code == 302
    assert boundaries(organization) == ["11-01", "12-15"]


def test_what_was_seen_of_another_calendar_does_not_count(save, organization):
    assert save(period_start_day="15", seen="UTC 16").status_code == 422
    assert save(time_zone="Asia/Tokyo", seen="UTC 1").status_code == 422
    assert organization.period_start_day == 1


def test_without_a_script_a_button_shows_the_periods_and_keeps_what_was_typed(
    console, save, organization
):
    shown = '{"name": "Acme"}'
    response = save(name="Typed", period_start_day="15", shown=shown, look="1")
    assert response.status_code == 302
    assert "csrf" not in response["Location"]
    page = console.get(response["Location"])
    form = page.context["form"]
    assert (form["name"].value(), form["period_start_day"].value()) == ("Typed", "15")
    assert "The current period runs on to Dec 14 instead of Nov 30." in words(page)
    assert 'name="seen" value="UTC 15"' in page.content.decode()
    assert organization.name == "Acme"
    assert not organization.audit_entries.filter(event="EditOrganization").exists()


def test_the_button_is_not_in_what_htmx_swaps_in(console, organization):
    """There its noscript would be no noscript: Enter would press it instead of Save."""
    address = url("settings", organization)
    assert 'name="look"' in console.get(address).content.decode()
    region = console.get(address, headers=swap("period-preview"))
    assert 'name="look"' not in region.content.decode()


def test_the_button_takes_what_may_not_be(console, save):
    page = console.get(save(period_start_day="99", kind="none", look="1")["Location"])
    assert page.status_code == 200
    assert page.context["form"]["period_start_day"].value() == "99"


def test_the_preview_asks_few_queries(console, organization):
    address = url("settings", organization, period_start_day=15)
    current_period(organization)
    assert len(queries(console, address, **swap("period-preview"))) <= 5
    assert len(queries(console, address)) <= 10


def test_every_period_already_stored_is_told_once(look, organization):
    period_at(organization, timezone.now() + timedelta(days=20))
    said = look(period_start_day=15)
    assert said.count("Nov 1 – Nov 30, 2026") == 1
    assert "Dec 1 – Jan 14, 2027" in said
