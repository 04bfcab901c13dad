"""What is found under a member: also how they came."""

from audit.models import about
from members.accepting import accept_invitation
from members.imports.operations import import_members
from members.invitations import open_invitation
from tests.factories import TESTS, invite, send_members


def events_about(organization, name):
    member = organization.members.get(name=name)
    found = organization.audit_entries.filter(about("Member", member.pk))
    return list(found.values_list("event", flat=True))


def test_who_came_by_an_import_is_found_by_it(organization, admin):
    sent = send_members(admin, "Email,Name\nada@x.test,Ada")
    import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)
    assert events_about(organization, "Ada") == ["ImportMembers"]


def test_who_came_by_an_invitation_is_found_by_it(organization, admin):
    [link] = invite(admin, "grace@x.test")
    invitation = open_invitation(link.secret)
    accept_invitation(actor=TESTS, invitation=invitation, name="Grace", password="x")
    assert events_about(organization, "Grace") == ["AcceptInvitation"]
