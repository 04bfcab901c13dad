"""The page that the link opens: for people without an account, with one, and for everybody else."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.test import Client
from django.utils import timezone
from time_machine import travel

from billing.operations import delete_billing_group
from groups.operations import delete_group
from members.accepting import NotTheirInvitation, SignInFirst, accept_invitation
from members.invitations import open_invitation
from members.models import Member, User
from members.operations import disable_member, remove_member

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    UserFactory,
    invite,
    report,
)
from ...pages import words
from .conftest import EMAIL, PASSWORD, accept, address, browser_of, follow

GONE = "This invitation does not exist or is no longer open."


def test_the_link_says_who_invites_where_to_and_until_when(admin, link):
    page = words(follow(link))
    assert f"Join {admin.organization.name}" in page
    assert f"{admin.name} invites you." in page
    assert EMAIL in page
    assert "Role Member" in page


def test_who_has_no_account_chooses_a_password_and_is_in(organization, link):
    browser = Client()
    follow(link, browser)
    before = browser.session.session_key
    answer = accept(link, browser)
    assert answer["Location"] == f"/o/{organization.slug}/"
    assert browser.session.session_key != before
    assert "Grace Hopper" in words(browser.get(answer["Location"], follow=True))
    member = organization.members.get(email=EMAIL)
    assert (member.name, member.role, member.status) == ("Grace Hopper", "org_member", "ENABLED")
    assert authenticate(None, email=EMAIL, password=PASSWORD) == member.user


def test_the_link_proves_the_email(link):
    accept(link)
    shown = EmailAddress.objects.get(email=EMAIL)
    assert (shown.verified, shown.primary) == (True, True)


def test_who_has_an_account_signs_in_first_and_comes_back(organization, grace, link):
    browser = Client()
    page = follow(link, browser)
    assert "You have an account with this email. Sign in to accept." in words(page)
    assert 'name="password"' not in page.content.decode()
    sign_in = re.search(r'href="(/accounts/login/[^"]+)"', page.content.decode())[1]
    typed = {"login": EMAIL, "password": PASSWORD, "next": address(link)}
    assert f'value="{address(link)}"' in browser.get(sign_in).content.decode()
    assert browser.post("/accounts/login/", typed)["Location"] == address(link)
    assert accept(link, browser)["Location"] == f"/o/{organization.slug}/"
    assert organization.members.get(email=EMAIL).user == grace


def test_a_password_sent_for_an_account_that_has_one_changes_nothing(organization, grace, link):
    assert accept(link, password="another password of mine").status_code == 200
    assert authenticate(None, email=EMAIL, password=PASSWORD) == grace
    assert not organization.members.filter(email=EMAIL).exists()
    found = open_invitation(link.secret)
    with pytest.raises(SignInFirst):
        accept_invitation(actor=TESTS, invitation=found, name="Eve", password="another")


def test_who_signs_in_by_other_means_has_an_account_too(link):
    UserFactory(email=EMAIL, last_login=timezone.now())
    assert "Sign in to accept." in words(follow(link))


def test_somebody_else_is_told_so_and_can_sign_out(organization, grace, link):
    other = UserFactory(email="other@x.test")
    browser = browser_of(other)
    page = follow(link, browser)
    assert "You are signed in as other@x.test." in words(page)
    accept(link, browser)
    assert not organization.members.filter(user=other).exists()
    answer = browser.post("/accounts/logout/", {"next": address(link)})
    assert answer["Location"] == address(link)
    found = open_invitation(link.secret)
    with pytest.raises(NotTheirInvitation):
        accept_invitation(actor=TESTS, invitation=found, name="Eve", user=other)


def test_the_one_who_showed_that_the_email_is_theirs_is_the_person(organization, link):
    ada = UserFactory(email="ada@x.test", last_login=timezone.now())
    EmailAddress.objects.create(user=ada, email=EMAIL, verified=True)
    assert accept(link, browser_of(ada)).status_code == 302
    assert organization.members.get(email=EMAIL).user == ada
    assert not User.objects.filter(email=EMAIL).exists()


def test_the_name_is_the_one_that_another_organization_knows(grace, link):
    MemberFactory(user=grace, name="Grace B. Hopper")
    page = follow(link, browser_of(grace))
    assert 'value="Grace B. Hopper"' in page.content.decode()


def test_what_the_admin_gave_is_what_they_get(organization, admin):
    platform = BillingGroupFactory(organization=organization)
    guild = GroupFactory(organization=organization)
    given = {"role": "org_admin", "billing_group": platform, "personal_limit": Decimal(7)}
    [link] = invite(admin, EMAIL, groups=[guild], **given)
    accept(link)
    member = organization.members.get(email=EMAIL)
    assert (member.role, member.billing_group, member.personal_limit) == tuple(given.values())
    assert list(member.groups.all()) == [guild]
    [entry] = organization.audit_entries.filter(event="AcceptInvitation")
    assert (entry.actor_kind, entry.actor_id) == ("invited", str(link.invitation.pk))
    assert (entry.target_kind, entry.target_id) == ("Invitation", link.invitation.pk)
    assert entry.changes["members"] == [member.pk]
    assert "@" not in str(entry.changes)
    assert "Grace" not in str(entry.changes)


def test_what_was_deleted_meanwhile_is_left_out(organization, admin):
    platform = BillingGroupFactory(organization=organization)
    gone, guild = GroupFactory.create_batch(2, organization=organization)
    [link] = invite(admin, EMAIL, billing_group=platform, groups=[gone, guild])
    delete_billing_group(actor=TESTS, billing_group=platform)
    delete_group(actor=TESTS, group=gone)
    accept(link)
    member = organization.members.get(email=EMAIL)
    assert member.billing_group.is_unassigned
    assert list(member.groups.all()) == [guild]


def test_who_was_removed_comes_back_as_the_same_member(organization, admin):
    before = MemberFactory(organization=organization, email=EMAIL, is_unlimited=True)
    report(before, 5)
    remove_member(actor=TESTS, member=before)
    [link] = invite(admin, "GRACE@x.test")
    accept(link)
    member = organization.members.get(email__iexact=EMAIL)
    assert (member.pk, member.status) == (before.pk, Member.Status.ENABLED)
    assert member.usage_totals.get().credits == 5


def test_a_removed_member_is_tied_to_who_has_the_email_now(organization, admin):
    first = UserFactory(email="first@x.test", last_login=timezone.now())
    member = MemberFactory(organization=organization, email=EMAIL, user=first)
    remove_member(actor=TESTS, member=member)
    [link] = invite(admin, EMAIL)
    accept(link)
    member.refresh_from_db()
    assert member.user.email == EMAIL
    home = f"/o/{organization.slug}/me/"
    assert browser_of(first).get(home).status_code == 404


def test_an_invited_person_uses_no_credits_and_opens_nothing(organization, grace, link):
    assert browser_of(grace).get(f"/o/{organization.slug}/").status_code == 404
    assert organization.members.count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "a\u202eb"}, "Remove the invisible characters"),
        ({"password": ""}, "This field is required."),
        ({"password": "short"}, "This password is too short."),
        ({"password": "12345678901"}, "This password is entirely numeric."),
        ({"password": "grace@x.test"}, "too similar to the email"),
    ],
)
def test_what_cannot_be_is_named_and_makes_nobody(organization, link, typed, message):
    page = accept(link, **typed)
    assert page.status_code == 422
    assert message in words(page)
    assert not User.objects.filter(email=EMAIL).exists()
    assert open_invitation(link.secret)


def disable_inviter(link):
    MemberFactory(organization=link.invitation.organization, role=Member.Role.ADMIN)
    disable_member(actor=TESTS, member=link.invitation.invited_by)


def forbid_user(link):
    UserFactory(email=EMAIL, is_active=False)


@pytest.mark.parametrize("end", [accept, disable_inviter, forbid_user])
def test_what_opens_nothing_answers_alike_whatever_the_reason(organization, link, end):
    end(link)
    never = Client().get("/invitations/" + "x" * 43 + "/")
    for page in (follow(link), accept(link)):
        assert page.status_code == never.status_code == 404
        assert words(page).split("Request")[0] == words(never).split("Request")[0]
    assert GONE in words(never)


def test_an_expired_link_answers_as_one_that_never_was(link):
    with travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert GONE in words(follow(link))
    with travel(timezone.now() + timedelta(days=6, hours=23)):
        assert follow(link).status_code == 200


def test_the_page_is_kept_nowhere_and_its_address_told_to_nobody(link):
    for page in (follow(link), accept(link, name=""), Client().get("/invitations/x/")):
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "strict-origin"


def test_a_member_already_by_another_email_is_told_so(organization, grace, link):
    MemberFactory(organization=organization, user=grace, email="else@x.test")
    page = accept(link, browser_of(grace))
    assert page.status_code == 409
    assert "This person is already a member." in words(page)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(link, method):
    assert getattr(Client(), method)(address(link)).status_code == 405
