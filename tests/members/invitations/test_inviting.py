"""Inviting, sending again and revoking: who may, what it leaves, and what each is good for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from billing.operations import BillingGroupIsGone, delete_billing_group
from groups.operations import GroupIsGone, delete_group
from members.accepting import accept_invitation
from members.imports.operations import import_members
from members.invitations import (
    CannotInvite,
    InvitationIsGone,
    InviterIsNoAdmin,
    open_invitation,
    resend_invitations,
    revoke_invitations,
)
from members.models import Invitation, Member, User, digest_of
from members.operations import (
    add_member,
    change_role,
    disable_member,
    edit_member,
    edit_organization,
    remove_member,
)

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    UserFactory,
    invite,
    send_members,
)
from ...sql import assert_refused

IN_8_DAYS = timedelta(days=8)


def resend(link, inviter=None):
    organization = link.invitation.organization
    inviter = inviter or link.invitation.invited_by
    chosen = Invitation.objects.filter(pk=link.invitation.pk)
    return resend_invitations(
        actor=TESTS, organization=organization, inviter=inviter, invitations=chosen
    )


def revoke(link):
    organization = link.invitation.organization
    chosen = Invitation.objects.filter(pk=link.invitation.pk)
    return revoke_invitations(actor=TESTS, organization=organization, invitations=chosen)


@pytest.fixture
def other_admin(organization, admin):
    return MemberFactory(organization=organization, role=Member.Role.ADMIN)


def test_who_is_invited_is_no_member_and_no_user(organization, admin, link):
    assert open_invitation(link.secret) == link.invitation
    assert list(organization.members.all()) == [admin]
    assert not User.objects.filter(email="grace@x.test").exists()


def test_what_is_given_is_kept_until_it_is_accepted(organization, admin):
    platform = BillingGroupFactory(organization=organization)
    guild = GroupFactory(organization=organization)
    given = {"role": "org_admin", "billing_group": platform, "personal_limit": Decimal("7.5")}
    [link] = invite(admin, "a@x.test", groups=[guild], **given)
    stored = Invitation.objects.get(pk=link.invitation.pk)
    assert (stored.role, stored.billing_group, stored.personal_limit) == tuple(given.values())
    assert list(stored.groups.all()) == [guild]


def test_without_a_limit_they_get_the_default_of_now(organization, admin):
    edit_organization(actor=TESTS, organization=organization, default_is_unlimited=True)
    assert invite(admin)[0].invitation.is_unlimited
    assert not invite(admin, is_unlimited=False)[0].invitation.is_unlimited


def test_the_secret_is_stored_nowhere(organization, link):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(i)::text FROM members_invitation i")
        stored = cursor.fetchall()
        cursor.execute("SELECT changes::text FROM audit_auditentry")
        stored += cursor.fetchall()
    assert digest_of(link.secret) in str(stored)
    assert link.secret not in str(stored)


def test_inviting_many_is_one_entry_with_ids_and_no_emails(organization, admin):
    links = invite(admin, "a@x.test", "b@x.test")
    [entry] = organization.audit_entries.filter(event="InviteMembers")
    assert entry.changes["invitations"] == [link.invitation.pk for link in links]
    assert "@" not in str(entry.changes)


@pytest.mark.parametrize("email", ["member@x.test", "MEMBER@x.test", "Grace@x.test"])
def test_a_member_or_somebody_invited_is_named_and_nobody_is_invited(organization, link, email):
    MemberFactory(organization=organization, email="member@x.test")
    with pytest.raises(CannotInvite) as refusal:
        invite(link.invitation.invited_by, "new@x.test", email)
    assert email.lower() in str(refusal.value.message)
    assert organization.invitations.count() == 1
    entry = organization.audit_entries.latest("pk")
    assert (entry.event, entry.outcome) == ("InviteMembers", "refused")
    assert "@" not in str(entry.changes)


def test_only_the_first_of_many_are_named(organization, admin):
    emails = [f"{letter}@x.test" for letter in "abcdefghijkl"]
    invite(admin, *emails)
    with pytest.raises(CannotInvite) as refusal:
        invite(admin, *emails)
    assert "Invited already: a@x.test, b@x.test" in str(refusal.value.message)
    assert str(refusal.value.message).endswith("j@x.test, ….")


def test_one_that_was_removed_can_be_invited(organization, admin):
    ada = MemberFactory(organization=organization, email="ada@x.test")
    remove_member(actor=TESTS, member=ada)
    assert invite(admin, "ada@x.test")


def test_the_same_email_may_be_invited_by_two_organizations(link):
    other = MemberFactory(role=Member.Role.ADMIN)
    assert invite(other, link.invitation.email)


def test_an_invitation_that_expired_gives_way(organization, admin, link):
    with travel(timezone.now() + IN_8_DAYS):
        assert open_invitation(link.secret) is None
        [again] = invite(admin, "GRACE@x.test")
        assert open_invitation(again.secret) == again.invitation
    assert organization.invitations.pending().get() == again.invitation


@pytest.mark.parametrize("how", ["member", "disabled", "elsewhere"])
def test_only_an_enabled_admin_of_the_organization_invites(organization, admin, other_admin, how):
    inviter = {
        "member": MemberFactory(organization=organization),
        "disabled": disable_member(actor=TESTS, member=other_admin),
        "elsewhere": MemberFactory(role=Member.Role.ADMIN),
    }[how]
    inviter.organization = organization
    with pytest.raises(InviterIsNoAdmin):
        invite(inviter)


def test_what_was_deleted_meanwhile_is_not_given(organization, admin):
    platform = BillingGroupFactory(organization=organization)
    guild = GroupFactory(organization=organization)
    delete_billing_group(actor=TESTS, billing_group=platform)
    with pytest.raises(BillingGroupIsGone):
        invite(admin, billing_group=platform)
    delete_group(actor=TESTS, group=guild)
    with pytest.raises(GroupIsGone):
        invite(admin, groups=[guild])
    with pytest.raises(GroupIsGone):
        invite(admin, groups=[GroupFactory()])  # of another organization


def test_inviting_asks_nothing_about_accounts(admin):
    UserFactory(email="known@x.test", last_login=timezone.now())
    asked = []
    for email in ("known@x.test", "nobody@x.test"):
        with CaptureQueriesContext(connection) as queries:
            invite(admin, email)
        asked.append(len(queries))
        assert not any('FROM "members_user"' in query["sql"] for query in queries)
    assert asked[0] == asked[1]


def test_sending_again_makes_a_new_secret_and_7_new_days(link, other_admin):
    with travel(timezone.now() + IN_8_DAYS):
        [again] = resend(link, other_admin)
        assert open_invitation(link.secret) is None
        found = open_invitation(again.secret)
        assert found == link.invitation
        assert found.invited_by == other_admin
        assert found.expires_at - timezone.now() > timedelta(days=6, hours=23)


def test_what_was_revoked_opens_nothing_and_stays_so(link):
    assert revoke(link) == 1
    assert open_invitation(link.secret) is None
    with pytest.raises(InvitationIsGone):
        revoke(link)
    with pytest.raises(InvitationIsGone):
        resend(link)
    assert_refused("UPDATE members_invitation SET revoked_at = NULL", because="Cannot update")


def test_each_act_is_one_entry(organization, link):
    [again] = resend(link)
    revoke(again)
    events = organization.audit_entries.order_by("pk").values_list("event", flat=True)
    assert list(events)[-3:] == ["InviteMembers", "ResendInvitations", "RevokeInvitations"]


@pytest.mark.parametrize("act", [resend, revoke])
def test_invitations_of_another_organization_are_left_alone(organization, admin, act):
    [elsewhere] = invite(MemberFactory(role=Member.Role.ADMIN))
    elsewhere.invitation.organization, elsewhere.invitation.invited_by = organization, admin
    with pytest.raises(InvitationIsGone):
        act(elsewhere)
    assert open_invitation(elsewhere.secret)


@pytest.mark.parametrize(
    "end",
    [
        lambda inviter: disable_member(actor=TESTS, member=inviter),
        lambda inviter: remove_member(actor=TESTS, member=inviter),
        lambda inviter: change_role(actor=TESTS, member=inviter, role="org_member"),
        lambda inviter: User.objects.filter(pk=inviter.user_id).update(is_active=False),
    ],
)
def test_an_invitation_is_never_stronger_than_who_made_it_is_now(admin, other_admin, end):
    [link] = invite(other_admin)
    end(other_admin)
    assert open_invitation(link.secret) is None
    [again] = resend(link, admin)
    assert open_invitation(again.secret)


def add(organization):
    add_member(actor=TESTS, organization=organization, name="Grace", email="GRACE@x.test")


def rename(organization):
    member = MemberFactory(organization=organization)
    edit_member(actor=TESTS, member=member, name="Grace", email="grace@X.test")


def import_(organization):
    admin = organization.members.admins().first()
    sent = send_members(admin, "Email,Name\nGrace@x.test,Grace\n")
    import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)


@pytest.mark.parametrize("join", [add, rename, import_])
def test_who_became_a_member_otherwise_has_no_link_to_come_back_by(organization, link, join):
    join(organization)
    assert not organization.invitations.pending().exists()
    remove_member(actor=TESTS, member=organization.members.get(email__iexact="grace@x.test"))
    assert open_invitation(link.secret) is None


def test_removing_ends_an_invitation_that_came_in_between(organization, link):
    grace = MemberFactory(organization=organization, email="grace@x.test")
    remove_member(actor=TESTS, member=grace)
    assert open_invitation(link.secret) is None


@pytest.mark.parametrize("secret", ["", "x" * 43, "\x00", "é" * 43, "x" * 10_000])
def test_what_cannot_be_a_secret_opens_nothing(link, secret):
    assert open_invitation(secret) is None
    assert open_invitation(link.secret + secret) == (None if secret else link.invitation)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ("email = 'Other@x.test'", "Cannot update"),
        ("role = 'org_admin'", "Cannot update"),
        ("accepted_at = expires_at", "invitation_accepted_in_time"),
        ("accepted_at = created_at, revoked_at = created_at", "invitation_accepted_or_revoked"),
    ],
)
def test_raw_sql_changes_nothing_that_was_said(link, change, because):
    assert_refused(f"UPDATE members_invitation SET {change}", because=because)


def test_raw_sql_invites_nobody_twice_and_deletes_nothing(link):
    assert_refused(
        "INSERT INTO members_invitation (organization_id, email, role, billing_group_id,"
        " is_unlimited, invited_by_id, digest, expires_at) SELECT organization_id, upper(email),"
        " role, billing_group_id, false, invited_by_id, 'x', expires_at FROM members_invitation",
        because="invited_once_per_organization",
    )
    assert_refused("DELETE FROM members_invitation", because="Cannot delete")


def test_an_accepted_one_is_over(organization, link):
    accept_invitation(
        actor=TESTS, invitation=open_invitation(link.secret), name="Grace", password="x"
    )
    assert open_invitation(link.secret) is None
    assert not organization.invitations.pending().exists()
