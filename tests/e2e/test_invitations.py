"""From Invite to a member: by the link of the email, without an account and with one."""

import re

from django.contrib.auth.hashers import make_password
from django.core import mail
from playwright.sync_api import expect

from members.models import User
from tests.factories import UserFactory

from .screen import MEMBERS, PASSWORD, choose, expect_notice, expect_rows, heading, row, sign_in


def invite(page, emails):
    page.goto(MEMBERS)
    page.get_by_role("link", name="Invite", exact=True).click()
    expect(heading(page, "Invite members")).to_be_visible()
    page.get_by_label("Emails").fill(emails)
    page.get_by_role("button", name="Invite", exact=True).click()


def link_of(email):
    [body] = [each.body for each in mail.outbox if each.to == [email]]
    return re.search(r"/invitations/\S+", body)[0]


def accept(page):
    page.get_by_role("button", name="Accept").click()
    expect(heading(page, "My usage")).to_be_visible()


def test_people_are_invited_and_join(enter, admin, organization, console, scripted):
    UserFactory(email="alan@acme.example", password=make_password(PASSWORD))
    page = enter(admin, java_script_enabled=scripted)
    console.provoke(422)
    invite(page, "grace@acme.example\nalan")
    expect(page.get_by_text("Line 2: “alan” is not an email.")).to_be_visible()
    expect(page.get_by_label("Emails")).to_have_value("grace@acme.example\nalan")
    page.get_by_label("Emails").fill("grace@acme.example, alan@acme.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect_notice(page, "2 invitations were sent.")
    expect_rows(page, "alan@acme.example", "grace@acme.example")
    expect(row(page, "grace@acme.example")).to_contain_text("Invited")

    new = enter(java_script_enabled=scripted)
    new.goto(link_of("grace@acme.example"))
    new.get_by_label("Your name").fill("Grace Hopper")
    new.get_by_label("Password").fill(PASSWORD)
    accept(new)

    known = enter(java_script_enabled=scripted)
    known.goto(link_of("alan@acme.example"))
    known.get_by_role("link", name="Sign in").click()
    sign_in(known, "alan@acme.example")
    known.get_by_label("Your name").fill("Alan Turing")
    accept(known)

    page.goto(MEMBERS)
    expect_rows(page, "Ada Lindqvist", "Alan Turing", "Grace Hopper")
    assert User.objects.get(email="grace@acme.example").check_password(PASSWORD)


def test_a_link_is_for_its_person_alone_and_ends_with_revoke(enter, admin, console, scripted):
    page = enter(admin, java_script_enabled=scripted)
    invite(page, "grace@acme.example")
    expect_notice(page, "1 invitation was sent.")
    link = link_of("grace@acme.example")
    page.goto(link)
    expect(page.get_by_text("You are signed in as ada@acme.example.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your name")).to_be_visible()

    page = enter(admin, java_script_enabled=scripted)
    page.goto(f"{MEMBERS}invitations/")
    choose(page, "grace@acme.example", "Revoke")
    page.get_by_role("button", name="Revoke").click()
    expect_notice(page, "1 invitation was revoked.")
    expect_rows(page)
    console.provoke(404)
    page.goto(link)
    expect(heading(page, "Invitation not found")).to_be_visible()
