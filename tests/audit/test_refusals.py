"""A write that a rule or an error stops: all of it is undone, and a rule leaves one entry."""

from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError

from audit.operations import Actor, Refused, RuleBroken, changed, operation
from billing.models import BillingGroup, Period
from billing.operations import (
    UnassignedIsFixed,
    create_billing_group,
    set_period_limit,
)
from members.operations import (
    LastAdmin,
    add_member,
    change_role,
    remove_member,
)
from tests.factories import TESTS, MemberFactory


@operation("Outer")
def create_and_cap(*, actor, organization, capped=None):
    group = create_billing_group(actor=actor, organization=organization, name="Research")
    set_period_limit(actor=actor, billing_group=capped or group, credits=Decimal(1))
    return changed(group)


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


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_committed_though_its_write_was_not(organization, admin, entries):
    with pytest.raises(LastAdmin):
        remove_member(actor=TESTS, member=admin)
    [entry] = entries()
    assert (entry.event, entry.outcome) == ("RemoveMember", "refused")
