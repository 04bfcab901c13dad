"""My usage: the one page that a member who is no admin sees."""

import re
from datetime import timedelta

import pytest

from billing.models import BillingGroup
from billing.operations import delete_billing_group
from billing.periods import current_period, extend_back
from members.operations import disable_member

from ..factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
    report,
)
from ..pages import queries, rows, signed_in, url, words


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def own(organization, member):
    """Opens the page as the member."""
    return lambda: signed_in(member).get(url("me", organization))


def opens_on(organization):
    day = current_period(organization).last_day + timedelta(days=1)
    return f"{day:%b} {day.day}"


def test_who_is_no_admin_is_led_to_it(organization, member):
    response = signed_in(member).get(url("organization", organization))
    assert response["Location"] == f"/o/{organization.slug}/me/"


def test_an_admin_is_led_to_billing_groups_and_finds_it_in_the_menu(console, organization):
    page = console.get(url("organization", organization), follow=True)
    assert page.redirect_chain[-1][0] == f"/o/{organization.slug}/billing-groups/"
    assert f'href="/o/{organization.slug}/me/"' in page.content.decode()
    assert console.get(url("me", organization)).status_code == 200


def test_who_is_refused_elsewhere_is_shown_the_way_to_it(organization, member):
    page = signed_in(member).get(url("members:list", organization))
    assert page.status_code == 403
    assert "Go to My usage" in words(page)
    assert f'href="/o/{organization.slug}/me/"' in page.content.decode()
    assert "Settings" not in words(page)


def test_it_shows_the_use_of_the_personal_limit(own, member):
    limit(member, 1200)
    report(member, "1032.5")
    assert "1,032.5 of 1,200 86%" in words(own())
    assert "Active" in words(own())
    assert "Blocked" not in words(own())


def test_it_shows_usage_by_billing_group_also_by_deleted_ones(own, member, platform, organization):
    old = BillingGroupFactory(organization=organization, name="Old")
    assign(member, old)
    report(member, 10)
    delete_billing_group(actor=TESTS, billing_group=old)
    assign(member, platform)
    report(member, 30)
    unassigned = organization.billing_groups.unassigned()
    assert rows(own()) == {
        f"billing-group-{platform.key}": "Platform 30",
        f"billing-group-{old.key}": "Old Deleted 10",
    }
    assert "All billing groups 40" in words(own())
    assert unassigned.name not in words(own())


def test_without_usage_it_says_so(own):
    assert "You have used no Credits in this period." in words(own())


def test_it_shows_nothing_of_others_and_no_amount_of_the_group_unless_it_blocks(
    own, member, platform, organization
):
    other = MemberFactory(organization=organization, name="Grace", is_unlimited=True)
    for each in (member, other):
        assign(each, platform)
    limit(platform, 5000)
    report(other, 4321)
    said = words(own())
    assert "Platform Near limit" in said
    assert "Grace" not in said
    assert "4,321" not in said
    assert "5,000" not in said


def blocked(response):
    said = words(response)
    return [f"Blocked: {part}" for part in said.split("Blocked: ")[1:]]


def test_no_limit_set(own, member):
    limit(member, None)
    [reason] = blocked(own())
    assert reason.startswith("Blocked: no personal limit is set. It opens when an admin sets one.")


def test_the_personal_limit_reached(own, member, organization):
    limit(member, 1200)
    report(member, 1300)
    [reason] = blocked(own())
    assert reason.startswith(
        "Blocked: 1,300 of the personal limit of 1,200 Credits are used. "
        f"It opens again on {opens_on(organization)}, or when the limit is raised."
    )


def test_a_personal_limit_of_0_does_not_open_with_the_next_period(own, member):
    limit(member, 0)
    [reason] = blocked(own())
    assert reason.startswith(
        "Blocked: the personal limit is 0 Credits. It opens when the limit is raised."
    )


def test_the_billing_group_at_its_limit(own, member, platform, organization):
    assign(member, platform)
    limit(platform, 5000)
    report(member, 5012)
    [reason] = blocked(own())
    assert reason.startswith(
        "Blocked: Platform has used 5,012 of 5,000 Credits. "
        f"It opens again on {opens_on(organization)}, or when its limit is raised."
    )


def test_a_frozen_billing_group_does_not_open_with_the_next_period(own, member, platform):
    assign(member, platform)
    limit(platform, 0)
    [reason] = blocked(own())
    assert reason.startswith("Blocked: Platform is frozen. It opens when its limit is raised.")


def test_every_reason_has_its_sentence(own, member, platform):
    assign(member, platform)
    report(member, 10)
    limit(member, 10)
    limit(platform, 10)
    first, second = blocked(own())
    assert "10 of the personal limit of 10 Credits are used." in first
    assert "Platform has used 10 of 10 Credits." in second


def test_the_day_it_opens_is_that_of_the_organizations_time_zone(db):
    kiritimati = OrganizationFactory(time_zone="Pacific/Kiritimati")
    member = MemberFactory(organization=kiritimati, personal_limit=1)
    report(member, 1)
    said = words(signed_in(member).get(url("me", kiritimati)))
    assert f"opens again on {opens_on(kiritimati)}, or" in said
    assert re.search(r"on \w+ 1, or", said)


def test_a_disabled_member_finds_nothing(own, member):
    disable_member(actor=TESTS, member=member)
    assert own().status_code == 404


def test_the_usage_of_an_earlier_period_is_not_shown(own, organization, member):
    earlier = current_period(organization).starts_at - timedelta(hours=1)
    extend_back(organization, to=earlier)
    assert report(member, 7, at=earlier, received_at=earlier).outcome == "recorded"
    assert "You have used no Credits in this period." in words(own())


def test_it_asks_few_queries(organization, member):
    for _ in range(5):
        assign(member, BillingGroupFactory(organization=organization))
        report(member, 1)
    assert BillingGroup.objects.filter(organization=organization).count() == 6
    assert len(queries(signed_in(member), url("me", organization))) <= 6


def test_the_menu_of_a_member_has_no_settings(own, organization):
    html = own().content.decode()
    assert "Settings" not in html
    assert html.count('aria-current="page"') == 1


def test_who_is_unlimited_is_told_so(own, member):
    report(member, "7.5")
    assert "Unlimited · 7.5 used" in words(own())
