"""A list without rows says why, and what to do: begin, or look for something else."""

import re
from html import unescape

import pytest

from .factories import BillingGroupFactory, GroupFactory, MemberFactory
from .pages import rows, url, words

EMPTY = re.compile(r'<div class="empty">(.*?)</div>', re.DOTALL)
LINK = re.compile(r'<a class="button[^"]*" href="([^"]*)"[^>]*>([^<]*)</a>')


@pytest.fixture
def place(organization):
    """What the addresses of the lists hold: an empty billing group and an empty group."""
    platform = BillingGroupFactory(organization=organization, name="Platform")
    guild = GroupFactory(organization=organization, name="Guild")
    return {
        "members:list": [],
        "members:invitations": [],
        "groups:list": [],
        "billing:list": [],
        "billing:handle": [],
        "billing:detail": [platform.pk],
        "billing:assign": [platform.pk],
        "groups:detail": [guild.pk],
        "groups:add": [guild.pk],
    }


def way_on(page):
    """Where the one empty list of the page leads, and in what words."""
    [empty] = EMPTY.findall(page.content.decode())
    assert '<svg class="icon"' in empty
    [(address, label)] = LINK.findall(empty)
    return unescape(address), label


@pytest.mark.parametrize(
    "name",
    [
        "members:list",
        "members:invitations",
        "groups:list",
        "billing:list",
        "billing:handle",
        "billing:detail",
    ]
    + ["billing:assign", "groups:detail", "groups:add"],
)
def test_what_matches_nothing_leads_back_to_all(console, organization, place, name):
    page = console.get(url(name, organization, *place[name], q="zebra"))
    assert "“zebra”" in words(page)
    assert way_on(page) == ("?", "Clear filters")


def test_members_that_match_no_filter_lead_back_to_all(console, organization):
    page = console.get(url("members:list", organization, status="disabled"))
    assert rows(page) == {}
    assert way_on(page) == ("?", "Clear filters")


def test_clearing_a_search_keeps_who_was_chosen(console, organization):
    member = MemberFactory(organization=organization)
    page = console.get(url("billing:handle", organization, q="zebra", member=member.pk))
    assert way_on(page) == (f"?member={member.pk}", "Clear filters")


@pytest.mark.parametrize(
    ("name", "act", "said"),
    [
        ("groups:detail", "groups:add", "No member is in Guild. Add Members"),
        ("billing:detail", "billing:assign", "No member is in Platform. Assign Members"),
    ],
)
def test_a_group_without_members_says_how_to_fill_it(console, organization, place, name, act, said):
    page = console.get(url(name, organization, *place[name]))
    assert said in words(page)
    assert way_on(page)[0] == url(act, organization, *place[name]).rstrip("?")


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("members:invitations", "members:invite"),
        ("groups:list", "groups:create"),
        ("billing:list", "billing:create"),
        ("api-keys:list", "api-keys:create"),
    ],
)
def test_a_list_that_was_never_used_says_how_to_begin(console, organization, name, act):
    page = console.get(url(name, organization))
    assert way_on(page)[0] == url(act, organization).rstrip("?")


def test_nobody_in_unassigned_needs_no_act(console, organization, admin):
    admin.billing_group = BillingGroupFactory(organization=organization)
    admin.save()
    page = console.get(url("billing:detail", organization, "unassigned"))
    assert "No member is in Unassigned." in words(page)
    assert not LINK.search(EMPTY.findall(page.content.decode())[0])
