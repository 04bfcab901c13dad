"""The support desk's lists: found by an index, filtered, and asked for in a few queries."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import support
from audit.models import AuditEntry
from billing.metering import record_usage
from billing.models import Assignment, BillingGroup, Period, PeriodIsOver, UsageRecord
from billing.operations import assign_members
from groups.models import Group, GroupMembership
from groups.operations import add_group_members
from members.models import ApiKey, Invitation, Member, Organization, User
from members.operations import open_organization, set_personal_limits

from ..desk import Desk, address
from ..factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
    invite,
    many_members,
    report,
    unique,
    usage,
)
from ..sql import run

LISTS = [
    *(Organization, User, Member, ApiKey, Invitation, Group, GroupMembership),
    *(BillingGroup, Assignment, Period, UsageRecord, AuditEntry),
]
OF_ONE = "Index Cond: ((organization_id = "
LARGE = {
    Member: ({"7": "member_search", "ada": "member_search"}, "members_member"),
    User: ({"ada@": "members_user_email"}, "members_user"),
    Assignment: ({"ada": "Index Cond: (member_id = "}, "billing_assignment"),
    GroupMembership: ({"ada": "groups_groupmembership_member_id"}, "groups_groupmembership"),
    UsageRecord: (
        {"evt-1": "event_once_per_organization", "ada@example.test": "record_by_"},
        "billing_usagerecord",
    ),
    AuditEntry: (
        {
            "7": "audit_by_target",
            "ada@example.test": f"audit_by_target and audit_by_actor and {OF_ONE}",
            "AddMember": f"audit_by_request and audit_by_event and {OF_ONE}",
            "0" * 31 + "a": "audit_by_request",
        },
        "audit_auditentry",
    ),
}
SEARCHES = [
    pytest.param(model, text, indexes.split(" and "), table, id=f"{model.__name__}-{text}")
    for model, (searches, table) in LARGE.items()
    for text, indexes in searches.items()
]


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def ada(organization):
    return MemberFactory(
        organization=organization, name="Ada", email="ada@example.test", is_unlimited=True
    )


@pytest.fixture
def usage_of_others(organization):
    """What the planner must know: that a period holds many more records than a member."""
    others = many_members(organization, 20, is_unlimited=True)
    reports = [usage(member) for member in others for _ in range(20)]
    record_usage(organization=organization, reports=reports)
    run("ANALYZE billing_usagerecord")


@pytest.fixture
def acts_of_others(organization):
    """And an organization many more entries than are of one event or person."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=organization,
            actor_kind=AuditEntry.ActorKind.USER,
            actor_id=str(number % 40),
            event=f"Event{number % 20}",
            target_kind="Member",
            target_id=number,
            outcome=AuditEntry.Outcome.DONE,
        )
        for number in range(2_000)
    )
    run("ANALYZE audit_auditentry")


@pytest.mark.parametrize(("model", "text", "indexes", "table"), SEARCHES)
def test_a_search_of_a_large_table_uses_an_index(
    ada, usage_of_others, acts_of_others, model, text, indexes, table
):
    run("SET LOCAL enable_seqscan = off")
    page = admin.site.get_model_admin(model)
    found, _doubled = page.get_search_results(None, model.objects.all(), text)
    plan = found.order_by().explain()
    assert [index for index in indexes if index not in plan] == []
    assert f"Seq Scan on {table}" not in plan


def test_a_person_is_found_by_id_name_or_email(desk, ada, admin):
    assert desk.found(Member, q="ADA@example") == desk.found(Member, q="da") == [ada]
    assert ada in desk.found(Member, q=ada.pk)
    assert desk.found(User, q="Ada@") == desk.found(User, q=ada.user_id) == [ada.user]
    assert desk.found(Member, q="nobody") == []


def test_a_record_is_found_by_its_event_or_its_member_and_by_nothing_less(desk, ada, member):
    report(ada, event_id="evt-1")
    report(member, event_id="evt-2")
    [record] = desk.found(UsageRecord, q="evt-1")
    assert desk.found(UsageRecord, q="ada@example.test") == [record]
    assert desk.found(UsageRecord, q=record.pk) == [record]
    of_ada = {"member__id__exact": ada.pk, "period__id__exact": record.period_id}
    assert desk.found(UsageRecord, **of_ada) == [record]
    assert desk.list(UsageRecord, member__id__exact=ada.pk).status_code == 400  # of all periods
    of_nobody = {"latest_of": OrganizationFactory().pk}
    assert record in desk.found(UsageRecord, latest_of=ada.organization_id)
    assert desk.found(UsageRecord, **of_nobody) == []
    assert desk.found(UsageRecord, q="evt") == []


