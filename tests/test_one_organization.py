"""No row mixes two organizations or goes over to another: found by a walk over every model."""

from functools import cache

import pytest
from django.apps import apps
from django.db import models

from audit.operations import record
from groups.models import GroupMembership
from members.models import Member, Organization
from tests.factories import (
    TESTS,
    ApiKeyFactory,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    invite,
    report,
    send_members,
)
from tests.sql import assert_refused, run

KEYS = """
SELECT
    (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = ANY (conkey)),
    (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attrelid = confrelid AND attnum = ANY (confkey))
FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""


def names_organization(model):
    return any(field.name == "organization" for field in model._meta.fields)


OWNED = [model for model in apps.get_models() if names_organization(model)]
RELATIONS = [
    (model, field)
    for model in OWNED
    for field in model._meta.fields
    if isinstance(field, models.ForeignKey) and names_organization(field.related_model)
]


@pytest.fixture
def one_of_each(organization):
    """A row in each table that names its organization, and a second organization."""
    group = GroupFactory(organization=organization)
    member = MemberFactory(organization=organization, is_unlimited=True, role=Member.Role.ADMIN)
    platform = BillingGroupFactory(organization=organization, created_by=member)
    GroupMembership.objects.create(organization=organization, group=group, member=member)
    assign(member, platform)
    report(member)
    record(TESTS, "Test", organization, {})
    ApiKeyFactory(created_by=member)
    send_members(member, "Email")
    invite(member, groups=[group])
    return organization


@pytest.fixture
def other(db):
    organization = OrganizationFactory()
    member = MemberFactory(organization=organization, is_unlimited=True, role=Member.Role.ADMIN)
    GroupFactory(organization=organization)
    ApiKeyFactory(created_by=member)
    invite(member)
    report(member)
    return organization


def label(value):
    return value.name if isinstance(value, models.Field) else value.__name__


def test_the_walk_meets_every_table():
    assert {model.__name__ for model in OWNED} >= {
        "AuditEntry",
        "Member",
        "Group",
        "GroupMembership",
        "BillingGroup",
        "Assignment",
        "Period",
        "UsageRecord",
        "UsageTotal",
        "GroupTotal",
        "ApiKey",
        "MemberImport",
        "Invitation",
        "InvitationGroup",
    }
    assert len(RELATIONS) >= 15


@cache
def keys_of(table):
    return run(KEYS, table)


@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=label)
def test_every_relation_inside_an_organization_carries_the_organization(db, model, field):
    assert any(
        {field.column, "organization_id"} <= set(columns) and "organization_id" in targets
        for columns, targets in keys_of(model._meta.db_table)
    )


@pytest.mark.parametrize("model", OWNED, ids=label)
def test_every_row_belongs_to_an_organization(one_of_each, model):
    assert_refused(
        f"UPDATE {model._meta.db_table} SET organization_id = NULL",
        because="not-null|Cannot update",
    )


@pytest.mark.parametrize("model", OWNED, ids=label)
def test_no_row_moves_to_another_organization(one_of_each, other, model):
    assert_refused(
        f"UPDATE {model._meta.db_table} SET organization_id = %s WHERE organization_id = %s",
        other.pk,
        one_of_each.pk,
        because="Cannot update|same_organization|is_counted",
    )


@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=label)
def test_no_row_points_into_another_organization(one_of_each, other, model, field):
    table, target = model._meta.db_table, field.related_model._meta.db_table
    assert_refused(
        f"UPDATE {table} SET {field.column} ="
        f" (SELECT id FROM {target} WHERE organization_id = %s LIMIT 1)"
        " WHERE organization_id = %s",
        other.pk,
        one_of_each.pk,
        because="Cannot update|same_organization|is_counted",
    )


def test_a_member_is_not_put_into_another_organizations_billing_group(one_of_each, other):
    assert_refused(
        "UPDATE members_member SET billing_group_id = %s WHERE organization_id = %s",
        other.billing_groups.unassigned().pk,
        one_of_each.pk,
        because="member_billing_group_alive_same_organization",
    )


def test_an_organization_with_members_is_not_deleted(one_of_each):
    assert_refused(
        "DELETE FROM members_organization WHERE id = %s", one_of_each.pk, because="foreign key"
    )


def test_the_same_person_is_a_member_of_two_organizations_apart(one_of_each, other):
    member = one_of_each.members.get()
    twin = MemberFactory(organization=other, email=member.email, user=member.user)
    assert Member.objects.filter(user=member.user).count() == 2
    assert twin.organization in Organization.objects.exclude(pk=one_of_each.pk)
