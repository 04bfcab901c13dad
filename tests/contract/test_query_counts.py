"""Lists of the API ask for as many queries for a page of many rows as for one of few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups.operations import add_group_members
from members.models import Member
from tests.factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    limit,
    report,
)

LISTS = {
    "/members": "members",
    "/usage-events": "usages",
    "/groups": "groups",
    "/groups/{group}/members": "members",
    "/billing-groups": "billingGroups",
    "/billing-groups/usage": "usages",
    "/billing-groups/{billing_group}/members": "members",
    "/audit-log": "entries",
}


@pytest.fixture
def place(organization):
    """A group and a billing group; `grow` adds to all that is listed, each made by somebody."""
    return {
        "group": GroupFactory(organization=organization).pk,
        "billing_group": BillingGroupFactory(organization=organization).pk,
    }


def grow(organization, place):
    for _ in range(3):
        member = MemberFactory(organization=organization)
        limit(member, UNLIMITED)
        GroupFactory(organization=organization, created_by=member)
        own = BillingGroupFactory(organization=organization, created_by=member)
        assign(member, own)
        report(member)
        assign(member, organization.billing_groups.get(pk=place["billing_group"]))
        team = organization.groups.get(pk=place["group"])
        add_group_members(actor=TESTS, group=team, members=Member.objects.filter(pk=member.pk))


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_asks_no_more(api, organization, place, path):
    grow(organization, place)
    address, rows = path.format(**place), LISTS[path]
    api.get(address)  # notes that the key is used
    few, before = asked(api, address, rows)
    grow(organization, place)
    many, after = asked(api, address, rows)
    assert many > few
    assert after == before


def asked(api, address, rows):
    """How many rows the list has, and how many queries it asked."""
    with CaptureQueriesContext(connection) as queries:
        response = api.get(address)
    return len(response.body[rows]), len(queries)
