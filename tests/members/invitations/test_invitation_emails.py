"""The email: what it says and in which language, and what happens when it cannot be sent."""

import itertools
from smtplib import SMTPRecipientsRefused

import pytest
import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from config.logs import hide_secrets
from members.invitation_emails import send_invitations
from members.models import Member, User

from ...factories import MemberFactory, OrganizationFactory, invite
from ...pages import rows, url, words
from .conftest import address, link_in


class Mailbox(EmailBackend):
    """Refuses who is called nobody, and counts how often it was opened."""

    opened = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_open = False

    def open(self):
        Mailbox.opened += not self.is_open
        self.is_open = True

    def send_messages(self, messages):
        if any("nobody" in each.to[0] for each in messages):
            raise SMTPRecipientsRefused({"nobody@x.test": (550, b"No such user")})
        return super().send_messages(messages)


@pytest.fixture
def mailbox(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Mailbox"
    monkeypatch.setattr(Mailbox, "opened", 0)
    return Mailbox


@pytest.fixture
def send(console, organization):
    def post(*emails):
        given = {
            "emails": "\n".join(emails or ["grace@x.test"]),
            "role": "org_admin",
            "billing_group": organization.billing_groups.unassigned().pk,
            "kind": "default",
        }
        return console.get(console.post(url("members:invite", organization), given)["Location"])

    return post


def test_it_says_who_invites_where_to_as_what_and_until_when(organization, admin, send):
    send()
    [email] = mail.outbox
    assert email.subject == f"Invitation to {organization.name}"
    assert email.to == ["grace@x.test"]
    told = " ".join(email.body.split())
    assert f"{admin.name} invites you to join {organization.name}. Your role there: Admin." in told
    assert "(UTC). Whoever has the link" in told
    assert link_in(email).startswith("http://testserver/invitations/")
    assert "&" not in email.body


def test_it_speaks_the_language_of_the_admin(organization, admin, send):
    User.objects.filter(pk=admin.user_id).update(language="ja")
    send()
    [email] = mail.outbox
    assert "管理者" in email.body


def test_names_stand_in_it_as_they_are(db):
    organization = OrganizationFactory(name="R&D <Lab>")
    inviter = MemberFactory(organization=organization, role=Member.Role.ADMIN, name="A & B")
    send_invitations(invite(inviter), lambda secret: f"https://x.test/{secret}/")
    [email] = mail.outbox
    assert email.subject == "Invitation to R&D <Lab>"
    assert "A & B invites you to join R&D <Lab>." in email.body


def test_many_go_over_one_connection(mailbox, send):
    assert "3 invitations were sent." in words(send("a@x.test", "b@x.test", "c@x.test"))
    assert mailbox.opened == 1
    assert len(mail.outbox) == 3


def test_one_that_fails_is_told_and_stays_to_be_sent_again(organization, mailbox, send, caplog):
    page = send("a@x.test", "nobody@x.test", "c@x.test")
    assert "2 invitations were sent." in words(page)
    assert "The email of 1 invitation could not be sent. Send it again later." in words(page)
    assert [each.to for each in mail.outbox] == [["a@x.test"], ["c@x.test"]]
    unsent = organization.invitations.get(sent_at=None)
    assert unsent.email == "nobody@x.test"
    assert "Not sent" in rows(page)[f"invitation-{unsent.pk}"]
    assert "SMTPRecipientsRefused" in caplog.text
    assert "nobody@x.test" not in caplog.text


def test_without_a_mail_server_the_invitations_are_there_and_that_is_told(
    organization, settings, send
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = send("a@x.test", "b@x.test")
    assert "The emails of 2 invitations could not be sent." in words(page)
    assert organization.invitations.filter(sent_at=None).count() == 2


def test_nobody_waits_for_a_slow_mail_server_for_ever(organization, mailbox, send, monkeypatch):
    seconds = itertools.count(step=6)
    monkeypatch.setattr("members.invitation_emails.monotonic", lambda: next(seconds))
    page = send(*(f"{number}@x.test" for number in range(9)))
    assert "3 invitations were sent." in words(page)
    assert "The emails of 6 invitations could not be sent." in words(page)
    assert organization.invitations.filter(sent_at=None).count() == 6


def test_the_log_of_an_answer_does_not_hold_the_secret(link, caplog):
    Client().get(f"/invitations/{link.secret}x/")
    json = settings.LOGGING["formatters"]["json"]
    chains = {name: json[name] for name in ("processors", "foreign_pre_chain")}
    line = structlog.stdlib.ProcessorFormatter(**chains).format(caplog.records[-1])
    assert "Not Found: /invitations/***/" in line
    assert link.secret not in line


def test_no_line_of_the_log_holds_the_secret_of_a_link(link):
    for text in (address(link), f"next=%2Finvitations%2F{link.secret}%2F", f'"{address(link)}"'):
        assert link.secret not in hide_secrets(None, None, text)
    kept = "/o/acme/members/invitations/resend/?invitation=1"
    assert hide_secrets(None, None, kept) == kept
