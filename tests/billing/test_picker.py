"""The picker of Handle and Assign Members: looking around loses no choice."""

from urllib.parse import parse_qs, urlsplit

import pytest

from members.models import Member
from members.operations import remove_member

from ..factories import TESTS, BillingGroupFactory, MemberFactory, assign, many_members
from ..pages import rows, swap, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def handle(console, organization):
    """Send the form of Handle."""

    def post(**sent):
        sent = {"period": today(organization), **sent}
        return console.post(url("billing:handle", organization), sent)

    return post


def ticked(page):
    html = page.content.decode().split(">")
    boxes = [one for one in html if 'type="checkbox" name="member"' in one and " checked" in one]
    return {int(one.split('value="')[1].split('"')[0]) for one in boxes}


def query(response):
    return parse_qs(urlsplit(response["Location"]).query)


def test_looking_writes_nothing_and_keeps_everything_chosen_in_the_address(
    handle, organization, group, member
):
    chosen = [member.pk, MemberFactory(organization=organization).pk]
    response = handle(look="2", q="eng", member=chosen, billing_group=group.pk)
    assert response.status_code == 302
    assert query(response) == {
        "q": ["eng"],
        "page": ["2"],
        "billing_group": [str(group.pk)],
        "member": [str(pk) for pk in chosen],
    }
    assert "csrf" not in response["Location"]
    assert not organization.audit_entries.filter(actor_kind="user").exists()


def test_who_was_chosen_stays_ticked_where_the_search_hides_them(console, organization, member):
    other = MemberFactory(organization=organization, name="Zoe")
    address = url("billing:handle", organization, q="zoe", member=member.pk)
    page = console.get(address)
    assert set(rows(page)) == {f"member-{other.pk}"}
    assert ticked(page) == {member.pk}
    assert f"Chosen (1) {member.name}" in words(page)


def test_unticking_lets_go(console, handle, organization, member):
    other = MemberFactory(organization=organization)
    both = console.get(
        url("billing:handle", organization) + f"member={member.pk}&member={other.pk}"
    )
    assert ticked(both) == {member.pk, other.pk}
    assert ticked(console.get(handle(look="1", member=[other.pk])["Location"])) == {other.pk}


def test_pages_follow_each_other_with_the_choice(console, organization):
    crowd = many_members(organization, 30)
    first = console.get(url("billing:handle", organization, member=crowd[0].pk))
    assert len(rows(first)) == 25
    assert "1–25 of 31" in words(first)
    second = console.get(url("billing:handle", organization, member=crowd[0].pk, page=2))
    assert len(rows(second)) == 6
    assert ticked(second) == {crowd[0].pk}
    assert not set(rows(first)) & set(rows(second))


def test_htmx_swaps_results_count_and_consequence(console, organization, group, member):
    address = url("billing:handle", organization, member=member.pk, billing_group=group.pk)
    region = console.get(address, headers=swap("picker"))
    assert "1 member moves to Platform." in words(region)
    assert ticked(region) == {member.pk}


def test_members_who_cannot_be_chosen_are_left_out_and_counted(
    console, handle, organization, group, member
):
    removed, elsewhere = MemberFactory(organization=organization), MemberFactory(name="Stranger")
    assigned = MemberFactory(organization=organization)
    assign(assigned, BillingGroupFactory(organization=organization))
    remove_member(actor=TESTS, member=removed)
    ids = [member.pk, removed.pk, elsewhere.pk, assigned.pk]
    address = url("billing:handle", organization, billing_group=group.pk)
    shown = console.get(address + "".join(f"&member={pk}" for pk in ids))
    assert "1 member moves to Platform." in words(shown)
    assert "3 of the members chosen are gone meanwhile and left out." in words(shown)
    assert "Stranger" not in words(shown)
    refused = handle(member=ids, billing_group=group.pk)
    assert refused.status_code == 409
    assert "The members have changed meanwhile: now it is 1. Nothing was written." in words(refused)
    assert ticked(refused) == {member.pk}
    page = console.get(handle(member=ticked(refused), billing_group=group.pk)["Location"])
    assert "1 member moved to Platform." in words(page)
    assert list(Member.objects.filter(billing_group=group)) == [member]


