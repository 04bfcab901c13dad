"""Settings: what an organization's admins decide, and the periods shown before they do."""

import gzip
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from billing.periods import current_period, period_at
from members.models import Member
from members.operations import add_member, edit_organization

from ..clock import another_time, utc
from ..factories import TESTS, MemberFactory, OrganizationFactory
from ..pages import queries, signed_in, swap, url, words

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


def boundaries(organization):
    return [f"{each.ends_at:%m-%d}" for each in organization.periods.order_by("starts_at")]


def test_the_form_opens_with_what_is_stored(console, organization):
    edit_organization(
        actor=TESTS,
        organization=organization,
        time_zone="Asia/Tokyo",
        late_usage_hours=48,
        default_personal_limit=Decimal("1234.5"),
    )
    form = console.get(url("settings", organization)).context["form"]
    values = {field.name: field.value() for field in form}
    assert values["name"] == "Acme"
    assert (values["time_zone"], values["period_start_day"]) == ("Asia/Tokyo", 1)
    assert (values["late_usage_hours"], values["kind"]) == (48, "amount")
    assert values["amount"] == "1,234.5"


def test_it_saves_everything_with_one_entry_and_says_so(console, save, organization, admin):
    response = save(
        name=" Acme Robotics ",
        time_zone="Asia/Tokyo",
        period_start_day="15",
        late_usage_hours="48",
        kind="amount",
        amount="1,200.5",
        seen="Asia/Tokyo 15",
    )
    assert response["Location"] == "/o/acme/settings/"
    assert (organization.name, organization.time_zone) == ("Acme Robotics", "Asia/Tokyo")
    assert (organization.period_start_day, organization.late_usage_hours) == (15, 48)
    assert organization.default_personal_limit == Decimal("1200.5")
    said = "The settings were saved. The current period is Nov 1 – Dec 14, 2026."
    assert said in words(console.get(response["Location"]))
    entry = organization.audit_entries.get(event="EditOrganization")
    assert entry.actor_id == str(admin.pk)
    assert entry.changes == {
        "name": ["Acme", "Acme Robotics"],
        "time_zone": ["UTC", "Asia/Tokyo"],
        "period_start_day": [1, 15],
        "late_usage_hours": [72, 48],
        "default_personal_limit": [None, "1200.5"],
    }


@pytest.mark.parametrize(
    ("kind", "amount", "stored"),
    [
        ("not_set", "5", (None, False)),
        ("amount", "0", (0, False)),
        ("unlimited", "5", (None, True)),
    ],
)
@pytest.mark.parametrize(
    "before", [{}, {"default_personal_limit": 7}, {"default_is_unlimited": True}]
)
def test_each_default_limit_replaces_each_other(save, organization, before, kind, amount, stored):
    edit_organization(actor=TESTS, organization=organization, **before)
    assert save(kind=kind, amount=amount).status_code == 302
    assert (organization.default_personal_limit, organization.default_is_unlimited) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "a\u202eb"}, "Remove the invisible characters"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone of the list."),
        ({"time_zone": ""}, "This field is required."),
        ({"period_start_day": "0"}, "Enter a day from 1 to 31."),
        ({"period_start_day": "32"}, "Enter a day from 1 to 31."),
        ({"period_start_day": "1.5"}, "Enter a day from 1 to 31."),
        ({"period_start_day": "9" * 5000}, "Enter a day from 1 to 31."),
        ({"period_start_day": ""}, "Enter a day from 1 to 31."),
        ({"late_usage_hours": "-1"}, "Enter 0 to 2,160 hours."),
        ({"late_usage_hours": "2161"}, "Enter 0 to 2,160 hours."),
        ({"kind": "amount", "amount": ""}, "Enter the amount, for example 1,200.5."),
        ({"kind": "amount", "amount": "-1"}, "Enter 0 or more Credits."),
        ({"kind": "none"}, "Select a valid choice."),
    ],
)
def test_what_may_not_be_comes_back_as_it_was_typed(save, organization, typed, message):
    response = save(name="Typed by hand", **typed) if "name" not in typed else save(**typed)
    assert response.status_code == 422
    assert message in words(response)
    assert "Error: Settings" in words(response)
    assert "name" in typed or 'value="Typed by hand"' in response.content.decode()
    assert organization.name == "Acme"


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


@pytest.mark.parametrize("shown", ["", "[", "[1]", "7", "null", '{"slug": 1}', "[" * 3000])
def test_an_address_that_was_tampered_with_opens_the_form(console, organization, shown):
    page = console.get(url("settings", organization, shown=shown, late_usage_hours=5))
    assert page.status_code == 200
    assert page.context["form"]["late_usage_hours"].value() == "5"


class TestTwoAdmins:
    @pytest.fixture
    def shown(self, console, organization):
        form = console.get(url("settings", organization)).context["form"]
        return form["shown"].as_widget().split('value="')[1].split('"')[0].replace("&quot;", '"')

    @pytest.fixture
    def grace(self, organization):
        grace = MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
        sent = {"name": "Acme", "time_zone": "UTC", "period_start_day": "1", "kind": "unlimited"}
        sent |= {"late_usage_hours": "24"}
        assert signed_in(grace).post(url("settings", organization), sent).status_code == 302

    def test_a_stale_save_is_refused_and_names_the_others_value(
        self, shown, grace, save, organization
    ):
        response = save(name="Typed", late_usage_hours="96", shown=shown)
        assert response.status_code == 409
        said = words(response)
        assert re.search("Grace set this to “24” at .+. Save again to keep yours.", said)
        assert "Grace set this to “Unlimited” at" in said
        assert 'value="Typed"' in response.content.decode()
        assert (organization.name, organization.late_usage_hours) == ("Acme", 24)

    def test_saving_again_goes_through(self, shown, grace, save, organization):
        form = save(late_usage_hours="96", shown=shown).context["form"]
        assert save(late_usage_hours="96", shown=form["shown"].value()).status_code == 302
        assert organization.late_usage_hours == 96

    def test_the_preview_does_not_make_a_stale_form_fresh(self, console, shown, grace, save):
        looked = save(late_usage_hours="96", shown=shown, look="1")["Location"]
        form = console.get(looked).context["form"]
        again = form["shown"].as_widget().split('value="')[1].split('"')[0].replace("&quot;", '"')
        assert save(late_usage_hours="96", shown=again).status_code == 409


def test_the_preview_asks_few_queries(console, organization):
    address = url("settings", organization, period_start_day=15)
    current_period(organization)
    assert len(queries(console, address, **swap("period-preview"))) <= 5
    assert len(queries(console, address)) <= 10


def test_a_new_member_gets_the_default(save, organization):
    save(kind="amount", amount="50")
    member = add_member(
        actor=TESTS, organization=organization, name="New", email="new@example.test"
    )
    assert member.personal_limit == 50


def test_the_page_is_small(console, organization):
    assert len(gzip.compress(console.get(url("settings", organization)).content)) < 15_000


def test_every_period_already_stored_is_told_once(look, organization):
    period_at(organization, NOW + timedelta(days=20))
    said = look(period_start_day=15)
    assert said.count("Nov 1 – Nov 30, 2026") == 1
    assert "Dec 1 – Jan 14, 2027" in said
