"""Adding, changing and removing members."""

from decimal import Decimal

import pytest

from audit.operations import RuleBroken
from members.models import Member, User
from members.operations import (
    AlreadyMember,
    MemberIsGone,
    add_member,
    change_role,
    disable_member,
    edit_organization,
    enable_member,
    remove_member,
    set_personal_limit,
)
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
    report,
)
from tests.racing import at_once, result_or_error
from tests.sums import assert_totals_equal_records


def add(organization, email="ada@example.test", **more):
    arguments = {"actor": TESTS, "organization": organization, "name": "Ada", "email": email}
    return add_member(**{**arguments, **more})


def remove(member):
    remove_member(actor=TESTS, member=member)
    member.refresh_from_db()


def test_a_new_member_is_enabled_in_unassigned_without_a_limit(organization):
    member = add(organization)
    assert (member.status, member.role) == ("ENABLED", "org_member")
    assert member.billing_group == organization.billing_groups.unassigned()
    assert (member.personal_limit, member.is_unlimited) == (None, False)


@pytest.mark.parametrize(
    ("defaults", "limit"),
    [
        ({"default_personal_limit": Decimal(50)}, (50, False)),
        ({"default_is_unlimited": True}, (None, True)),
    ],
)
def test_a_new_member_gets_the_organizations_default_limit(organization, defaults, limit):
    organization = edit_organization(actor=TESTS, organization=organization, **defaults)
    member = add(organization)
    assert (member.personal_limit, member.is_unlimited) == limit


@pytest.mark.parametrize("given", [{"personal_limit": Decimal(0)}, {"is_unlimited": True}])
def test_a_limit_that_is_given_counts_more_than_the_default(organization, given):
    defaults = {"default_personal_limit": Decimal(50)}
    organization = edit_organization(actor=TESTS, organization=organization, **defaults)
    member = add(organization, **given)
    assert member.personal_limit == given.get("personal_limit")
    assert member.is_unlimited == given.get("is_unlimited", False)


def test_adding_ties_the_member_to_the_user_of_that_email_or_makes_one(organization):
    known = UserFactory(email="known@example.test")
    assert add(organization, "Known@Example.test").user == known
    made = add(organization, "new@example.test").user
    assert made.email == "new@example.test"
    assert not made.has_usable_password()


def test_a_person_may_be_a_member_of_two_organizations(organization):
    one, two = add(organization), add(OrganizationFactory())
    assert one.user == two.user


@pytest.mark.parametrize("email", ["ada@example.test", "ADA@example.test"])
def test_a_present_member_is_not_added_again(organization, email):
    disable_member(actor=TESTS, member=add(organization))
    with pytest.raises(AlreadyMember):
        add(organization, email)


def test_a_person_is_not_added_twice_under_two_emails(organization):
    member = add(organization)
    Member.objects.update(email="renamed@example.test")
    with pytest.raises(RuleBroken, match="member_once_per_organization"):
        add(organization, member.user.email)


def test_disabling_keeps_groups_billing_group_and_limit(organization):
    platform = BillingGroupFactory(organization=organization)
    group = GroupFactory(organization=organization)
    member = add(organization, billing_group=platform, personal_limit=Decimal(7))
    group.memberships.create(organization=organization, member=member)
    disable_member(actor=TESTS, member=member)
    member.refresh_from_db()
    assert member.status == "DISABLED"
    assert (member.billing_group, member.personal_limit) == (platform, 7)
    assert member.groups.get() == group
    enable_member(actor=TESTS, member=member)
    member.refresh_from_db()
    assert member.status == "ENABLED"


def test_removing_takes_a_member_out_of_everything_but_their_usage(organization):
    platform = BillingGroupFactory(organization=organization)
    group = GroupFactory(organization=organization)
    member = add(organization, billing_group=platform, is_unlimited=True)
    group.memberships.create(organization=organization, member=member)
    report(member, 5)
    remove(member)
    assert member.status == "DELETED"
    assert member.deleted_at is not None
    assert member.billing_group == organization.billing_groups.unassigned()
    assert not member.groups.exists()
    assert platform.group_totals.get().credits == 5
    assert member.usage_totals.get().billing_group == platform


