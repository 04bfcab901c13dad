import io

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from members.models import Member, User
from members.operations import disable_member, remove_member

from ..factories import TESTS, MemberFactory, UserFactory

EMAIL = "ada@acme.example"
PASSWORD = "correct horse battery"


@pytest.fixture
def create_admin(organization, monkeypatch):
    """Run the command with a password on standard input; answers the admin."""

    def create_admin(email=EMAIL, name="Ada", password=PASSWORD, **options):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        options = {"organization": organization.slug, "password_stdin": True, **options}
        call_command("create_admin", email, name=name, **options)
        return organization.members.get(email__iexact=email)

    return create_admin


def sign_in(email=EMAIL, password=PASSWORD):
    return authenticate(request=None, email=email, password=password)


def test_a_new_admin_is_an_enabled_member_who_can_sign_in(create_admin):
    admin = create_admin()
    assert (admin.name, admin.role, admin.status) == ("Ada", "org_admin", "ENABLED")
    assert sign_in() == admin.user


def test_sign_in_asks_a_new_admin_for_no_confirmation(create_admin, client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    admin = create_admin()
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(admin.user.pk)
    assert EmailAddress.objects.get(user=admin.user).primary


def test_a_member_is_made_admin_and_keeps_their_name(create_admin, organization):
    member = MemberFactory(organization=organization, email=EMAIL, name="Augusta")
    admin = create_admin(email="ADA@acme.example", name="")
    assert (admin, admin.role, admin.name) == (member, "org_admin", "Augusta")


def test_a_removed_member_is_revived_as_admin(create_admin, organization):
    member = MemberFactory(organization=organization, email=EMAIL)
    remove_member(actor=TESTS, member=member)
    admin = create_admin()
    assert (admin, admin.is_admin) == (member, True)


def test_whoever_has_a_password_keeps_it_and_is_not_asked(create_admin, capsys):
    user = User.objects.create_user(EMAIL, "my own password")
    create_admin(password_stdin=False)
    assert sign_in(password="my own password") == user
    assert not sign_in()
    assert "keep" in capsys.readouterr().out


def test_making_the_same_admin_again_changes_nothing(create_admin):
    assert create_admin() == create_admin()
    assert sign_in()
    assert EmailAddress.objects.count() == Member.objects.count() == 1


def test_the_command_leaves_one_audit_entry_and_never_the_password(create_admin):
    admin = create_admin()
    entry = AuditEntry.objects.get(event="CreateAdmin")
    assert (entry.actor_kind, entry.actor_id, entry.target_id) == (
        "command",
        "create_admin",
        admin.pk,
    )
    assert entry.changes == {"role": [None, "org_admin"]}
    assert AuditEntry.objects.exclude(event="OpenOrganization").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "demo"}, "too short"),
        ({"password": "12345678901"}, "entirely numeric"),
        ({"password": "ada@acme.example"}, "too similar to the email"),
        ({"password": ""}, "too short"),
        ({"email": "ada"}, "valid email address"),
        ({"name": ""}, "give their --name"),
        ({"name": "A\u200bda"}, "invisible characters"),
        ({"organization": "nowhere"}, "no such organization"),
        ({"password_stdin": False}, "use --password-stdin"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(create_admin, wrong, words):
    with pytest.raises(CommandError, match=words):
        create_admin(**wrong)
    assert not Member.objects.exists()
    assert not User.objects.exists()


def test_a_disabled_member_is_refused(create_admin, organization):
    member = MemberFactory(organization=organization, email=EMAIL)
    disable_member(actor=TESTS, member=member)
    with pytest.raises(CommandError, match="enable them first"):
        create_admin()
    member.refresh_from_db()
    assert (member.role, member.user.has_usable_password()) == ("org_member", False)


def test_an_email_that_somebody_else_proved_is_refused(create_admin):
    EmailAddress.objects.create(user=UserFactory(), email=EMAIL, verified=True)
    with pytest.raises(CommandError, match="Somebody else"):
        create_admin()
    assert not Member.objects.exists()


def test_a_password_typed_at_the_terminal_is_typed_twice(organization, monkeypatch):
    typed = iter([PASSWORD, "correct horse batteri"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("members.management.commands.create_admin.getpass", lambda _: next(typed))
    with pytest.raises(CommandError, match="not the same"):
        call_command("create_admin", EMAIL, name="Ada", organization=organization.slug)