@pytest.mark.parametrize("pk", ["x", "-1", "1.5", "²", "9" * 30, "9" * 5000, "\x00", ""])
def test_ids_that_cannot_be_are_ignored(console, handle, organization, group, pk):
    assert console.get(f"/o/{organization.slug}/billing-groups/unassigned/handle/", {"member": pk})
    response = handle(member=[pk], billing_group=group.pk)
    assert response.status_code == 422
    assert "Choose at least one member." in words(response)


@pytest.mark.parametrize("target", ["x", "0", "9" * 30, "\x00", "unassigned", ""])
def test_a_target_that_cannot_be_comes_back(handle, organization, member, target):
    response = handle(member=[member.pk], billing_group=target)
    assert response.status_code == 422
    assert ticked(response) == {member.pk}


def test_a_target_of_another_organization_is_no_choice(handle, member):
    elsewhere = BillingGroupFactory(name="Secret")
    response = handle(member=[member.pk], billing_group=elsewhere.pk)
    assert response.status_code == 422
    assert "Secret" not in words(response)
    member.refresh_from_db()
    assert member.billing_group.is_unassigned


def test_more_than_200_are_not_chosen_one_by_one(handle, organization, group):
    crowd = many_members(organization, 201)
    response = handle(member=[member.pk for member in crowd], billing_group=group.pk)
    assert response.status_code == 422
    assert "Choose at most 200 members one by one" in words(response)
    assert not group.members.exists()
    response = handle(member=[member.pk for member in crowd[1:]], billing_group=group.pk)
    assert response.status_code == 302
    assert group.members.count() == 200


def test_all_that_match_are_moved_and_the_filter_is_noted(console, handle, organization, group):
    many_members(organization, 30)
    MemberFactory(organization=organization, name="Ada")
    page = console.get(url("billing:handle", organization, q="crowd"))
    assert "All 30 that match “crowd”" in words(page)
    sent = {"everyone": "30", "q": "crowd", "billing_group": group.pk}
    assert "30 members moved to Platform." in words(console.get(handle(**sent)["Location"]))
    entry = organization.audit_entries.get(event="AssignBillingGroup")
    assert entry.changes["chosen_by"] == {"q": "crowd"}
    assert len(entry.changes["members"]) == 30


def test_all_that_match_can_be_let_go_where_one_page_shows_them(console, organization):
    MemberFactory(organization=organization, name="Ada")
    page = console.get(url("billing:handle", organization, q="ada", everyone=30))
    assert "All 1 that match “ada”" in words(page)
    assert 'name="everyone" value="1" checked' in page.content.decode()


@pytest.mark.parametrize("shown", ["29", "31", "x", "²", "9" * 5000])
def test_all_that_match_are_not_moved_when_their_number_is_another(
    handle, organization, group, shown
):
    many_members(organization, 30)
    sent = {"everyone": shown, "q": "crowd", "billing_group": group.pk}
    response = handle(**sent)
    assert response.status_code == 409
    assert "The members have changed meanwhile: now" in words(response)
    assert "All 30 that match" in words(response)
    assert not group.members.exists()
    assert organization.audit_entries.get(event="AssignBillingGroup").outcome == "refused"


def test_signs_of_a_search_mean_themselves(console, organization):
    percent = MemberFactory(organization=organization, name="100% Ada_\\")
    MemberFactory(organization=organization, name="Bob")
    for sign in "%_\\":
        page = console.get(f"/o/{organization.slug}/billing-groups/unassigned/handle/", {"q": sign})
        assert set(rows(page)) == {f"member-{percent.pk}"}
