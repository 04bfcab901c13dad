"""Handle: who is unassigned, where they go, and what that would do."""

import pytest

from billing.models import BillingGroup

from ..factories import BillingGroupFactory, MemberFactory, assign, limit, report
from ..pages import rows, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def handle(console, organization):
    def post(**sent):
        sent = {"period": today(organization), **sent}
        return console.post(url("billing:handle", organization), sent)

    return post


@pytest.fixture
def consequence(console, organization):
    def get(target, *members):
        address = url("billing:handle", organization, billing_group=target.pk)
        page = console.get(address + "".join(f"&member={member.pk}" for member in members))
        return [str(sentence) for sentence in page.context["consequence"]]

    return get


def test_only_the_unassigned_are_listed_with_their_credits(console, organization, group, member):
    assign(MemberFactory(organization=organization), group)
    report(member, "12.5")
    listed = rows(console.get(url("billing:handle", organization)))
    assert set(listed) == {
        f"member-{one.pk}" for one in organization.billing_groups.unassigned().members.all()
    }
    assert listed[f"member-{member.pk}"].endswith(" 12.5")


def test_the_consequence_counts_members_and_credits(
    console, consequence, organization, group, member
):
    other = MemberFactory(organization=organization, is_unlimited=True)
    report(member, "1000")
    report(other, "204.5")
    assert consequence(group, member, other) == [
        "2 members move to Platform.",
        "1,204.5 Credits used so far stay where they were used.",
    ]


def test_the_consequence_says_who_will_be_blocked_at_once(consequence, organization, group, member):
    spender = MemberFactory(organization=organization, is_unlimited=True)
    assign(spender, group)
    report(spender, 10)
    limit(group, 10)
    assert consequence(group, member)[-1] == (
        "Platform is at its limit: they will be blocked at once."
    )
    limit(group, 0)
    assert consequence(group, member)[-1] == "Platform is frozen: they will be blocked at once."
    limit(group, 11)
    assert len(consequence(group, member)) == 2


def test_without_a_choice_there_is_no_consequence(console, organization, group):
    page = console.get(url("billing:handle", organization, billing_group=group.pk))
    assert page.context["consequence"] == []


def test_without_a_target_only_the_number_is_said(console, organization, member):
    page = words(console.get(url("billing:handle", organization, member=member.pk)))
    assert "1 member chosen." in page


def test_assigning_moves_them_and_leaves_their_credits(
    console, handle, organization, group, member
):
    report(member, 7)
    page = console.get(handle(member=[member.pk], billing_group=group.pk)["Location"])
    assert "1 member moved to Platform." in words(page)
    assert rows(page)[f"billing-group-{group.pk}"].startswith("Platform 1 0")
    assert rows(page)["billing-group-unassigned"].startswith("Unassigned System 1 7")


def test_a_group_named_on_the_spot_is_made_with_its_members(console, handle, organization, member):
    page = console.get(handle(member=[member.pk], new_name="  Research ")["Location"])
    assert "1 member moved to Research." in words(page)
    assert organization.billing_groups.formal().get().members.get() == member
    entry = organization.audit_entries.get(actor_kind="user")
    assert (entry.event, entry.outcome) == ("CreateBillingGroup", "done")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("platform", "A billing group with this name already exists. Choose another name."),
        ("UNASSIGNED", "Unassigned is a reserved name. Choose another name."),
        ("x" * 101, "at most 100 characters"),
        ("a\u200bb", "Remove the invisible characters"),
        ("", "Choose a billing group, or name a new one."),
    ],
)
def test_a_new_name_that_may_not_be_makes_and_moves_nothing(
    handle, organization, group, member, name, message
):
    response = handle(member=[member.pk], new_name=name)
    assert response.status_code == 422
    assert words(response).count(message) == 1
    assert organization.billing_groups.formal().get() == group
    assert not group.members.exists()


def test_a_group_on_the_spot_is_not_made_when_its_members_are_not_moved(handle, organization):
    MemberFactory.create_batch(2, organization=organization)
    response = handle(everyone="7", q="", new_name="Research")
    assert response.status_code == 409
    assert not BillingGroup.objects.filter(name="Research").exists()


def test_a_target_and_a_new_name_together_are_one_too_many(handle, organization, group, member):
    response = handle(member=[member.pk], billing_group=group.pk, new_name="Research")
    assert response.status_code == 422
    assert "Choose a billing group, or name a new one." in words(response)
    assert not group.members.exists()


def test_when_everybody_has_a_billing_group_the_page_says_so(console, organization, group, admin):
    assign(admin, group)
    page = words(console.get(url("billing:handle", organization)))
    assert "Every member is in a billing group." in page
