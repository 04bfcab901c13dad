"""Two at once: who accepts, who revokes, who invites, and who lets the inviter go."""

import pytest

from members.accepting import NotTheirInvitation, accept_invitation
from members.invitations import (
    CannotInvite,
    InvitationIsGone,
    InviterIsNoAdmin,
    open_invitation,
    resend_invitations,
    revoke_invitations,
)
from members.models import Member, User
from members.operations import AlreadyMember, add_member, change_role, remove_member
from members.personal_data import erase_member

from ...factories import TESTS, MemberFactory, OrganizationFactory, invite
from ...racing import at_once, behind, result_or_error

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "grace@x.test"


@pytest.fixture
def organization(transactional_db):
    return OrganizationFactory()


@pytest.fixture
def other_admin(organization):
    return MemberFactory(organization=organization, role=Member.Role.ADMIN)


@pytest.fixture
def link(other_admin):
    return invite(other_admin, EMAIL)[0]


def accepting(link, name="Grace", password="one"):
    found = open_invitation(link.secret)
    arguments = {"invitation": found, "name": name, "password": password}
    return result_or_error(lambda: accept_invitation(actor=TESTS, **arguments))


def chosen(link):
    invitation = link.invitation
    organization = invitation.organization
    return {
        "actor": TESTS,
        "organization": organization,
        "invitations": organization.invitations.filter(pk=invitation.pk),
    }


def revoking(link):
    return result_or_error(lambda: revoke_invitations(**chosen(link)))


def test_of_many_that_accept_at_once_one_becomes_the_member(organization, link):
    calls = [accepting(link, name=f"Grace {each}", password=f"word {each}") for each in range(4)]
    answers = at_once(*calls)
    [member] = [each for each in answers if isinstance(each, Member)]
    assert sum(isinstance(each, InvitationIsGone) for each in answers) == 3
    assert organization.members.get(email=EMAIL).name == member.name
    assert User.objects.get(email=EMAIL).check_password(f"word {member.name[-1]}")


def test_who_accepts_before_it_is_revoked_is_a_member(organization, link):
    member, refusal = behind(accepting(link), revoking(link))
    assert isinstance(refusal, InvitationIsGone)
    assert list(organization.members.filter(email=EMAIL)) == [member]


def test_who_accepts_after_it_was_revoked_is_none(organization, link):
    accept = accepting(link)
    _number, refusal = behind(revoking(link), accept)
    assert isinstance(refusal, InvitationIsGone)
    assert not organization.members.filter(email=EMAIL).exists()
    assert not User.objects.filter(email=EMAIL).exists()


def test_an_old_link_is_not_accepted_while_a_new_one_is_made(organization, admin, link):
    accept = accepting(link)
    _links, refusal = behind(lambda: resend_invitations(inviter=admin, **chosen(link)), accept)
    assert isinstance(refusal, InvitationIsGone)
    assert organization.invitations.pending().exists()


def demote(member):
    change_role(actor=TESTS, member=member, role=Member.Role.MEMBER)


def remove(member):
    remove_member(actor=TESTS, member=member)


@pytest.mark.parametrize("let_go", [demote, remove])
def test_what_an_admin_began_ends_with_their_role(organization, admin, other_admin, link, let_go):
    accept = accepting(link)
    _done, refusal = behind(lambda: let_go(other_admin), accept)
    assert isinstance(refusal, InvitationIsGone)
    assert not organization.members.filter(email=EMAIL).exists()


def test_nobody_invites_while_they_are_demoted(organization, admin, other_admin):
    _done, refusal = behind(
        lambda: demote(other_admin), result_or_error(lambda: invite(other_admin, EMAIL))
    )
    assert isinstance(refusal, InviterIsNoAdmin)
    assert not organization.invitations.exists()


def test_of_two_admins_who_invite_one_person_at_once_one_is_told(organization, admin, other_admin):
    answers = at_once(
        *(result_or_error(lambda each=each: invite(each, EMAIL)) for each in (admin, other_admin))
    )
    assert sum(isinstance(each, CannotInvite) for each in answers) == 1
    assert organization.invitations.count() == 1


def test_who_is_added_by_hand_and_accepts_at_once_is_one_member(organization, link):
    def add():
        return add_member(actor=TESTS, organization=organization, name="By hand", email=EMAIL)

    answers = at_once(accepting(link), result_or_error(add))
    assert sum(isinstance(each, Member) for each in answers) == 1
    assert sum(isinstance(each, (AlreadyMember, InvitationIsGone)) for each in answers) == 1
    assert organization.members.filter(email=EMAIL).count() == 1
    assert not organization.invitations.pending().exists()


@pytest.fixture
def elsewhere():
    """The same person, disabled in another organization, which erases them."""
    return MemberFactory(email=EMAIL, status=Member.Status.DISABLED)


def erasing(member):
    return result_or_error(lambda: erase_member(actor=TESTS, member=member))


def test_who_accepts_while_another_organization_erases_them_begins_anew(link, elsewhere):
    _erased, member = behind(erasing(elsewhere), accepting(link))
    assert isinstance(member, Member)
    assert member.user.pk != elsewhere.user_id
    assert member.user.check_password("one")


def test_who_accepts_before_another_organization_erases_them_stays(link, elsewhere):
    member, _erased = behind(accepting(link), erasing(elsewhere))
    assert User.objects.get(pk=member.user_id) == elsewhere.user


def test_who_is_signed_in_and_erased_while_they_accept_is_not_the_one_who_is_invited(
    link, elsewhere
):
    arguments = {"invitation": open_invitation(link.secret), "name": "Grace"}
    user = User.objects.get(pk=elsewhere.user_id)
    accept = result_or_error(lambda: accept_invitation(actor=TESTS, user=user, **arguments))
    _erased, refusal = behind(erasing(elsewhere), accept)
    assert isinstance(refusal, NotTheirInvitation)


def test_links_of_two_organizations_give_one_password(link):
    there = invite(MemberFactory(role=Member.Role.ADMIN), EMAIL)[0]
    answers = at_once(accepting(link, password="one"), accepting(there, password="two"))
    assert sorted(type(each).__name__ for each in answers) == ["Member", "SignInFirst"]
    assert User.objects.get(email=EMAIL).has_usable_password()
