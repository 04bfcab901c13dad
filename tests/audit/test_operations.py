"""Each write is one transaction with one entry, also when a rule refuses it."""

import inspect
import json
from decimal import Decimal

import pytest
from django.db import transaction

import billing.exports
import billing.metering
import billing.operations
import groups.operations
import members.accepting
import members.invitations
import members.keys
import members.operations
from audit.models import AuditEntry
from audit.operations import Actor, Refused, command
from billing.operations import (
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
    add_member,
    change_role,
    disable_member,
    edit_organization,
    enable_member,
    remove_member,
    set_personal_limit,
    update_member,
)
from tests.factories import TESTS, ApiKeyFactory, MemberFactory, invite, report
from tests.racing import at_once, result_or_error
from tests.sql import assert_refused

MODULES = [
    billing.exports,
    billing.metering,
    billing.operations,
    groups.operations,
    members.accepting,
    members.invitations,
    members.keys,
    members.operations,
]


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
            "InviteMembers",
            lambda m, g: invite(MemberFactory(organization=m.organization, role="org_admin")),
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
