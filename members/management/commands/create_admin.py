import sys
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.operations import Refused, changed, command, operation
from members.models import Member, Organization, User
from members.operations import add_member, change_role
from members.text import tidy
from members.users import prove_email


class Command(BaseCommand):
    help = "Make somebody an admin of an organization who can sign in with a password."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--name", default="", help="needed unless they are a member already")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *, email, organization, name, password_stdin, **options):
        organization = Organization.objects.filter(slug=organization).first()
        if organization is None:
            raise CommandError("There is no such organization.")
        try:
            admin = self.make_admin(organization, tidy(email), tidy(name), password_stdin)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from None
        self.stdout.write(f"{admin.name} is an admin of {organization.name}.")
        self.stdout.write(f"They sign in as {admin.user.email}.")

    def make_admin(self, organization, email, name, password_stdin):
        member = organization.members.present().filter(email__iexact=email).first()
        if member is None:
            Member._meta.get_field("email").clean(email, None)
            if not name:
                raise CommandError("They are not a member yet: give their --name.")
            Member._meta.get_field("name").clean(name, None)
        user = member.user if member else User.objects.filter(email=email.lower()).first()
        password = None
        if user and user.has_usable_password():
            self.stdout.write("They have a password already and keep it.")
        else:
            password = ask_password(password_stdin)
            validate_password(password, user or User(email=email))
        return make_admin(
            actor=command("create_admin"),
            member=member,
            organization=organization,
            email=email,
            name=name,
            password=password,
        )


def ask_password(from_stdin):
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password: use --password-stdin.")
    password = getpass("Password: ")
    if getpass("Password (again): ") != password:
        raise CommandError("The passwords are not the same.")
    return password


class MemberIsDisabled(Refused):
    code = "member_is_disabled"
    message = "This member is disabled: enable them first."


class EmailOfAnother(Refused):
    code = "email_of_another"
    message = "Somebody else has proved that this email is theirs."


@operation("CreateAdmin")
def make_admin(*, actor, organization, member, email, name, password):
    """Let `member`, or a new one of that name and email, sign in as an admin; returns them.

    `password` is for a person who has none yet, else None. Raises MemberIsDisabled,
    EmailOfAnother, AlreadyMember.
    """
    before = member and member.role
    if member is None:
        member = add_member(
            actor=actor, organization=organization, name=name, email=email, role=Member.Role.ADMIN
        )
    elif member.status == Member.Status.DISABLED:
        raise MemberIsDisabled
    elif not member.is_admin:
        member = change_role(actor=actor, member=member, role=Member.Role.ADMIN)
    if not prove_email(member.user, member.user.email):  # sign-in would ask for a confirmation
        raise EmailOfAnother
    if password is not None:
        member.user.set_password(password)
        member.user.save(update_fields=["password"])
    return changed(member, role=(before, member.role))
