"""An act on all that a list matches, on its other pages too: the filter is sent with its number."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups.operations import add_group_members
from members.operations import remove_member

from ..factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory, many_members
from ..pages import url, words

NUMBER = 60  # more than a page


class Act:
    """Where an act is offered, where it is done, and what its form holds."""

    def __init__(self, organization, name):
        self.platform = BillingGroupFactory(organization=organization, name="Platform")
        self.team = GroupFactory(organization=organization, name="Reviewers")
        place = {"billing_group": self.platform} if name == "billing:remove" else {}
        self.newcomer = {"organization": organization, "name": "crowd too", **place}
        many_members(organization, NUMBER, **place)
        if name == "groups:remove":
            crowd = organization.members.filter(name__startswith="crowd")
            add_group_members(actor=TESTS, group=self.team, members=crowd)
        of = {"billing:remove": [self.platform.pk], "groups:remove": [self.team.pk]}.get(name, [])
        offered = name.replace("remove", "detail") if of else "members:list"
        self.list = url(offered, organization, *of, q="crowd")
        self.page = url(name, organization, *of, q="crowd", everyone=NUMBER)
        self.sent = {
            "members:bulk-assign": {"billing_group": self.platform.pk},
            "members:bulk-limit": {"kind": "unlimited"},
            "members:bulk-add-to-group": {"group": self.team.pk},
        }.get(name, {})

    def join(self):
        """One more that matches."""
        member = MemberFactory(**self.newcomer)
        one = member.organization.members.filter(pk=member.pk)
        if self.team.members.exists():
            add_group_members(actor=TESTS, group=self.team, members=one)


@pytest.fixture(
    params=[
        "members:bulk-assign",
        "members:bulk-limit",
        "members:bulk-add-to-group",
        "billing:remove",
        "groups:remove",
    ]
)
def act(request, organization):
    return Act(organization, request.param)


def action(page):
    return re.search(r'<form class="form.*?action="(.*?)"', page.content.decode())[1].replace(
        "&amp;", "&"
    )


def test_the_list_offers_all_that_match_with_their_number(console, act):
    page = console.get(act.list)
    assert f"Select all {NUMBER} matching" in words(page)
    assert '<input type="hidden" name="q" value="crowd">' in page.content.decode()


def test_the_number_is_said_then_all_of_them_are_meant(console, act):
    page = console.get(act.page)
    assert f"{NUMBER} member" in words(page)
    done = console.post(action(page), act.sent)
    assert done.status_code == 302
    said = words(console.get(done["Location"]))
    assert re.search(rf"{NUMBER} (members (moved|added|removed)|personal usage limits)", said)


def test_another_number_writes_nothing_and_the_new_one_can_be_sent(console, organization, act):
    page = console.get(act.page)
    act.join()
    with CaptureQueriesContext(connection) as asked:
        refused = console.post(action(page), act.sent)
    assert refused.status_code == 409
    assert f"now they are {NUMBER + 1}. Nothing was written." in words(refused)
    assert not [one for one in asked if re.match("(UPDATE|DELETE).*_(member|groupm)", one["sql"])]
    assert console.post(action(refused), act.sent).status_code == 302


def test_the_number_that_the_page_shows_is_the_one_it_sends(console, act):
    act.join()
    page = console.get(act.page)
    assert f"{NUMBER + 1} member" in words(page)
    assert console.post(action(page), act.sent).status_code == 302


def test_who_means_all_where_nobody_matches_is_told_to_choose(console, act):
    page = console.get(act.page.replace("crowd", "nobody"))
    refused = console.post(action(page), act.sent)
    assert "everyone=0" in action(page)
    assert refused.status_code == 422
    assert "Choose at least one member." in words(refused)


@pytest.mark.parametrize("act", ["members:bulk-assign"], indirect=True)
def test_with_those_who_were_removed_nothing_is_done(console, organization, act):
    gone = organization.members.filter(name__startswith="crowd").first()
    remove_member(actor=TESTS, member=gone)
    address = url("members:bulk-assign", organization, status="removed", everyone=1)
    assert action(console.get(address)).endswith("status=removed&everyone=0")
    assert console.post(address, act.sent).status_code == 409


@pytest.mark.parametrize("name", ["members:bulk-assign", "members:bulk-add-to-group"])
def test_all_that_are_blocked_can_be_meant(console, organization, name):
    """Whom the totals of billing groups are looked up for, and who alone is locked."""
    act = Act(organization, name)
    page = url(name, organization, q="crowd", status="blocked", everyone=NUMBER)
    assert console.post(page, act.sent).status_code == 302
    moved, added = act.platform.members.count(), act.team.members.count()
    assert (moved, added) == ((NUMBER, 0) if "billing_group" in act.sent else (0, NUMBER))
