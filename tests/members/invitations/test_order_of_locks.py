"""One order everywhere: no verb waits for an invitation while it holds a member of its email."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.accepting import accept_invitation
from members.imports.operations import import_members
from members.invitations import open_invitation
from members.operations import (
    add_member,
    disable_member,
    edit_member,
    remove_member,
    update_member,
)
from members.personal_data import erase_member

from ...factories import TESTS, MemberFactory, invite, send_members

LOCKED = re.compile(r'FROM "members_(organization|invitation|member)".* FOR NO KEY UPDATE')
ORDER = ["organization", "invitation", "member"]


def add(organization, admin, member):
    return add_member, {"organization": organization, "name": "Ada", "email": "ada@x.test"}


def edit(organization, admin, member):
    return edit_member, {"member": member, "name": "Ada", "email": "ada@x.test"}


def update(organization, admin, member):
    return update_member, {"member": member, "email": "ada@x.test"}


def rename(organization, admin, member):
    return update_member, {"member": member, "name": "Ada"}


def remove(organization, admin, member):
    return remove_member, {"member": member}


def erase(organization, admin, member):
    return erase_member, {"member": disable_member(actor=TESTS, member=member)}


def accept(organization, admin, member):
    invitation = open_invitation(invite(admin, "new@x.test")[0].secret)
    return accept_invitation, {"invitation": invitation, "name": "Ada", "password": "x"}


def apply(organization, admin, member):
    sent = send_members(admin, f"Email,Name\nada@x.test,Ada\n{member.email},King")
    return import_members, {"organization": organization, "sent": sent, "digest": sent.digest}


@pytest.mark.parametrize("prepare", [add, edit, update, rename, remove, erase, accept, apply])
def test_organization_then_invitations_then_members(organization, admin, prepare):
    invite(admin, "ada@x.test", "grace@x.test")
    member = MemberFactory(organization=organization, email="grace@x.test")
    verb, arguments = prepare(organization, admin, member)
    with CaptureQueriesContext(connection) as asked:
        verb(actor=TESTS, **arguments)
    found = (LOCKED.search(query["sql"]) for query in asked)
    locked = list(dict.fromkeys(each[1] for each in found if each))
    assert locked == [each for each in ORDER if each in locked]
    assert {"invitation", "member"} <= set(locked)
