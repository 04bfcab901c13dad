"""Add Member: a new person, or one who was removed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from members.models import Member, User
from members.operations import edit_organization, remove_member

from ..factories import TESTS, BillingGroupFactory, MemberFactory, limit, report
from ..pages import words


@pytest.fixture
def add(console, organization):
    def post(**sent):
        unassigned = organization.billing_groups.unassigned()
        given = {
            "name": "Ada",
            "email": "ada@example.test",
            "role": "org_member",
            "billing_group": unassigned.pk,
            "kind": "default",
            **sent,
        }
        return console.post(reverse("members:add", args=[organization.slug]), given)

    return post


def test_a_new_person_is_a_member_and_a_user_who_cannot_sign_in_yet(console, add, organization):
    assert "Ada was added." in words(console.get(add()["Location"]))
    member = organization.members.get(email="ada@example.test")
    assert (member.role, member.status) == (Member.Role.MEMBER, Member.Status.ENABLED)
    assert not member.user.has_usable_password()


def test_a_person_of_another_organization_is_the_same_user_and_nobody_can_tell(add, organization):
    elsewhere = MemberFactory(email="ada@example.test", name="Ada Elsewhere")
    assert "Elsewhere" not in words(add())
    assert organization.members.get(email="ada@example.test").user == elsewhere.user
    assert User.objects.filter(email="ada@example.test").count() == 1


def test_what_is_given_is_kept(add, organization):
    group = BillingGroupFactory(organization=organization)
    add(role="org_admin", billing_group=group.pk, kind="amount", amount="12.5")
    member = organization.members.get(email="ada@example.test")
    assert (member.role, member.billing_group) == (Member.Role.ADMIN, group)
    assert member.personal_limit == Decimal("12.5")


@pytest.mark.parametrize(
    ("kind", "stored"), [("default", Decimal(7)), ("not_set", None), ("amount", Decimal(9))]
)
def test_the_limit_is_the_default_unless_given(add, organization, kind, stored):
    edit_organization(actor=TESTS, organization=organization, default_personal_limit=Decimal(7))
    add(kind=kind, amount="9")
    assert organization.members.get(email="ada@example.test").personal_limit == stored


def test_reviving_gives_back_id_history_and_usage_and_nothing_else(add, organization):
    group = BillingGroupFactory(organization=organization)
    ada = MemberFactory(
        organization=organization,
        email="ada@example.test",
        role=Member.Role.ADMIN,
        billing_group=group,
    )
    limit(ada, 100)
    report(ada, 5)
    MemberFactory(organization=organization, role=Member.Role.ADMIN)
    remove_member(actor=TESTS, member=ada)
    add(name="Ada Again", email="ADA@example.test")
    revived = organization.members.get(pk=ada.pk)
    assert (revived.name, revived.status) == ("Ada Again", Member.Status.ENABLED)
    assert (revived.role, revived.personal_limit) == (Member.Role.MEMBER, None)
    assert revived.billing_group.is_unassigned
    assert revived.assignments.count() == 2
    assert revived.records.count() == 1


def test_a_present_member_is_not_added_twice(add, organization):
    MemberFactory(organization=organization, email="ada@example.test")
    response = add(name="Typed by hand")
    assert response.status_code == 409
    assert "A member with this email already exists." in words(response)
    assert 'value="Typed by hand"' in response.content.decode()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"name": " "}, "Enter a name."),
        ({"email": ""}, "Enter an email address."),
        ({"email": "ada"}, "Enter a valid email address."),
        ({"email": f"ada@{'.'.join(['x' * 60] * 4)}.example.test"}, "at most 254 characters"),
        ({"kind": "amount", "amount": ""}, "Enter the amount, for example 1,200.5."),
        ({"billing_group": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_named_and_adds_nobody(add, organization, sent, message):
    response = add(**sent)
    assert response.status_code == 422
    assert message in words(response)
    assert not organization.members.filter(email__startswith="ada").exists()
