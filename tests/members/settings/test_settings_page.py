"""Settings: what an organization's admins decide, and the periods shown before they do."""

import gzip
import re
from decimal import Decimal

import pytest

from members.models import Member
from members.operations import add_member, edit_organization

from ...factories import TESTS, MemberFactory
from ...pages import signed_in, url, words


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


def test_a_new_member_gets_the_default(save, organization):
    save(kind="amount", amount="50")
    member = add_member(
        actor=TESTS, organization=organization, name="New", email="new@example.test"
    )
    assert member.personal_limit == 50


def test_the_page_is_small(console, organization):
    assert len(gzip.compress(console.get(url("settings", organization)).content)) < 15_000
