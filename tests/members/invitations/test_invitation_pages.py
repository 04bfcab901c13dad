"""Inviting from the Members page, the list of who is invited, Resend and Revoke."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from time_machine import travel

from members.invitation_emails import note_sent
from members.invitation_forms import MOST_EMAILS
from members.invitations import open_invitation
from members.models import Member
from members.operations import disable_member

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    UserFactory,
    invite,
)
from ...pages import names, rows, signed_in, url, words
from .conftest import link_in


@pytest.fixture
def send(console, organization):
    """Send the form of Invite; returns the answer."""

    def post(emails="grace@x.test", **sent):
        given = {
            "emails": emails,
            "role": "org_member",
            "billing_group": organization.billing_groups.unassigned().pk,
            "kind": "default",
            **sent,
        }
        return console.post(url("members:invite", organization), given)

    return post


def emails_of(organization):
    return list(organization.invitations.order_by("pk").values_list("email", flat=True))


def told(page):
    return [str(error) for error in page.context["form"].errors["emails"]]


def test_the_members_page_leads_to_invite_and_to_who_is_invited(console, organization, link):
    page = console.get(url("members:list", organization))
    assert f'href="/o/{organization.slug}/members/invite/" data-dialog' in page.content.decode()
    assert "Joined Invited 1" in words(page)


def test_the_status_invited_leads_to_their_list_with_the_same_search(console, organization):
    answer = console.get(url("members:list", organization, status="invited", q="gr%26ce"))
    assert answer["Location"] == url("members:invitations", organization, q="gr%26ce")


def test_one_is_invited_with_what_was_chosen(console, organization, send):
    platform = BillingGroupFactory(organization=organization)
    guild = GroupFactory(organization=organization)
    answer = send(
        role="org_admin",
        billing_group=platform.pk,
        kind="amount",
        amount="1,200.5",
        groups=[guild.pk],
    )
    assert "1 invitation was sent." in words(console.get(answer["Location"]))
    invitation = organization.invitations.get()
    assert (invitation.role, invitation.billing_group) == (Member.Role.ADMIN, platform)
    assert invitation.personal_limit == Decimal("1200.5")
    assert list(invitation.groups.all()) == [guild]
    assert open_invitation(link_in(mail.outbox[0]).split("/")[-2]) == invitation


@pytest.mark.parametrize(
    "typed",
    [
        "a@x.test\nb@x.test",
        "a@x.test, b@x.test",
        "a@x.test;b@x.test;",
        " a@x.test  b@x.test\n\n",
        'Ada Lindqvist <a@x.test>, "B, Bob" <b@x.test>',
        "a@x.test, Bob <b@x.test>",
        "a@x.test\nA@X.test\nb@x.test\na@x.test",
    ],
)
def test_emails_stand_on_lines_or_between_commas_and_semicolons(organization, send, typed):
    assert send(typed).status_code == 302
    assert sorted(emails_of(organization)) == ["a@x.test", "b@x.test"]


def test_what_is_no_email_is_named_with_its_line_and_what_was_typed_stays(organization, send):
    page = send("a@x.test\nnobody\nb@x.test, c@\u202ex.test")
    assert page.status_code == 422
    assert told(page) == [
        "Line 2: “nobody” is not an email.",
        "Line 3: “c@\u202ex.test” is not an email.",
    ]
    assert "a@x.test\nnobody\nb@x.test" in page.content.decode()
    assert emails_of(organization) == []


@pytest.mark.parametrize("typed", ["", " \n,; "])
def test_nobody_is_not_enough(send, typed):
    assert told(send(typed)) == ["Enter at least one email."]


def test_there_is_a_most_at_once(organization, send):
    many = [f"{number}@x.test" for number in range(MOST_EMAILS + 1)]
    assert "These are 501 emails. Invite at most 500 at once." in words(send("\n".join(many)))
    assert send("\n".join(many[1:])).status_code == 302
    assert len(mail.outbox) == len(emails_of(organization)) == MOST_EMAILS


def test_a_member_or_somebody_invited_is_named_and_nobody_is_invited(organization, link, send):
    MemberFactory(organization=organization, email="member@x.test")
    page = send("new@x.test\nMember@x.test\ngrace@x.test")
    assert page.status_code == 409
    assert told(page) == ["A member here already: member@x.test. Invited already: grace@x.test."]
    assert "new@x.test" in page.content.decode()
    assert emails_of(organization) == ["grace@x.test"]
    assert mail.outbox == []


def test_an_email_with_an_account_elsewhere_answers_as_any_other(organization, send):
    UserFactory(email="known@x.test", last_login=timezone.now())
    MemberFactory(email="there@x.test")
    answers = [send(email) for email in ("known@x.test", "there@x.test", "nobody@x.test")]
    assert {(each.status_code, each["Location"], each.content) for each in answers} == {
        (302, url("members:invitations", organization).rstrip("?"), b"")
    }
    bodies = {each.body.replace(link_in(each), "") for each in mail.outbox}
    assert len(bodies) == 1


@pytest.mark.parametrize("field", ["billing_group", "groups"])
def test_what_belongs_to_another_organization_is_not_given(organization, send, field):
    GroupFactory(organization=organization)
    theirs = {"billing_group": BillingGroupFactory().pk, "groups": [GroupFactory().pk]}[field]
    page = send(**{field: theirs})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert emails_of(organization) == []


def test_how_many_are_invited_is_said_before(send, organization):
    page = send("a@x.test, b@x.test", look="1")
    assert page.context["changes"][0] == "2 people are invited by email and start in Unassigned."
    assert send("nobody", look="1").context["changes"] == []
    assert emails_of(organization) == []


def test_many_groups_are_a_list_and_few_are_boxes(console, organization):
    address = url("members:invite", organization)
    assert 'name="groups"' not in console.get(address).content.decode()
    GroupFactory.create_batch(12, organization=organization)
    assert '<input type="checkbox" name="groups"' in console.get(address).content.decode()
    GroupFactory(organization=organization)
    assert '<select name="groups"' in console.get(address).content.decode()


def test_the_list_says_how_each_invitation_stands(console, organization, admin):
    grace = MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
    with travel(timezone.now() - timedelta(days=8), tick=False):
        expired = invite(admin)[0].invitation
    sent, unsent = (invite(admin)[0].invitation for _ in "12")
    blocked = invite(grace)[0].invitation
    note_sent([sent, expired, blocked], timezone.now())
    disable_member(actor=TESTS, member=grace)
    shown = rows(console.get(url("members:invitations", organization)))
    assert list(shown) == [f"invitation-{each.pk}" for each in (blocked, unsent, sent, expired)]
    said = {
        blocked: "Blocked Who invited them is no admin now. Resend it.",
        unsent: "Not sent The email could not be sent. Resend it.",
        sent: "Invited",
        expired: "Expired",
    }
    for invitation, words_ in said.items():
        assert f" {words_} Resend Revoke" in shown[f"invitation-{invitation.pk}"]


def test_who_accepted_or_was_revoked_is_not_listed(console, organization, link):
    address = url("members:invitations", organization)
    assert "grace@x.test" in words(console.get(address))
    chosen = url("members:revoke-invitations", organization, invitation=link.invitation.pk)
    page = console.get(console.post(chosen)["Location"])
    assert "1 invitation was revoked." in words(page)
    assert rows(page) == {}


def test_the_list_is_searched_and_sorted(console, organization, admin):
    invite(admin, "b@x.test", "C@x.test", "a@other.test")
    address = url("members:invitations", organization)
    assert names(console.get(address + "sort=email")) == ["a@other.test", "b@x.test", "C@x.test"]
    assert names(console.get(address + "sort=-email"))[0] == "C@x.test"
    assert names(console.get(address + "q=X.TEST")) == ["C@x.test", "b@x.test"]
    assert len(rows(console.get(address + "sort=expires_at"))) == 3


def test_several_are_sent_again_at_once(console, organization, admin):
    links = invite(admin, "a@x.test", "b@x.test")
    query = "&".join(f"invitation={link.invitation.pk}" for link in links)
    address = url("members:resend-invitations", organization) + query
    page = console.get(address)
    assert "Resend 2 invitations?" in words(page)
    assert "2 new emails with new links are sent." in words(page)
    assert "2 invitations were sent again." in words(console.get(console.post(address)["Location"]))
    assert [each.to for each in mail.outbox] == [["a@x.test"], ["b@x.test"]]
    assert [open_invitation(link.secret) for link in links] == [None, None]
    assert all(open_invitation(link_in(each).split("/")[-2]) for each in mail.outbox)


def test_of_several_those_that_ended_meanwhile_are_left_out(console, organization, admin):
    gone, left = invite(admin, "a@x.test", "b@x.test")
    query = f"invitation={gone.invitation.pk}&invitation={left.invitation.pk}"
    organization.invitations.filter(pk=gone.invitation.pk).revoke(timezone.now())
    console.post(url("members:resend-invitations", organization) + query)
    assert [each.to for each in mail.outbox] == [["b@x.test"]]


@pytest.mark.parametrize("page", ["members:resend-invitations", "members:revoke-invitations"])
@pytest.mark.parametrize("ids", [[], ["0"], ["x"], ["9" * 30], ["²"], ["elsewhere"], ["gone"]])
def test_an_address_that_names_none_of_ours_is_not_found(console, organization, link, page, ids):
    elsewhere = invite(MemberFactory(role=Member.Role.ADMIN))[0].invitation
    pks = {"elsewhere": elsewhere.pk, "gone": link.invitation.pk}
    organization.invitations.revoke(timezone.now())
    query = "&".join(f"invitation={pks.get(each, each)}" for each in ids)
    address = url(page, organization) + query
    assert console.get(address).status_code == console.post(address).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at is None
    assert mail.outbox == []


def test_the_admin_is_never_shown_a_link(organization, admin, send):
    send()
    secret = link_in(mail.outbox[0]).split("/")[-2]
    browser = signed_in(admin)
    for page in ("members:list", "members:invitations"):
        assert secret not in browser.get(url(page, organization)).content.decode()
