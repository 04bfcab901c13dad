"""The least valid object of each kind, and the few verbs that most tests begin with."""

import itertools
from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from audit.operations import command
from billing.metering import Report, adjust_usage, record_usage
from billing.models import BillingGroup
from billing.operations import assign_members, set_period_limit
from billing.periods import all_periods
from groups.models import Group
from members.imports.lines import MembersFile
from members.imports.operations import upload_members
from members.invitations import invite_members
from members.keys import create_api_key
from members.models import ApiKey, Member, Organization, User
from members.operations import edit_organization, open_organization, set_personal_limit

from .clock import another_time

TESTS = command("tests")
UNLIMITED = "unlimited"

_numbers = itertools.count(1)


def unique(name):
    return f"{name}-{next(_numbers)}"


class OrganizationFactory(factory.Factory):
    """Opened by the real operation: with Unassigned and the period of `opened_at`, else of now."""

    class Meta:
        model = open_organization

    actor = TESTS
    name = factory.Sequence("Organization {}".format)
    slug = factory.Sequence("organization-{}".format)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("user-{}@example.test".format)
    password = "!"


class MemberFactory(factory.django.DjangoModelFactory):
    """In Unassigned, enabled, not an admin, personal limit not set; the user has no password."""

    class Meta:
        model = Member

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence("Member {}".format)
    email = factory.Sequence("member-{}@example.test".format)
    user = factory.SubFactory(
        UserFactory, email=factory.LazyAttribute(lambda user: user.factory_parent.email.lower())
    )
    billing_group = factory.LazyAttribute(
        lambda member: member.organization.billing_groups.unassigned()
    )


class BillingGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BillingGroup

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence("Billing group {}".format)


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence("Group {}".format)


def new_key(maker, scopes=ApiKey.Scope.values, days=30):
    """A key of `maker` with its secret."""
    return create_api_key(
        actor=TESTS,
        maker=maker,
        name="Gateway",
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=days),
    )


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """A key that nobody has the secret of; it works for a day."""

    class Meta:
        model = ApiKey

    organization = factory.SelfAttribute("created_by.organization")
    created_by = factory.SubFactory(MemberFactory)
    name = factory.Sequence("API key {}".format)
    scopes = ("read",)
    prefix = factory.Sequence("mm_{:012x}".format)
    digest = "0" * 64
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


def send_members(importer, text):
    """The import of a CSV that `importer` sent: the text, or its bytes."""
    content = text if isinstance(text, bytes) else text.encode()
    return upload_members(
        actor=TESTS,
        organization=importer.organization,
        importer=importer,
        name="members.csv",
        content=content,
        file=MembersFile(content),
    )


def invite(inviter, *emails, **given):
    """The links of invitations that `inviter` makes; of one email if none is given."""
    return invite_members(
        actor=TESTS,
        organization=inviter.organization,
        inviter=inviter,
        emails=emails or [f"{unique('invited')}@example.test"],
        **given,
    )


def many_members(organization, number, **fields):
    """`number` members without users, made in one statement."""
    fields = {"billing_group": organization.billing_groups.unassigned(), **fields}
    names = [unique("crowd") for _ in range(number)]
    return Member.objects.bulk_create(
        Member(organization=organization, name=name, email=f"{name}@example.test", **fields)
        for name in names
    )


def period_open_for_late_usage():
    """The period before the current one, of an organization with a late window of 90 days."""
    organization = OrganizationFactory(opened_at=timezone.now() - timedelta(days=70))
    Organization.objects.filter(pk=organization.pk).update(late_usage_hours=24 * 90)
    return all_periods(Organization.objects.get(pk=organization.pk))[1]


def limit(target, credits):
    """Limit a member or a billing group to `credits` in each period; None, or UNLIMITED, lifts."""
    if isinstance(target, BillingGroup):
        set_period_limit(actor=TESTS, billing_group=target, credits=amount(credits))
    else:
        set_personal_limit(
            actor=TESTS,
            member=target,
            personal_limit=None if credits == UNLIMITED else amount(credits),
            is_unlimited=credits == UNLIMITED,
        )
    target.refresh_from_db()


def edit_at(now, organization, **settings):
    """Edit the organization as if it were `now`."""
    with another_time():
        return edit_organization(actor=TESTS, organization=organization, now=now, **settings)


def assign(member, billing_group):
    members = Member.objects.filter(pk=member.pk)
    assign_members(actor=TESTS, billing_group=billing_group, members=members)
    member.refresh_from_db()


def usage(member, credits=1, at=None, event_id=None, **more):
    """A report that `member` consumed `credits` at the instant `at`, else now."""
    return Report(
        event_id or unique("event"),
        member.pk,
        amount(credits),
        at or timezone.now(),
        **more,
    )


def report(member, credits=1, received_at=None, **more):
    """Report usage of `member`, as `usage` says, and return the outcome."""
    [outcome] = record_usage(
        organization=member.organization,
        reports=[usage(member, credits, **more)],
        received_at=received_at,
    )
    return outcome


def adjust(member, credits, **more):
    """Mend what `member` used under their billing group in the first period."""
    arguments = {
        "actor": TESTS,
        "member": member,
        "billing_group": member.billing_group,
        "period": member.organization.periods.last(),
        "credits": Decimal(credits),
        "reason": "Counted twice",
        "event_id": "mended",
    }
    return adjust_usage(**{**arguments, **more})


def amount(credits):
    return None if credits is None else Decimal(credits)
