import ast
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.models import AuditEntry
from billing.limits import blocked_reasons
from billing.models import UsageRecord, UsageTotal
from billing.totals import compare_totals
from groups.models import GroupMembership
from members.demo.loading import ACCOUNTS, load, load_organization
from members.demo.organizations import GLOBEX
from members.models import Member, Organization, User
from tests.clock import utc

HOME = Path(__file__).parents[2]
DAYS = [
    pytest.param(utc(2026, 7, 31, 16, 0), id="the first instant of a month"),
    pytest.param(utc(2026, 8, 31, 16, 5), id="five minutes into a month"),
    pytest.param(utc(2028, 2, 29, 15, 59), id="the last minute of a leap day"),
]


@pytest.mark.parametrize("now", DAYS)
def test_the_demo_shows_every_state_on_every_day(db, now):
    load(now, density=0.1)
    acme = Organization.objects.get(slug="acme")
    period = acme.periods.first()

    assert period.starts_at <= now < period.ends_at
    assert acme.periods.count() == 7
    assert_billing_groups_are_in_their_states(acme, period)
    assert_members_are_in_their_states(acme, period)
    assert not acme.usage_records.filter(occurred_at__gt=now + timedelta(seconds=1)).exists()
    assert compare_totals().differences == []


def assert_billing_groups_are_in_their_states(acme, period):
    groups = {each.name: each for each in acme.billing_groups.with_usage_in(period)}
    percent = {
        name: 100 * group.used / group.period_limit
        for name, group in groups.items()
        if group.period_limit
    }
    assert len(groups) == 1 + 9
    assert 80 <= percent.pop("Data Science") < 95
    assert 100 <= percent.pop("Mobile Apps") < 120
    assert all(0 < each < 80 for each in percent.values())
    assert groups["Contractors"].period_limit == 0
    assert groups["Research 研究"].period_limit is None
    assert groups["Legacy Migration"].deleted_at
    assert all(each.used or each.period_limit == 0 for each in groups.values())


def assert_members_are_in_their_states(acme, period):
    totals = UsageTotal.objects.filter(period=period, member__organization=acme, credits__gt=0)
    groups_of = Counter(totals.values_list("member", flat=True))
    present = acme.members.present()
    unassigned = present.filter(billing_group__is_unassigned=True)

    def why(name):
        return blocked_reasons(acme.members.get(email=f"{name}@acme.example"), period)

    assert present.count() == 240
    assert unassigned.count() == unassigned.filter(pk__in=groups_of).count() == 17
    assert max(groups_of.values()) == 2
    assert why("admin") == []
    assert why("member") == ["billing_group_limit_reached"]
    assert why("pedro.nunez") == why("zhiling.lin") == ["personal_limit_reached"]
    assert why("greta.vogel") == ["member_disabled"]
    assert "member_removed" in why("oskar.lund")
    assert acme.members.get(email="oskar.lund@acme.example").pk in groups_of
    assert present.filter(personal_limit=None, is_unlimited=False).exists()
    assert present.filter(personal_limit__gt=0).exists()
    assert present.filter(name__startswith="=").exists()


def test_the_history_of_the_demo_happened_in_its_own_time(db):
    load_organization(GLOBEX, now=timezone.now(), density=0.1)
    globex = Organization.objects.get(slug="globex")
    first = globex.periods.last()
    in_first = globex.usage_records.filter(period=first)

    assert in_first.exists()
    assert not in_first.filter(recorded_at__gt=first.ends_at).exists()
    assert not globex.usage_records.filter(recorded_at__lt=F("occurred_at")).exists()
    assert globex.assignments.earliest("started_at").started_at == first.starts_at
    assert globex.assignments.filter(ended_at__range=(first.starts_at, timezone.now())).exists()
    assert GroupMembership.objects.filter(organization=globex).exists()
    assert not AuditEntry.objects.exclude(outcome="done").exists()


def test_only_the_date_makes_a_difference_to_the_demo(db):
    february_28 = utc(2027, 2, 28, 5, 5)  # five minutes into a period of Globex

    def records():
        with transaction.atomic():
            load_organization(GLOBEX, now=february_28, density=0.1)
            records = UsageRecord.objects.order_by("event_id")
            seen = list(records.values_list("event_id", "member__email", "credits", "occurred_at"))
            transaction.set_rollback(True)
        return seen

    assert records() == records()
    assert max(at for *_record, at in records()) > february_28 - timedelta(minutes=5)


def test_the_command_loads_once_and_names_the_accounts_each_time(db, capsys):
    call_command("load_demo")
    loaded, told = snapshot(), capsys.readouterr().out
    call_command("load_demo")
    assert snapshot() == loaded
    assert capsys.readouterr().out == told
    assert all(email in told for email in ACCOUNTS)
    assert 18_000 < UsageRecord.objects.filter(organization__slug="acme").count() < 22_000
    large_organization_is_made_once_where_it_is_asked_for(capsys)


def large_organization_is_made_once_where_it_is_asked_for(capsys):
    assert Organization.objects.count() == 2
    with pytest.raises(CommandError, match="at least 1"):
        call_command("load_demo", "--members=none")
    call_command("load_demo", "--members=60")
    assert User.objects.get(email="admin@meridian.example").check_password("demo")
    call_command("load_demo", "--members=900")
    told = capsys.readouterr().out
    assert told.count("Meridian Group has 60 members: sign in as admin@meridian.example.") == 2


def snapshot():
    return [each.objects.count() for each in (Organization, Member, User, UsageRecord, AuditEntry)]


def test_without_demo_mode_nothing_is_loaded(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")
    assert not Organization.objects.exists()


def test_nothing_but_the_demo_passes_another_time_than_the_present():
    """Time is a parameter of metering, opening and assigning; a request must never set it."""
    found = {str(path.relative_to(HOME)) for path in product_files() if passes_time(path)}
    assert found == {"members/demo/loading.py"}


def test_only_its_command_loads_the_demo():
    users = {path for path in product_files() if "members.demo" in path.read_text()}
    assert {path.name for path in users} == {"load_demo.py"}


def product_files():
    for app in ("config", "audit", "members", "groups", "billing"):
        yield from (HOME / app).rglob("*.py")


def passes_time(path):
    text = path.read_text()
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return "billing.assigned_at" in text or any(passes_another_time(call) for call in calls)


def passes_another_time(call):
    given = {keyword.arg for keyword in call.keywords}
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    hidden = None in given and name in {"record_usage", "adjust_usage", "open_organization"}
    return hidden or bool(given & {"received_at", "opened_at", "invited_at"})
