"""Edit: name and email of a member, and who signs in with it (rule of the first sign-in)."""

import pytest
from django.utils import timezone

from members.models import Member, User
from members.operations import edit_member

from ..factories import TESTS, MemberFactory
from ..pages import signed_in, url, words


@pytest.fixture
def member(organization):
    user = User.objects.create_user("ada@example.com")
    return MemberFactory(organization=organization, name="Ada", email=user.email, user=user)


@pytest.fixture
def change(console, organization, member):
    def post(**sent):
        response = console.post(url("members:edit", organization, member.pk), sent)
        member.refresh_from_db()
        return response

    return post


def edit(member, **given):
    arguments = {"name": member.name, "email": member.email, **given}
    return edit_member(actor=TESTS, member=member, **arguments)


def sign_in(member):
    User.objects.filter(pk=member.user_id).update(last_login=timezone.now())


def test_name_and_email_are_saved_as_typed_and_nothing_else_changes(console, change, member):
    before = Member.objects.filter(pk=member.pk).values().get()
    page = change(name="Ada Lovelace", email="Ada@Example.com")
    assert "Ada Lovelace was saved." in words(console.get(page["Location"]))
    after = Member.objects.filter(pk=member.pk).values().get()
    assert after == {**before, "name": "Ada Lovelace", "email": "Ada@Example.com"}


def test_who_never_signed_in_gets_the_user_of_the_new_email(member):
    user = User.objects.create_user("lovelace@example.com")
    assert edit(member, email="Lovelace@example.com").user == user
    assert edit(member, email="new@example.com").user.email == "new@example.com"


def test_who_has_signed_in_stays_the_same_user(member):
    sign_in(member)
    edited = edit(member, email="lovelace@example.com")
    assert edited.user.email == "ada@example.com"
    assert not User.objects.filter(email="lovelace@example.com").exists()


def test_a_membership_elsewhere_keeps_its_own_copy(member):
    elsewhere = MemberFactory(email="ada@example.com", name="A. L.", user=member.user)
    edit(member, name="Ada Lovelace", email="lovelace@example.com")
    elsewhere.refresh_from_db()
    assert (elsewhere.name, elsewhere.email) == ("A. L.", "ada@example.com")
    assert elsewhere.user.email == "ada@example.com"


@pytest.mark.parametrize("email", ["grace@example.com", "GRACE@example.com"])
def test_the_email_of_another_member_is_refused_by_its_field(change, organization, member, email):
    MemberFactory(organization=organization, email="grace@example.com")
    response = change(name="Ada", email=email)
    assert response.status_code == 409
    assert response.context["form"].errors == {
        "email": ["A member with this email already exists."]
    }
    assert member.email == "ada@example.com"


def test_a_person_cannot_be_two_members(change, organization, member):
    signed_up = MemberFactory(organization=organization)
    sign_in(signed_up)
    edit(signed_up, email="other@example.com")
    response = change(name="Ada", email=signed_up.user.email)
    assert response.status_code == 409
    assert "This person is already a member." in words(response)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", " ", "Enter a name."),
        ("email", " ", "Enter an email address."),
        ("name", "Ada\tLovelace", "Remove the invisible characters"),
        ("email", "ada", "Enter a valid email address."),
        ("email", f"{'İ' * 200}@example.com", "Enter a valid email address."),
    ],
)
def test_bad_input_is_named_by_its_field_and_kept(change, member, field, typed, message):
    sent = {"name": "Ada", "email": "ada@example.com", field: typed}
    response = change(**sent)
    assert response.status_code == 422
    assert message in response.context["form"].errors[field][0]
    assert response.context["form"][field].value() == typed


def test_what_somebody_else_saved_meanwhile_is_shown(console, organization, admin, member):
    grace = MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)
    address = url("members:edit", organization, member.pk)
    shown = console.get(address).context["form"]["shown"].value()
    sent = {"name": "Augusta", "email": member.email}
    signed_in(grace).post(address, sent)
    response = console.post(address, {"name": "Ada King", "email": member.email, "shown": shown})
    assert response.status_code == 409
    assert "Grace set this to “Augusta”" in words(response)


def test_the_entry_says_what_was_edited_and_names_nobody(organization, member):
    edit(member, name="Augusta", email="augusta@example.com")
    entry = organization.audit_entries.latest("id")
    assert (entry.event, entry.target_id) == ("EditMember", member.pk)
    assert entry.changes == {"name": True, "email": True}
    assert "ugusta" not in str(entry.changes)
