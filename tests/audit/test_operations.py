"""Each write is one transaction with one entry, also when a rule refuses it."""

import inspect
import json
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction

import billing.exports
import billing.metering
import billing.operations
import groups.operations
import members.keys
import members.operations
from audit.models import AuditEntry
from audit.operations import Actor, Refused, RuleBroken, changed, command, operation
from billing.models import BillingGroup, Period
from billing.operations import (
    UnassignedIsFixed,
    assign_members,
    assign_to_new_billing_group,
    create_billing_group,
    delete_billing_group,
    edit_billing_group,
    set_period_limit,
    unassign_members,
)
from members.keys import revoke_api_key
from members.models import Member
from members.operations import (
    LastAdmin,
    add_member,
    change_role,
    disable_member,
    edit_organization,
    enable_member,
    remove_member,
    set_personal_limit,
    update_member,
)
from tests.factories import TESTS, ApiKeyFactory, BillingGroupFactory, MemberFactory, report
from tests.racing import at_once, result_or_error
from tests.sql import assert_refused

MODULES = [
    billing.exports,
    billing.metering,
    billing.operations,
    groups.operations,
    members.keys,
    members.operations,
]


@operation("Outer")
def create_and_cap(*, actor, organization, capped=None):
    group = create_billing_group(actor=actor, organization=organization, name="Research")
    set_period_limit(actor=actor, billing_group=capped or group, credits=Decimal(1))
    return changed(group)


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def entries(organization):
    """The entries of `organization` but the one of its opening, the oldest first."""

    def read():
        return list(organization.audit_entries.exclude(event="OpenOrganization").order_by("pk"))

    return read


VERBS = [
    verb
    for module in MODULES
    for name, verb in inspect.getmembers(module, inspect.isfunction)
    if verb.__module__ == module.__name__
    and not name.startswith("_")
    and "actor" in inspect.signature(verb).parameters
]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_every_verb_is_an_operation_and_takes_no_positional_argument(verb):
    assert verb.event
    kinds = {each.kind for each in inspect.signature(verb).parameters.values()}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


@pytest.mark.parametrize(
    ("event", "write"),
    [
        (
            "CreateBillingGroup",
            lambda m, g: create_billing_group(
                actor=TESTS, organization=m.organization, name="Research"
            ),
        ),
        (
            "EditBillingGroup",
            lambda m, g: edit_billing_group(
                actor=TESTS, billing_group=g, name="Infrastructure", description=""
            ),
        ),
        (
            "SetBillingGroupLimit",
            lambda m, g: set_period_limit(actor=TESTS, billing_group=g, credits=Decimal("1.5")),
        ),
        ("DeleteBillingGroup", lambda m, g: delete_billing_group(actor=TESTS, billing_group=g)),
        (
            "AssignBillingGroup",
            lambda m, g: assign_members(
                actor=TESTS, billing_group=g, members=m.organization.members.all()
            ),
        ),
        (
            "CreateBillingGroup",
            lambda m, g: assign_to_new_billing_group(
                actor=TESTS,
                organization=m.organization,
                name="Research",
                members=Member.objects.all(),
            ),
        ),
        (
            "EditOrganization",
            lambda m, g: edit_organization(
                actor=TESTS, organization=m.organization, period_start_day=9
            ),
        ),
        (
            "AddMember",
            lambda m, g: add_member(
                actor=TESTS, organization=m.organization, name="Ada", email="ada@example.test"
            ),
        ),
        ("SetPersonalLimit", lambda m, g: set_personal_limit(actor=TESTS, member=m)),
        ("ChangeMemberRole", lambda m, g: change_role(actor=TESTS, member=m, role="org_admin")),
        ("DisableMember", lambda m, g: disable_member(actor=TESTS, member=m)),
        ("EnableMember", lambda m, g: enable_member(actor=TESTS, member=m)),
        ("RemoveMember", lambda m, g: remove_member(actor=TESTS, member=m)),
        ("UpdateMember", lambda m, g: update_member(actor=TESTS, member=m, status="DISABLED")),
        (
            "AssignBillingGroup",
            lambda m, g: unassign_members(
                actor=TESTS, billing_group=g, members=m.organization.members.all()
            ),
        ),
        (
            "RevokeApiKey",
            lambda m, g: revoke_api_key(actor=TESTS, key=ApiKeyFactory(created_by=m)),
        ),
    ],
)
def test_a_write_leaves_one_entry_that_names_nobody(member, platform, entries, event, write):
    write(member, platform)
    [entry] = entries()
    assert (entry.event, entry.outcome) == (event, "done")
    assert (entry.actor_kind, entry.actor_id) == ("command", "tests")
    told = json.dumps(entry.changes)
    assert member.name not in told
    assert "@" not in told
    assert "password" not in told


def test_an_entry_says_who_and_from_where(platform, entries, admin):
    actor = Actor("user", str(admin.pk), "2001:db8::1", "request-7")
    set_period_limit(actor=actor, billing_group=platform, credits=None)
    [entry] = entries()
    assert (entry.actor_kind, entry.actor_id) == ("user", str(admin.pk))
    assert (entry.address, entry.request_id) == ("2001:db8::1", "request-7")
    assert entry.member_id == actor.member_id == admin.pk
    assert command("nightly").member_id is None


def test_an_entry_says_what_changed_from_what_to_what(platform, entries):
    for credits in (Decimal("1.5"), Decimal("1.5"), None):
        set_period_limit(actor=TESTS, billing_group=platform, credits=credits)
    assert [entry.changes for entry in entries()] == [
        {"period_limit": [None, "1.5"]},
        {},
        {"period_limit": ["1.5000", None]},
    ]
    assert {(each.target_kind, each.target_id) for each in entries()} == {
        ("BillingGroup", platform.pk)
    }


