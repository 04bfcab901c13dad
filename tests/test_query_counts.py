"""A list of 300 rows asks for as many queries as one of 10."""

import pytest
from django.utils import timezone

from billing.metering import record_usage
from billing.models import BillingGroup

from .factories import BillingGroupFactory, invite, many_members, unique, usage
from .pages import queries, signed_in, swap, url

MOST_FOR_A_REGION = 5
MOST_FOR_A_PAGE = 10


class Crowd:
    """A billing group with members who have used Credits, more groups, and the unassigned."""

    def __init__(self, organization):
        self.organization = organization
        self.admin = organization.members.admins().get()
        self.group = BillingGroupFactory(organization=organization)
        self.number, self.users = 0, []

    def grow_to(self, number):
        new, self.number = number - self.number, number
        BillingGroup.objects.bulk_create(
            BillingGroup(organization=self.organization, name=unique("group")) for _ in range(new)
        )
        many_members(self.organization, new)
        invite(self.admin, *(f"{unique('invited')}@example.test" for _ in range(new)))
        users = many_members(self.organization, new, billing_group=self.group, is_unlimited=True)
        now = timezone.now()
        self.users = self.users or users
        reports = [usage(user, 1, at=now) for user in [*users, *self.users[:1] * new]]
        for part in (reports[:new], reports[new:]):
            outcomes = record_usage(organization=self.organization, reports=part)
            assert {outcome.outcome for outcome in outcomes} == {"recorded"}


@pytest.fixture
def crowd(organization, admin):
    return Crowd(organization)


def asked(crowd, client):
    """How many queries each list asks for, as a page and as a region."""
    organization, key, user = crowd.organization, crowd.group.key, crowd.users[0]
    lists = {
        "billing-groups": url("billing:list", organization),
        "members": url("members:list", organization),
        "invitations": url("members:invitations", organization),
        "group-members": url("billing:detail", organization, key),
        "group-usage": url("billing:detail", organization, key, show="usage"),
        "group-records": url("billing:detail", organization, key, show="usage", member=user.pk),
        "picker": url("billing:handle", organization),
        "export-preview": url("billing:export", organization),
        "groups": url("groups:list", organization),
        "entries": url("audit:list", organization),
    }
    for region, address in list(lists.items()):
        lists[f"{region} found"] = f"{address}&q=a&sort=-name&size=100"
        lists[f"{region} next"] = f"{address}&page=2"
    return {
        name: (
            len(queries(client, address)),
            len(queries(client, address, **swap(name.split()[0]))),
        )
        for name, address in lists.items()
    }


def test_lists_ask_for_as_many_queries_whatever_their_length(crowd, admin):
    client = signed_in(admin)
    crowd.grow_to(10)
    few = asked(crowd, client)
    crowd.grow_to(300)
    assert asked(crowd, client) == few
    assert {name: counts for name, counts in few.items() if counts[0] > MOST_FOR_A_PAGE} == {}
    assert {name: counts for name, counts in few.items() if counts[1] > MOST_FOR_A_REGION} == {}
