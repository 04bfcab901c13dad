"""Two admins at once, and others who write while an import is applied."""

import pytest

from audit.operations import Refused
from billing.operations import delete_billing_group
from groups.models import GroupMembership
from groups.operations import delete_group
from members.imports.operations import VerdictsChanged, import_members
from members.models import Member
from members.operations import add_member, edit_member, set_personal_limits
from members.personal_data import erase_member

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    many_members,
    report,
    send_members,
)
from ...racing import at_once, behind, meanwhile, result_or_error

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organization(transactional_db):
    return OrganizationFactory()


@pytest.fixture
def other_admin(organization):
    return MemberFactory(organization=organization, role=Member.Role.ADMIN)


def applying(sent):
    """The call that applies an import as it was shown."""
    arguments = {"organization": sent.organization, "sent": sent, "digest": sent.digest}
    return result_or_error(lambda: import_members(actor=TESTS, **arguments))


def test_of_two_admins_who_apply_the_same_at_once_one_is_shown_a_new_dry_run(
    organization, admin, other_admin
):
    text = "Email,Name\n" + "".join(f"new-{number}@x.test,New\n" for number in range(50))
    sent = [send_members(each, text) for each in (admin, other_admin)]
    results = at_once(*map(applying, sent))
    assert sorted(type(result).__name__ for result in results) == ["VerdictsChanged", "dict"]
    assert organization.members.filter(name="New").count() == 50


def test_who_is_added_by_hand_meanwhile_is_not_added_again(organization, admin):
    sent = send_members(admin, "Email,Name\nnew@x.test,New")
    person = {"organization": organization, "name": "By hand", "email": "New@x.test"}
    _member, result = behind(lambda: add_member(actor=TESTS, **person), applying(sent))
    assert isinstance(result, Refused)
    assert organization.members.get(email__iexact="new@x.test").name == "By hand"


def test_who_is_renamed_meanwhile_is_waited_for_and_the_verdict_has_changed(organization, admin):
    ada = MemberFactory(organization=organization, name="Ada", email="ada@x.test")
    sent = send_members(admin, "Email,Name\nada@x.test,King")
    rename = {"member": ada, "name": "Countess", "email": ada.email}
    _member, result = behind(lambda: edit_member(actor=TESTS, **rename), applying(sent))
    assert isinstance(result, VerdictsChanged)
    ada.refresh_from_db()
    assert ada.name == "Countess"


def test_a_billing_group_that_is_being_deleted_gets_nobody(organization, admin):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    sent = send_members(admin, "Email,Name,Billing Group\nnew@x.test,New,Platform")
    _moved, result = behind(
        lambda: delete_billing_group(actor=TESTS, billing_group=platform), applying(sent)
    )
    assert isinstance(result, VerdictsChanged)
    assert not platform.members.exists()


def test_a_group_that_is_being_deleted_gets_nobody(organization, admin):
    guild = GroupFactory(organization=organization, name="Guild")
    sent = send_members(admin, "Email,Name,Groups\nnew@x.test,New,Guild")
    _gathered, result = behind(lambda: delete_group(actor=TESTS, group=guild), applying(sent))
    assert isinstance(result, VerdictsChanged)
    assert not GroupMembership.objects.exists()


def test_two_organizations_that_add_the_same_people_at_once_share_their_users(admin):
    elsewhere = MemberFactory(organization=OrganizationFactory(), role=Member.Role.ADMIN)
    emails = [f"new-{number}@x.test" for number in range(50)]
    texts = [
        "Email,Name\n" + "".join(f"{email},New\n" for email in order)
        for order in (emails, emails[::-1])
    ]
    sent = [send_members(*each) for each in zip((admin, elsewhere), texts, strict=True)]
    results = at_once(*map(applying, sent))
    assert [result["add"] for result in results] == [50, 50]
    users = [set(each.organization.members.filter(name="New").values_list("user")) for each in sent]
    assert users[0] == users[1]


def test_who_is_erased_elsewhere_before_or_after_they_are_added_has_a_user(organization, admin):
    here = {name: MemberFactory(email=f"{name}@x.test", status="DISABLED") for name in "ab"}

    def erasing(name):
        return result_or_error(lambda: erase_member(actor=TESTS, member=here[name]))

    def adding(name):
        return applying(send_members(admin, f"Email,Name\n{name}@x.test,New"))

    erased, added = behind(erasing("a"), adding("a"))
    assert (erased.user, added["add"]) == (None, 1)
    added, erased = behind(adding("b"), erasing("b"))
    assert (erased.user, added["add"]) == (None, 1)
    users = {each.user.email for each in organization.members.filter(name="New")}
    assert users == {"a@x.test", "b@x.test"}


def test_imports_among_usage_and_bulk_changes_neither_deadlock_nor_lose_any(organization, admin):
    BillingGroupFactory(organization=organization, name="Platform")
    crowd = many_members(organization, 40, is_unlimited=True)
    members = Member.objects.filter(pk__in=[member.pk for member in crowd])
    limits = {"organization": organization, "members": members, "is_unlimited": True}

    def import_again_and_again():
        for name in ["Platform", "Unassigned"] * 5:
            rows = "".join(f"{member.email},{name}\n" for member in reversed(crowd))
            yield applying(send_members(admin, f"Email,Billing Group\n{rows}"))()

    def use():
        assert report(crowd[0], 1).outcome == "recorded"

    [results] = meanwhile(
        [lambda: list(import_again_and_again())],
        lambda: set_personal_limits(actor=TESTS, **limits),
        use,
    )
    assert [result["change"] for result in results] == [40] * 10
    assert crowd[0].assignments.count() == 11
    for member in members:
        assert member.assignments.get(ended_at=None).billing_group_id == member.billing_group_id
