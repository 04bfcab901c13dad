"""The Groups tab: list, forms, details, Add Members and Remove."""

import pytest
from django.urls import reverse

from groups.models import Group
from groups.operations import add_group_members

from ..factories import TESTS, GroupFactory, MemberFactory, many_members
from ..pages import names, queries, rows, swap, url, words


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization, name="Reviewers", description="Read the code")


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, name="Ada")


@pytest.fixture
def gathered(group, ada):
    members = group.organization.members.filter(pk=ada.pk)
    add_group_members(actor=TESTS, group=group, members=members)
    return group


def post(console, page, organization, *ids, **sent):
    return console.post(reverse(page, args=[organization.slug, *ids]), sent)


def test_the_list_tells_name_description_and_members(console, organization, gathered):
    row = rows(console.get(url("groups:list", organization)))[f"group-{gathered.pk}"]
    assert row.startswith("Reviewers Read the code 1 ")


@pytest.mark.parametrize("q", ["view", "REVIEW", "the code"])
def test_a_group_is_found_by_name_or_description(console, organization, group, q):
    GroupFactory(organization=organization, name="Auditors")
    assert names(console.get(url("groups:list", organization, q=q))) == ["Reviewers"]


def test_groups_are_sorted_by_name_members_or_age(console, organization, gathered):
    GroupFactory(organization=organization, name="auditors")

    def sorted_by(sort):
        return names(console.get(url("groups:list", organization, sort=sort)))

    assert sorted_by("") == ["auditors", "Reviewers"]
    assert sorted_by("-name") == ["Reviewers", "auditors"]
    assert sorted_by("-member_count") == ["Reviewers", "auditors"]
    assert sorted_by("created_at") == ["Reviewers", "auditors"]


def test_an_empty_list_says_what_a_group_is_for(console, organization):
    page = words(console.get(url("groups:list", organization)))
    assert "No groups yet. A group gathers members for authorization" in page


def test_creating_says_so_and_leads_to_the_list(console, organization):
    response = post(console, "groups:create", organization, name=" Auditors ", description="")
    assert "Auditors was created." in words(console.get(response["Location"]))
    assert organization.groups.get().name == "Auditors"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name."),
        ("  ", "Enter a name."),
        ("reviewers", "A group with this name already exists."),
        ("a\u200bb", "Remove the invisible characters"),
        ("n" * 101, "Ensure this value has at most 100 characters"),
    ],
)
def test_a_name_that_cannot_be_keeps_what_was_typed(console, organization, group, name, message):
    sent = {"name": name, "description": "Typed by hand"}
    response = post(console, "groups:create", organization, **sent)
    assert response.status_code == 422
    assert message in words(response)
    assert 'value="Typed by hand"' in response.content.decode()
    assert Group.objects.count() == 1


def test_the_form_says_who_saved_other_words_meanwhile(console, organization, group, admin):
    form = console.get(url("groups:edit", organization, group.pk)).context["form"]
    shown = form["shown"].value()
    first = {"name": "Auditors", "description": "", "shown": shown}
    second = {"name": "Readers", "description": "", "shown": shown}
    post(console, "groups:edit", organization, group.pk, **first)
    response = post(console, "groups:edit", organization, group.pk, **second)
    assert response.status_code == 409
    assert f"{admin.name} set this to “Auditors” at" in words(response)
    assert 'value="Readers"' in response.content.decode()
    again = {**second, "shown": response.context["form"]["shown"].value()}
    assert post(console, "groups:edit", organization, group.pk, **again).status_code == 302
    group.refresh_from_db()
    assert group.name == "Readers"


def test_deleting_says_before_what_goes_and_what_stays(console, organization, gathered):
    question = words(console.get(url("groups:delete", organization, gathered.pk)))
    assert "Delete Reviewers?" in question
    assert "1 membership goes." in question
    assert "Accounts, billing groups, personal limits and historical usage." in question
    response = post(console, "groups:delete", organization, gathered.pk, expected=1)
    assert "Reviewers was deleted with 1 membership." in words(console.get(response["Location"]))


def test_a_group_with_another_number_of_members_than_was_shown_is_not_deleted(
    console, organization, gathered
):
    refused = post(console, "groups:delete", organization, gathered.pk, expected=2)
    assert refused.status_code == 409
    said = words(refused)
    assert "The members have changed meanwhile: now it is 1. Nothing was written." in said
    assert "1 membership goes." in said
    again = refused.context["form"]["expected"].value()
    sent = post(console, "groups:delete", organization, gathered.pk, expected=again)
    assert sent.status_code == 302


def test_details_show_the_members(console, organization, gathered, ada):
    page = console.get(url("groups:detail", organization, gathered.pk))
    assert set(rows(page)) == {f"member-{ada.pk}"}


def test_add_members_offers_who_is_not_yet_in_it(console, organization, gathered, ada):
    bob = MemberFactory(organization=organization, name="Bob")
    page = console.get(url("groups:add", organization, gathered.pk))
    assert f"member-{bob.pk}" in rows(page)
    assert f"member-{ada.pk}" not in rows(page)


def test_many_are_added_at_a_time(console, organization, group):
    crowd = many_members(organization, 3)
    sent = {"member": [member.pk for member in crowd]}
    response = console.post(reverse("groups:add", args=[organization.slug, group.pk]), sent)
    assert "3 members added to Reviewers." in words(console.get(response["Location"]))
    assert group.members.count() == 3


def test_all_that_match_are_added_if_their_number_is_the_one_shown(console, organization, group):
    many_members(organization, 30)
    response = post(console, "groups:add", organization, group.pk, q="crowd", everyone="29")
    assert response.status_code == 409
    post(console, "groups:add", organization, group.pk, q="crowd", everyone="30")
    assert group.members.count() == 30


def test_nobody_chosen_is_an_error(console, organization, group):
    response = post(console, "groups:add", organization, group.pk, q="")
    assert response.status_code == 422
    assert "Choose at least one member." in words(response)


def test_removing_says_before_who_leaves(console, organization, gathered, ada):
    address = url("groups:remove", organization, gathered.pk, member=ada.pk)
    assert "1 member leaves Reviewers." in words(console.get(address))
    page = words(console.get(console.post(address)["Location"]))
    assert "1 member removed from Reviewers." in page
    assert not gathered.members.exists()


def test_members_of_others_are_neither_added_nor_removed(console, organization, gathered):
    stranger = MemberFactory()
    post(console, "groups:add", organization, gathered.pk, member=stranger.pk)
    assert stranger not in gathered.members.all()


@pytest.mark.parametrize("number", [10, 1_000])
def test_queries_do_not_grow_with_the_groups(console, organization, number):
    GroupFactory.create_batch(number, organization=organization)
    address = url("groups:list", organization)
    assert len(queries(console, address)) <= 10
    assert len(queries(console, address, **swap("groups"))) <= 5


@pytest.mark.parametrize("number", [10, 1_000])
def test_queries_do_not_grow_with_the_members(console, organization, group, number):
    crowd = [member.pk for member in many_members(organization, number)]
    members = organization.members.filter(pk__in=crowd)
    add_group_members(actor=TESTS, group=group, members=members)
    address = url("groups:detail", organization, group.pk)
    assert len(queries(console, address)) <= 10
    assert len(queries(console, address, **swap("group-members"))) <= 5
