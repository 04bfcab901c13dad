import pytest
from django.core.management import CommandError, call_command
from time_machine import travel

from audit.models import AuditEntry
from members.models import Organization

from ..clock import utc


def open_organization(**options):
    call_command("open_organization", **{"name": "Acme", "slug": "acme", **options})
    return Organization.objects.get(slug=options.get("slug", "acme"))


@travel(utc(2026, 11, 14, 17), tick=False)
def test_an_opened_organization_has_unassigned_and_the_period_of_its_calendar(db):
    acme = open_organization(time_zone="Asia/Singapore", period_start_day=15)

    assert [each.name for each in acme.billing_groups.all()] == ["Unassigned"]
    [period] = acme.periods.all()
    assert (period.starts_at, period.ends_at) == (utc(2026, 11, 14, 16), utc(2026, 12, 14, 16))


def test_the_command_tells_the_address_and_the_next_step(db, capsys):
    open_organization(name="  Acme Robotics ")
    told = capsys.readouterr().out
    assert "Opened Acme Robotics at /o/acme/" in told
    assert "create_admin --organization acme" in told


def test_opening_leaves_one_audit_entry_of_the_command(db):
    acme = open_organization()
    entry = AuditEntry.objects.get(organization=acme)
    assert (entry.event, entry.actor_kind) == ("OpenOrganization", "command")
    assert entry.actor_id == "open_organization"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slug": "ac me"}, "--slug: Enter a valid"),
        ({"slug": "taken"}, "--slug: .* already exists"),
        ({"time_zone": "Asia/Atlantis"}, "--time-zone: Choose a time zone"),
        ({"period_start_day": 32}, "--period-start-day: .* less than or equal to 31"),
        ({"name": " "}, "--name: This field cannot be blank"),
        ({"name": "Ac\tme"}, "--name: Remove the invisible characters"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_opened(db, wrong, words):
    open_organization(name="Taken", slug="taken")
    with pytest.raises(CommandError, match=words):
        open_organization(**wrong)
    assert Organization.objects.count() == 1
