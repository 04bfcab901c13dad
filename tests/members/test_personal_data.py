"""What is kept about a person is handed out whole, and erased without a sum changing."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from billing.models import UsageRecord
from billing.periods import current_period
from groups.operations import add_group_members
from members.accepting import accept_invitation
from members.invitations import open_invitation
from members.models import Member, User
from members.operations import (
    add_member,
    disable_member,
    edit_member,
    remove_member,
    set_personal_limits,
)
from members.personal_data import MemberIsEnabled, erase_member

from ..factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    invite,
    new_key,
    report,
    send_members,
)
from ..pages import signed_in, url, words
from ..racing import behind
from ..sums import assert_totals_equal_records


@pytest.fixture
def ada(organization):
    member = MemberFactory(
        organization=organization, name="Ada", email="Ada@acme.example", is_unlimited=True
    )
    report(member, "12.5", source="ide", operation="chat")
    assign(member, BillingGroupFactory(organization=organization, name="Platform"))
    report(member, 4)
    return member


def erase(member):
    return erase_member(actor=TESTS, member=member)


def download(client, *address):
    response = client.get(reverse(address[0], args=address[1:]))
    assert response["Content-Type"] == "application/json"
    return json.loads(response.getvalue())


def test_an_admin_downloads_all_that_is_kept(console, organization, ada):
    group = GroupFactory(organization=organization, name="Guild")
    add_group_members(actor=TESTS, group=group, members=Member.objects.filter(pk=ada.pk))
    data = download(console, "members:data", organization.slug, ada.pk)
    assert data["member"]["email"] == "Ada@acme.example"
    assert data["groups"] == ["Guild"]
    assert [each["billingGroup"] for each in data["billingGroups"]] == ["Unassigned", "Platform"]
    assert {each["billingGroup"]: each["credits"] for each in data["usage"]} == {
        "Unassigned": "12.5000",
        "Platform": "4.0000",
    }
    records = data["usageRecords"]
    assert [record["credits"] for record in records] == ["12.5000", "4.0000"]
    assert (records[0]["source"], records[0]["operation"]) == ("ide", "chat")
    assert [each["event"] for each in data["auditLog"]] == ["AssignBillingGroup", "AddGroupMember"]
    [entry] = AuditEntry.objects.filter(event="ExportPersonalData")
    assert (entry.target_id, entry.changes) == (ada.pk, {"records": 2})


def test_what_was_done_with_many_at_once_is_in_it(console, organization, ada):
    everybody = organization.members.all()
    set_personal_limits(actor=TESTS, organization=organization, members=everybody)
    told = download(console, "members:data", organization.slug, ada.pk)["auditLog"]
    assert [each["event"] for each in told] == ["AssignBillingGroup", "SetPersonalLimit"]


def test_of_what_others_did_their_address_is_not_told(console, organization, admin, ada):
    console.post(url("members:role", organization, ada.pk), {"role": "org_admin"})
    hers = signed_in(ada)
    hers.post(url("members:role", organization, ada.pk), {"role": "org_admin"})
    _assigned, *told = download(hers, "my-data", organization.slug)["auditLog"]
    assert [(each["byThem"], each.get("address")) for each in told] == [
        (False, None),
        (True, "127.0.0.1"),
    ]


def test_each_downloads_their_own_and_no_secret_is_in_it(organization, admin):
    secret = new_key(admin).secret
    text = signed_in(admin).get(reverse("my-data", args=[organization.slug])).getvalue().decode()
    [key] = json.loads(text)["apiKeys"]
    assert key["prefix"] == admin.api_keys.get().prefix
    assert secret not in text
    assert admin.api_keys.get().digest not in text


def test_what_another_organization_knows_of_the_person_is_not_in_it(organization, ada):
    elsewhere = MemberFactory(user=ada.user, name="Ada Elsewhere")
    report(elsewhere, 99, event_id="elsewhere")
    text = signed_in(ada).get(reverse("my-data", args=[organization.slug])).getvalue().decode()
    assert "elsewhere" not in text.lower()


@pytest.mark.parametrize("end", [disable_member, remove_member])
def test_erased_are_name_email_and_user_and_no_sum_changes(organization, ada, end):
    end(actor=TESTS, member=ada)
    before = list(ada.records.order_by("pk").values())
    erased = erase(ada)
    erased.refresh_from_db()
    assert (erased.name, erased.email) == (f"Erased {ada.pk}", f"erased-{ada.pk}@erased.invalid")
    assert (erased.user, erased.status) == (None, Member.Status.DELETED)
    assert not User.objects.filter(email="ada@acme.example").exists()
    assert list(UsageRecord.objects.filter(member=ada).order_by("pk").values()) == before
    assert_totals_equal_records()


def test_nothing_in_the_database_names_them_afterwards(organization, admin, ada):
    send_members(admin, "Email,Name\nada@acme.example,Ada")
    remove_member(actor=TESTS, member=ada)
    invite(admin, "ada@acme.example", "grace@acme.example")
    erase(ada)
    assert not organization.member_imports.exists()
    assert [each.email for each in organization.invitations.all()] == ["grace@acme.example"]
    kept = AuditEntry.objects.values_list("changes", flat=True)
    assert not [changes for changes in kept if "ada" in json.dumps(changes).lower()]


def test_nor_does_an_invitation_to_an_email_that_they_had_before(organization, admin):
    revoked, accepted = invite(admin, "first@acme.example", "second@acme.example")
    member = accept_invitation(
        actor=TESTS, invitation=open_invitation(accepted.secret), name="Ada", password="x"
    )
    for email in ("first@acme.example", "third@acme.example"):
        edit_member(actor=TESTS, member=member, name="Ada", email=email)
    disable_member(actor=TESTS, member=member)
    erase(member)
    assert not organization.invitations.exists()


def test_nor_does_a_session(client, organization, ada):
    ada.user.set_password("correct horse battery staple")
    ada.user.save()
    sent = {"login": ada.user.email, "password": "correct horse battery staple"}
    client.post("/accounts/login/", sent)
    assert ada.user.email in str(Session.objects.get().get_decoded())
    disable_member(actor=TESTS, member=ada)
    erase(ada)
    assert not Session.objects.exists()


@pytest.mark.parametrize("elsewhere", [True, False])
def test_no_entry_tells_whether_they_are_a_member_elsewhere(organization, ada, elsewhere):
    if elsewhere:
        MemberFactory(user=ada.user)
    User.objects.filter(pk=ada.user_id).update(last_login=timezone.now() if elsewhere else None)
    edit_member(actor=TESTS, member=ada, name="Ada", email="ada.king@acme.example")
    disable_member(actor=TESTS, member=ada)
    erase(ada)
    edited, _disabled, erased = organization.audit_entries.order_by("pk").reverse()[:3][::-1]
    assert edited.changes == {"email": True}
    assert erased.changes == {"name": True, "email": True}


def test_an_active_member_is_not_erased(console, organization, ada):
    with pytest.raises(MemberIsEnabled):
        erase(ada)
    page = url("members:erase", organization, ada.pk)
    assert console.get(page).status_code == 404
    response = console.post(page)
    assert response.status_code == 409
    assert "This member is active. Disable or remove them first." in words(response)
    ada.refresh_from_db()
    assert ada.name == "Ada"


@pytest.mark.parametrize("other", ["another membership", "support staff"])
def test_a_user_who_is_somebody_else_too_stays(ada, other):
    if other == "support staff":
        User.objects.filter(pk=ada.user_id).update(is_staff=True)
    else:
        elsewhere = MemberFactory(user=ada.user, email="ada@acme.example")
        remove_member(actor=TESTS, member=elsewhere)
    disable_member(actor=TESTS, member=ada)
    assert erase(ada).user is None
    assert User.objects.filter(email="ada@acme.example").exists()


def test_who_is_erased_is_erased_once_and_added_anew_begins_anew(organization, ada):
    disable_member(actor=TESTS, member=ada)
    erase(ada)
    erase(ada)
    [entry] = AuditEntry.objects.filter(event="EraseMember")
    assert entry.target_id == ada.pk
    new = add_member(actor=TESTS, organization=organization, name="Ada", email="ada@acme.example")
    assert new.pk != ada.pk
    assert new.user.last_login is None


def test_the_page_says_what_goes_and_what_stays(console, organization, ada):
    disable_member(actor=TESTS, member=ada)
    detail = url("members:detail", organization, ada.pk)
    page = reverse("members:erase", args=[organization.slug, ada.pk])
    assert page in console.get(detail).content.decode()
    said = words(console.get(page))
    assert "Erase the personal data of Ada?" in said
    assert "Credits, usage records, totals and exports, without the name." in said
    assert "The personal data was erased." in words(console.get(console.post(page)["Location"]))
    assert page not in console.get(detail).content.decode()
    assert console.get(page).status_code == 404
    usage = console.get(url("billing:detail", organization, "unassigned", show="usage"))
    assert f"Erased {ada.pk}" in words(usage)
    assert current_period(organization).usage_totals.filter(member=ada).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_user_is_not_erased_while_another_organization_adds_them():
    ada = MemberFactory(email="ada@acme.example")
    admin = MemberFactory()
    disable_member(actor=TESTS, member=ada)
    added, erased = behind(
        lambda: add_member(
            actor=TESTS, organization=admin.organization, name="Ada", email="ada@acme.example"
        ),
        lambda: erase(ada),
    )
    added.refresh_from_db()
    assert erased.user is None
    assert added.user.email == "ada@acme.example"


@pytest.mark.django_db(transaction=True)
def test_who_is_added_while_their_user_is_erased_gets_a_new_one():
    ada = MemberFactory(email="ada@acme.example")
    admin = MemberFactory()
    disable_member(actor=TESTS, member=ada)
    _erased, added = behind(
        lambda: erase(ada),
        lambda: add_member(
            actor=TESTS, organization=admin.organization, name="Ada", email="ada@acme.example"
        ),
    )
    added.refresh_from_db()
    assert added.user_id != ada.user_id
    assert added.user.email == "ada@acme.example"