def test_an_entry_is_found_by_person_event_request_or_target(desk, organization, ada):
    desk.do("role", ada, role="org_admin")
    entry = AuditEntry.objects.latest("pk")
    assert entry in desk.found(AuditEntry, q="ada@example.test")
    assert desk.found(AuditEntry, q="ChangeMemberRole") == [entry]
    set_personal_limits(actor=TESTS, organization=organization, members=Member.objects.all())
    assert [each.event for each in desk.found(AuditEntry, q="ada@example.test")] == [
        "SetPersonalLimit",
        "ChangeMemberRole",
    ]
    assert desk.found(AuditEntry, q=entry.request_id) == [entry]
    assert desk.found(AuditEntry, actor_kind__exact="support") == [entry]
    history = desk.get(address(Member, "history", ada.pk), follow=True)
    assert entry in history.context["cl"].result_list


def test_an_entry_of_no_organization_is_shown_to_support(desk, organization):
    arguments = {"name": "New", "slug": "new", "opened_in": Period(organization=organization)}
    with pytest.raises(PeriodIsOver):
        open_organization(actor=TESTS, **arguments)
    [entry] = desk.found(AuditEntry, q="OpenOrganization", outcome__exact="refused")
    assert entry.organization is None
    assert desk.look(entry).status_code == 200


def test_an_assignment_and_a_membership_are_found_by_their_member(desk, organization, ada, member):
    group = GroupFactory(organization=organization)
    everybody = Member.objects.filter(organization=organization)
    add_group_members(actor=TESTS, group=group, members=everybody)
    assert [each.member for each in desk.found(Assignment, q="ada")] == [ada]
    assert [each.member for each in desk.found(GroupMembership, q="ada@")] == [ada]


def test_groups_periods_and_organizations_are_found_by_name(desk, organization):
    other = OrganizationFactory(name="Globex", slug="globex")
    for make in (GroupFactory, BillingGroupFactory):
        made = make(organization=organization, name="Platform")
        assert desk.found(type(made), q="plat") == desk.found(type(made), q=made.pk) == [made]
    assert desk.found(Organization, q="glob") == [other]
    assert desk.found(Period, q="globex") == list(other.periods.all())


def test_lists_are_filtered_and_a_filter_that_is_not_offered_is_refused(desk, organization, ada):
    stranger = MemberFactory(status=Member.Status.DISABLED)
    of_other = {"organization__id__exact": stranger.organization_id}
    assert desk.found(Member, **of_other) == [stranger]
    assert desk.found(Member, status__exact="ENABLED") == [ada]
    assert desk.found(User, is_staff__exact="1") == [desk.user]
    assert desk.list(UsageRecord, reason__regex="a+").status_code == 400
    assert desk.list(Member, status__exact="a\0b").status_code == 400


def test_a_list_counts_no_further_than_anybody_turns_pages(desk, organization, monkeypatch):
    monkeypatch.setattr(support, "MOST_COUNTED", 150)
    many_members(organization, 200)
    response = desk.list(Member)
    assert "150 or more" in response.content.decode()
    assert response.context["cl"].paginator.num_pages == 2


MAKERS = [(BillingGroup, BillingGroupFactory), (Group, GroupFactory)]


class Crowd:
    """An organization with a billing group and a group that take in more and more members."""

    def __init__(self):
        self.organization = OrganizationFactory()
        self.admin = MemberFactory(organization=self.organization, role=Member.Role.ADMIN)
        self.groups = {model: make(organization=self.organization) for model, make in MAKERS}

    def grow(self, number):
        """`number` more of everything, and a few more organizations."""
        members = many_members(self.organization, number, is_unlimited=True)
        chosen = Member.objects.filter(pk__in=[each.pk for each in members])
        assign_members(actor=TESTS, billing_group=self.groups[BillingGroup], members=chosen)
        add_group_members(actor=TESTS, group=self.groups[Group], members=chosen)
        for model, make in MAKERS:
            model.objects.bulk_create(make.build_batch(number, organization=self.organization))
        User.objects.bulk_create(UserFactory.build_batch(number))
        OrganizationFactory.create_batch(number // 5)
        invite(self.admin, *(f"{unique('invited')}@example.test" for _ in range(number)))
        record_usage(organization=self.organization, reports=[usage(each) for each in members])


def test_a_list_of_many_rows_asks_as_many_queries_as_one_of_few(desk):
    crowd = Crowd()

    def asked():
        counts = {}
        for model in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert desk.list(model).status_code == 200
            counts[model] = len(queries)
        return counts

    crowd.grow(10)
    asked()  # caches
    few = asked()
    crowd.grow(90)
    assert asked() == few
    assert max(few.values()) <= 8
