"""What an admin changes about one member: role, being disabled, removal, adjustments."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing.periods import current_period
from members.models import Member

from ..factories import BillingGroupFactory, assign, report
from ..pages import today, url, words


@pytest.fixture
def member(member):
    Member.objects.filter(pk=member.pk).update(name="Ada")
    member.refresh_from_db()
    return member


@pytest.fixture
def change(console, organization, member):
    def post(page, target=None, **sent):
        target = target or member
        response = console.post(reverse(page, args=[organization.slug, target.pk]), sent)
        target.refresh_from_db()
        return response

    return post


def test_a_role_is_changed(console, change, member):
    response = change("members:role", role="org_admin")
    assert member.role == Member.Role.ADMIN
    assert "Ada has the role Admin now." in words(console.get(response["Location"]))


@pytest.mark.parametrize("page", ["members:role", "members:disable", "members:remove"])
def test_the_last_admin_stays(change, admin, page):
    response = change(page, admin, role="org_member")
    assert response.status_code == 409
    assert "This is the last admin. Make someone else an admin first." in words(response)
    assert admin.is_admin


def test_disabling_and_enabling_keep_groups_billing_group_and_limit(change, member):
    before = Member.objects.filter(pk=member.pk).values().get()
    change("members:disable")
    assert member.status == Member.Status.DISABLED
    change("members:enable")
    assert Member.objects.filter(pk=member.pk).values().get() == before


def test_removing_says_before_what_goes_and_what_stays(console, change, organization, member):
    report(member, "12.5")
    question = words(console.get(url("members:remove", organization, member.pk)))
    assert "They return to Unassigned and cannot open the organization." in question
    assert "12.5 Credits used this period stay in records, pages and exports." in question
    response = change("members:remove")
    assert "Ada was removed." in words(console.get(response["Location"]))
    assert member.status == Member.Status.DELETED


def test_a_removed_member_has_a_page_but_nothing_to_change(console, change, organization, member):
    change("members:remove")
    page = words(console.get(url("members:detail", organization, member.pk)))
    assert "Removed" in page
    assert "Set Personal Limit" not in page
    assert change("members:role", role="org_admin").status_code == 404


@pytest.fixture
def adjust(change, organization, member):
    def post(credits, **sent):
        given = {
            "event_id": "mend-1",
            "mended": current_period(organization).pk,
            "billing_group": member.billing_group_id,
            "credits": credits,
            "reason": "Counted twice",
            **sent,
        }
        return change("members:adjust", **given)

    return post


def test_an_adjustment_counts_as_usage_of_its_period(console, adjust, organization, member):
    report(member, 20)
    response = adjust("-12.5")
    said = "The usage of Ada was adjusted by -12.5 Credits."
    assert said in words(console.get(response["Location"]))
    assert current_period(organization).used == Decimal("7.5")
    assert member.records.get(kind="adjustment").reason == "Counted twice"


def test_an_adjustment_sent_twice_counts_once(adjust, organization):
    adjust("5")
    adjust("5")
    assert current_period(organization).used == 5


def test_no_adjustment_takes_a_total_below_0(adjust, organization, member):
    report(member, 5)
    response = adjust("-5.0001")
    assert response.status_code == 409
    assert "below 0" in words(response)
    assert 'value="Counted twice"' in response.content.decode()
    assert current_period(organization).used == 5


def test_details_tell_all_about_a_member(console, organization, member):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    report(member, "3.5", source="ide", operation="chat")
    assign(member, platform)
    report(member, 2)
    page = words(console.get(url("members:detail", organization, member.pk)))
    assert "Platform 2 Unassigned 3.5" in page or "Unassigned 3.5 Platform 2" in page
    assert "All billing groups 5.5" in page
    assert "ide · chat 3.5" in page
    assert "Occupied" in page


def test_details_say_why_a_member_is_blocked(console, organization, member):
    sent = {"kind": "not_set", "period": today(organization)}
    console.post(reverse("members:limit", args=[organization.slug, member.pk]), sent)
    page = words(console.get(url("members:detail", organization, member.pk)))
    assert "Blocked: no personal limit is set. It opens when an admin sets one." in page
