"""What is done to the members ticked in the list, or to all that its filters match."""

from decimal import Decimal

import pytest

from members.operations import remove_member

from ..factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory, many_members
from ..pages import today, url, words


@pytest.fixture
def crowd(organization):
    return many_members(organization, 3)


@pytest.fixture
def ticked(crowd):
    return "&".join(f"member={member.pk}" for member in crowd)


@pytest.fixture
def send(console, organization):
    def post(page, chosen, **sent):
        address = f"{url(page, organization)}{chosen}"
        return console.post(address, {"period": today(organization), **sent})

    return post


def test_the_ticked_get_a_billing_group(console, send, organization, ticked):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    response = send("members:bulk-assign", ticked, billing_group=platform.pk)
    assert "3 members moved to Platform." in words(console.get(response["Location"]))
    assert platform.members.count() == 3


def test_the_ticked_join_a_group(console, send, organization, ticked):
    group = GroupFactory(organization=organization, name="Reviewers")
    response = send("members:bulk-add-to-group", ticked, group=group.pk)
    assert "3 members added to Reviewers." in words(console.get(response["Location"]))
    assert group.members.count() == 3


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"kind": "amount", "amount": "1,200.5"}, (Decimal("1200.5"), False)),
        ({"kind": "unlimited"}, (None, True)),
        ({"kind": "not_set"}, (None, False)),
    ],
)
def test_the_ticked_get_one_limit(console, send, crowd, ticked, sent, stored):
    response = send("members:bulk-limit", ticked, **sent)
    assert "3 personal usage limits were set." in words(console.get(response["Location"]))
    for member in crowd:
        member.refresh_from_db()
        assert (member.personal_limit, member.is_unlimited) == stored


def test_a_bulk_change_is_one_entry_with_ids_and_filter(send, organization, crowd):
    send("members:bulk-limit", "everyone=3&q=crowd", kind="unlimited")
    entry = organization.audit_entries.get(event="SetPersonalLimit")
    assert sorted(entry.changes["members"]) == sorted(member.pk for member in crowd)
    assert entry.changes["chosen_by"] == {"q": "crowd"}


def test_a_filter_that_no_text_can_hold_is_noted_without_it(send, organization, crowd):
    send("members:bulk-limit", "everyone=3&q=crowd%00", kind="unlimited")
    entry = organization.audit_entries.get(event="SetPersonalLimit")
    assert entry.changes["chosen_by"] == {"q": "crowd\ufffd"}


@pytest.mark.parametrize(
    "page", ["members:bulk-assign", "members:bulk-limit", "members:bulk-add-to-group"]
)
def test_another_number_than_the_one_shown_changes_nobody(send, organization, crowd, page):
    group = GroupFactory(organization=organization)
    platform = BillingGroupFactory(organization=organization)
    sent = {"kind": "unlimited", "group": group.pk, "billing_group": platform.pk}
    response = send(page, "everyone=2&q=crowd", **sent)
    assert response.status_code == 409
    assert "The members have changed meanwhile: now" in words(response)
    assert not organization.members.filter(is_unlimited=True).exists()
    assert not platform.members.exists()
    assert not group.members.exists()


@pytest.mark.parametrize(
    "page", ["members:bulk-assign", "members:bulk-limit", "members:bulk-add-to-group"]
)
def test_who_was_removed_since_they_were_ticked_is_said_to_be_gone(
    console, send, organization, crowd, ticked, page
):
    group = GroupFactory(organization=organization)
    platform = BillingGroupFactory(organization=organization)
    sent = {"kind": "unlimited", "group": group.pk, "billing_group": platform.pk}
    remove_member(actor=TESTS, member=crowd[0])
    refused = send(page, ticked, **sent)
    assert refused.status_code == 409
    assert "The members have changed meanwhile: now they are 2. Nothing was written." in words(
        refused
    )
    shown = console.get(url(page, organization) + ticked)
    assert "1 of the members chosen is gone meanwhile and left out." in words(shown)
    action = refused.context["action"]
    assert console.post(action, sent).status_code == 302
    assert action == shown.context["action"]


def test_where_all_ticked_are_gone_there_is_nothing_to_save(send, organization, crowd, ticked):
    for member in crowd:
        remove_member(actor=TESTS, member=member)
    refused = send("members:bulk-limit", ticked, kind="unlimited")
    assert "now they are 0. Nothing was written." in words(refused)
    again = send(
        "members:bulk-limit", refused.context["action"].partition("?")[2], kind="unlimited"
    )
    assert again.status_code == 422
    assert "Choose at least one member." in words(again)


def test_the_filters_of_the_list_choose_who_is_meant(send, organization, crowd):
    MemberFactory(organization=organization, name="crowd with a limit", is_unlimited=True)
    platform = BillingGroupFactory(organization=organization)
    chosen = "everyone=3&q=crowd&status=not_set"
    assert send("members:bulk-assign", chosen, billing_group=platform.pk).status_code == 302
    assert platform.members.count() == 3


def test_nobody_ticked_is_an_error(send, organization):
    response = send("members:bulk-limit", "", kind="unlimited")
    assert response.status_code == 422
    assert "Choose at least one member." in words(response)


def test_members_of_another_organization_are_not_meant(send, organization):
    stranger = MemberFactory()
    send("members:bulk-limit", f"member={stranger.pk}", kind="unlimited")
    stranger.refresh_from_db()
    assert not stranger.is_unlimited


def test_a_stale_limit_names_who_set_it_for_many(console, send, organization, crowd, admin):
    ada = crowd[0]
    form = console.get(url("members:limit", organization, ada.pk)).context["form"]
    send("members:bulk-limit", f"member={ada.pk}", kind="unlimited")
    sent = {"kind": "amount", "amount": "5", "shown": form["shown"].value()}
    sent["period"] = today(organization)
    response = console.post(url("members:limit", organization, ada.pk), sent)
    assert response.status_code == 409
    assert f"{admin.name} set this to “Unlimited” at" in words(response)
