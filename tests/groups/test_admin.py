"""What support does with groups: by operations, each with its entry."""

import pytest

from groups.operations import add_group_members
from members.models import Member

from ..desk import Desk, left
from ..factories import TESTS, GroupFactory
from ..pages import words


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization, name="Reviewers")


def test_a_group_is_edited(desk, group):
    assert desk.do("edit", group, name="Readers", description="Read").status_code == 302
    assert (group.name, group.description) == ("Readers", "Read")
    assert left(desk) == [("EditGroup", "done")]


def test_a_name_that_is_taken_is_refused_and_stays_as_typed(desk, group, organization):
    GroupFactory(organization=organization, name="Readers")
    response = desk.do("edit", group, name="READERS")
    assert "A group with this name already exists." in words(response)
    assert 'value="READERS"' in response.content.decode()
    assert (group.name, left(desk)) == ("Reviewers", [])


def test_the_page_of_a_group_counts_its_members_and_links_to_them(desk, group, member):
    add_group_members(actor=TESTS, group=group, members=Member.objects.filter(pk=member.pk))
    page = desk.look(group)
    assert "Members: 1" in words(page)
    [(_label, memberships)] = page.context["see_also"]
    [membership] = desk.get(memberships).context["cl"].result_list
    assert membership.member == member