def test_adding_a_removed_member_revives_them_with_what_is_given_now(organization):
    platform = BillingGroupFactory(organization=organization)
    before = add(organization, role="org_admin", billing_group=platform, is_unlimited=True)
    other_admin = MemberFactory(organization=organization, role="org_admin")
    report(before, 5)
    remove(before)
    member = add(organization, "ADA@example.test", name="Ada L.", personal_limit=Decimal(3))
    assert member.pk == before.pk
    assert (member.name, member.role, member.status) == ("Ada L.", "org_member", "ENABLED")
    assert (member.personal_limit, member.is_unlimited) == (3, False)
    assert member.billing_group == organization.billing_groups.unassigned()
    assert member.deleted_at is None
    assert member.user == before.user
    assert member.joined_at > before.joined_at
    assert member.usage_totals.get().credits == 5
    assert other_admin.is_admin


def test_a_revived_members_history_goes_on(organization):
    platform = BillingGroupFactory(organization=organization)
    member = add(organization, billing_group=platform)
    remove(member)
    add(organization, billing_group=platform)
    places = member.assignments.order_by("started_at").values_list("billing_group", flat=True)
    assert list(places) == [
        platform.pk,
        organization.billing_groups.unassigned().pk,
        platform.pk,
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda member: set_personal_limit(actor=TESTS, member=member, is_unlimited=True),
        lambda member: change_role(actor=TESTS, member=member, role="org_admin"),
        lambda member: disable_member(actor=TESTS, member=member),
        lambda member: enable_member(actor=TESTS, member=member),
        remove,
    ],
)
def test_nothing_is_done_with_a_removed_member_but_adding_them(member, change):
    remove(member)
    with pytest.raises(MemberIsGone):
        change(member)
    member.refresh_from_db()
    assert member.status == "DELETED"


def test_a_personal_limit_is_an_amount_or_unlimited_or_not_set(member):
    for limit in ((Decimal("1.5"), False), (None, True), (None, False), (Decimal(0), False)):
        set_personal_limit(
            actor=TESTS, member=member, personal_limit=limit[0], is_unlimited=limit[1]
        )
        member.refresh_from_db()
        assert (member.personal_limit, member.is_unlimited) == limit


@pytest.mark.django_db(transaction=True)
def test_of_two_that_add_one_email_at_once_one_is_refused_in_words(organization):
    answers = at_once(*[result_or_error(lambda: add(organization))] * 4)
    members = [each for each in answers if isinstance(each, Member)]
    refusals = [each for each in answers if isinstance(each, (AlreadyMember, RuleBroken))]
    assert (len(members), len(refusals)) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_organizations_that_add_one_person_at_once_share_the_user():
    organizations = OrganizationFactory.create_batch(4)
    members = at_once(*(lambda each=each: add(each) for each in organizations))
    assert len({member.user_id for member in members}) == User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_member_is_revived_once(organization):
    member = add(organization)
    remove(member)
    answers = at_once(*[result_or_error(lambda: add(organization))] * 4)
    assert sorted(type(each).__name__ for each in answers) == ["AlreadyMember"] * 3 + ["Member"]
    assert member.assignments.filter(ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_members_are_removed_and_revived_while_they_report(organization):
    members = [add(organization, f"{n}@example.test", is_unlimited=True) for n in range(4)]

    def come_and_go(member):
        for _ in range(5):
            remove_member(actor=TESTS, member=member)
            add(organization, member.email, is_unlimited=True)

    def reports(member):
        return {report(member).outcome for _ in range(20)}

    at_once(
        *(lambda each=each: come_and_go(each) for each in members),
        *(lambda each=each: reports(each) for each in members),
    )
    assert_totals_equal_records()
