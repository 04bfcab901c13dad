"""`load_demo --members`: a large organization under every rule; here a small one of its kind."""

from argparse import ArgumentTypeError
from copy import deepcopy

import pytest
from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from audit.models import AuditEntry
from billing.limits import blocked_reasons
from billing.models import Assignment, UsageRecord
from billing.totals import compare_totals
from members.demo.large import Size, hours_of, load_large, shared_out
from members.management.commands.load_demo import positive, size_of
from members.models import Member, Organization
from tests.audit.operations import DONE, perform
from tests.clock import utc
from tests.meridian import Meridian
from tests.pages import signed_in, words
from tests.views import VIEWS

SIZE = Size(members=500, billing_groups=100, records=5000)
every_operation = pytest.mark.parametrize(
    ("verb", "arguments"), DONE, ids=[verb.__name__ for verb, _arguments in DONE]
)


@pytest.fixture(scope="module")
def stored_meridian(stored):
    return stored(lambda: load_large(SIZE, timezone.now()) and Meridian())


@pytest.fixture
def place(stored_meridian, db):
    return deepcopy(stored_meridian)


def test_it_is_as_large_as_was_asked(place):
    here = place.organization
    assert here.members.exclude(pk=place.other_admin.pk).count() == SIZE.members
    assert here.billing_groups.filter(is_unassigned=False).count() == SIZE.billing_groups
    assert here.groups.count() == SIZE.billing_groups / 5
    assert here.usage_records.count() == SIZE.records
    assert here.periods.count() == 6
    assert all(period.records.exists() for period in here.periods.all())
    assert here.invitations.count() == 150 + 1


def test_its_totals_are_what_its_records_say(place):
    found = compare_totals(place.organization)
    assert (found.records, found.differences) == (SIZE.records, [])


def test_members_and_billing_groups_are_in_every_state(place):
    members, groups = place.organization.members, place.organization.billing_groups
    assert set(members.values_list("status", flat=True)) == set(Member.Status)
    found = {tuple(blocked_reasons(each, place.current)) for each in members.all()}
    assert {reason for reasons in found for reason in reasons} == {
        "member_disabled",
        "member_removed",
        "personal_limit_not_set",
        "personal_limit_reached",
        "billing_group_limit_reached",
    }
    assert () in found
    limited = groups.with_usage_in(place.current).filter(period_limit__gt=0, used__gt=0)
    near = Q(used__gte=F("period_limit") * 0.8)
    assert limited.filter(near, used__lt=F("period_limit")).exists()
    assert limited.exclude(near).exists()
    assert groups.filter(period_limit=0).exists()
    assert groups.exclude(deleted_at=None).exists()
    assert place.organization.members.present().filter(billing_group__is_unassigned=True).exists()


def test_groups_and_billing_groups_are_of_unequal_sizes(place):
    for kind in (place.organization.groups, place.organization.billing_groups.formal()):
        sizes = [each.size for each in kind.annotate(size=Count("members")).order_by("-size")]
        assert sizes[0] > 4 * sizes[len(sizes) // 2]


def test_each_record_stands_where_its_member_was_at_its_time(place):
    moved = Assignment.objects.filter(organization=place.organization).exclude(ended_at=None)
    assert moved.exists()
    there = Q(member__assignments__started_at__lte=F("occurred_at")) & (
        Q(member__assignments__ended_at=None)
        | Q(member__assignments__ended_at__gt=F("occurred_at"))
    )
    same = Q(member__assignments__billing_group=F("billing_group"))
    records = UsageRecord.objects.filter(organization=place.organization)
    assert records.filter(there & same).count() == SIZE.records
    in_its_period = Q(occurred_at__gte=F("period__starts_at"), occurred_at__lt=F("period__ends_at"))
    assert records.filter(in_its_period).count() == SIZE.records
    assert not records.filter(occurred_at__gt=timezone.now()).exists()


def test_days_of_work_consume_more_than_those_of_rest(place):
    records = UsageRecord.objects.filter(organization=place.organization)
    by_day = dict(records.values_list("occurred_at__week_day").annotate(Count("pk")))
    assert by_day[3] > 4 * by_day[1]  # Tuesday, Sunday


def test_the_audit_log_tells_of_each_in_the_order_of_time(place):
    entries = AuditEntry.objects.filter(organization=place.organization)
    of_the_load = entries.filter(actor_kind="user", event__in=["AddMember", "SetPersonalLimit"])
    assert of_the_load.count() > SIZE.members * 0.9
    assert entries.filter(outcome="refused").exists()
    assert not entries.filter(at__gt=timezone.now()).exists()
    times = list(of_the_load.order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)


@pytest.mark.parametrize("name", VIEWS)
def test_every_page_answers(place, name):
    response = signed_in(place.admin).get(place.url(name))
    assert response.status_code == VIEWS[name].answers
    response.getvalue()  # a download is closed at its end


def test_every_entry_of_the_audit_log_reads_as_a_sentence(place):
    client = signed_in(place.admin)
    events = place.organization.audit_entries.values_list("event", flat=True).distinct()
    for event in events:
        page = client.get(place.url("audit:list") + f"?event={event}")
        assert "%(" not in words(page)
        assert 'class="entry"' in page.content.decode()


@every_operation
def test_every_operation_works_on_it(place, verb, arguments):
    perform(verb, arguments, place)
    connection.check_constraints()
    assert compare_totals(place.organization).differences == []


def test_a_period_of_one_second_has_its_share():
    class JustBegun:
        pk, starts_at, ends_at = 1, utc(2026, 11, 1), utc(2026, 12, 1)
        organization = Organization(time_zone="UTC")

    hours = hours_of([JustBegun()], JustBegun.starts_at, 1000)
    assert hours["counts"] == [1000]
    assert hours["lasts"][0].total_seconds() == 0.999


def test_shares_add_up():
    assert shared_out(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(shared_out(1_000_003, [0.1] * 977)) == 1_000_003


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ((None, None, None), None),
        ((500, None, None), Size(500, 5, 5000)),
        ((None, 70, None), Size(100_000, 70, 1_000_000)),
        ((1, None, 9), Size(1, 1, 9)),
    ],
)
def test_what_is_not_said_follows_from_the_rest(given, size):
    assert size_of(*given, verbosity=1) == size


@pytest.mark.parametrize("text", ["0", "-5", "many", "", "1.5"])
def test_numbers_are_whole_and_at_least_one(text):
    with pytest.raises(ArgumentTypeError):
        positive(text)