def test_a_bulk_act_is_one_entry_with_counts_per_source_the_filter_and_the_ids(
    organization, platform, entries
):
    members = MemberFactory.create_batch(3, organization=organization)
    MemberFactory(organization=organization, billing_group=platform)
    assign_members(
        actor=TESTS,
        billing_group=platform,
        members=organization.members.all(),
        chosen_by={"search": "member"},
    )
    [entry] = entries()
    assert entry.changes["chosen_by"] == {"search": "member"}
    assert entry.changes["sources"] == {str(members[0].billing_group_id): 3}
    assert entry.changes["members"] == sorted(organization.members.values_list("pk", flat=True))


def test_a_refused_write_leaves_one_entry_and_nothing_else(organization, entries):
    unassigned = organization.billing_groups.unassigned()
    with pytest.raises(UnassignedIsFixed):
        set_period_limit(actor=TESTS, billing_group=unassigned, credits=Decimal(1))
    [entry] = entries()
    assert (entry.event, entry.outcome) == ("SetBillingGroupLimit", "refused")
    assert (entry.target_kind, entry.target_id) == ("BillingGroup", unassigned.pk)
    assert entry.changes == {"refused": "unassigned_is_fixed"}


def test_a_refused_write_is_noted_with_what_it_was_about(organization, platform, entries):
    member = MemberFactory(organization=organization)
    over = Period(organization=organization)
    for verb, named in (
        (create_billing_group, {"name": "Platform", "opened_in": over}),
        (add_member, {"name": "Twin", "email": member.email, "billing_group": platform}),
    ):
        with pytest.raises(Refused):
            verb(actor=TESTS, organization=organization, **named)
    assert {(each.target_kind, each.target_id) for each in entries()} == {
        ("Organization", organization.pk)
    }


def test_the_refusal_is_written_after_everything_else_was_undone(organization, entries):
    unassigned = organization.billing_groups.unassigned()
    with pytest.raises(UnassignedIsFixed):
        create_and_cap(actor=TESTS, organization=organization, capped=unassigned)
    assert not BillingGroup.objects.filter(name="Research").exists()
    [entry] = entries()
    assert (entry.event, entry.outcome) == ("Outer", "refused")


def test_a_verb_called_by_a_verb_writes_no_entry_of_its_own(organization, entries):
    group = create_and_cap(actor=TESTS, organization=organization)
    [entry] = entries()
    assert (entry.event, entry.target_id) == ("Outer", group.pk)
    set_period_limit(actor=TESTS, billing_group=group, credits=None)
    assert len(entries()) == 2


def test_a_constraint_that_has_words_for_the_user_becomes_a_refusal(platform, entries):
    with pytest.raises(RuleBroken) as refusal:
        create_billing_group(actor=TESTS, organization=platform.organization, name="PLATFORM")
    assert refusal.value.code == "billing_group_name_once_per_organization"
    assert "already exists" in str(refusal.value.message)
    assert [each.outcome for each in entries()] == ["refused"]


def test_a_constraint_without_words_is_an_error_of_ours_and_leaves_no_entry(member, entries):
    with pytest.raises(IntegrityError):
        change_role(actor=TESTS, member=member, role="emperor")
    assert entries() == []


def test_another_exception_undoes_everything_and_leaves_no_entry(organization, entries):
    @operation("Break")
    def break_off(*, actor, organization):
        create_billing_group(actor=actor, organization=organization, name="Research")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off(actor=TESTS, organization=organization)
    assert not BillingGroup.objects.filter(name="Research").exists()
    assert entries() == []
    create_billing_group(actor=TESTS, organization=organization, name="Research")
    assert len(entries()) == 1


def test_what_cannot_be_audited_is_not_done(platform):
    nobody = Actor("command", "x" * 101)
    with pytest.raises(DataError):
        set_period_limit(actor=nobody, billing_group=platform, credits=Decimal(1))
    platform.refresh_from_db()
    assert platform.period_limit is None


def test_the_entry_goes_where_its_transaction_goes(platform, entries):
    with transaction.atomic():
        set_period_limit(actor=TESTS, billing_group=platform, credits=Decimal(1))
        transaction.set_rollback(True)
    assert entries() == []


def test_usage_reports_leave_no_entry(member, entries):
    report(member)
    report(member, -1)
    assert entries() == []


def test_an_entry_can_be_neither_changed_nor_deleted(organization):
    because = "Cannot (update|delete)"
    assert_refused("UPDATE audit_auditentry SET outcome = 'done'", because=because)
    assert_refused("UPDATE audit_auditentry SET id = id", because=because)
    assert_refused("DELETE FROM audit_auditentry", because=because)
    with pytest.raises(Exception, match=because), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_race_each_leaves_its_own_entry(organization, entries):
    def create():
        return create_billing_group(actor=TESTS, organization=organization, name="Research")

    answers = at_once(*[result_or_error(create)] * 4)
    assert sum(isinstance(each, Refused) for each in answers) == 3
    assert sorted(each.outcome for each in entries()) == ["done"] + ["refused"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_committed_though_its_write_was_not(organization, admin, entries):
    with pytest.raises(LastAdmin):
        remove_member(actor=TESTS, member=admin)
    [entry] = entries()
    assert (entry.event, entry.outcome) == ("RemoveMember", "refused")
