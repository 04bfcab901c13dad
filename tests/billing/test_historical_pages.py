"""Historical periods: usage, read and exported; nothing of today and nothing to change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.operations import delete_billing_group
from billing.periods import all_periods

from ..clock import assignments_made
from ..factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
    report,
)
from ..pages import names, rows, url, words


@pytest.fixture
def organization(db):
    organization = OrganizationFactory(opened_at=timezone.now() - timedelta(days=70))
    all_periods(organization)
    return organization


@pytest.fixture
def past(organization):
    return organization.periods.all()[1]


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def user(organization, group, past):
    """Used 12.5 Credits in the past period under the group, and 40 in this one."""
    with assignments_made(past.starts_at):
        user = MemberFactory(
            organization=organization, name="Ada", is_unlimited=True, billing_group=group
        )
    then = past.starts_at + timedelta(hours=1)
    assert report(user, "12.5", at=then, received_at=then).outcome == "recorded"
    report(user, 40)
    return user


@pytest.fixture
def shown(console, organization, past):
    def get(name, *ids, **query):
        return console.get(url(name, organization, *ids, period=past.first_day, **query))

    return get


def test_the_list_shows_what_was_used_then(shown, group, user):
    page = shown("billing:list")
    assert rows(page)[f"billing-group-{group.pk}"] == "Platform 12.5 View Export"
    assert "All billing groups 12.5" in words(page)
    assert "Historical period: view and export only" in words(page)


def test_the_figures_name_unassigned_beside_the_others_as_the_list_does(
    shown, organization, past, user
):
    page = words(shown("billing:list"))
    assert "Billing groups with usage 1 " in page
    assert "Billing groups with usage 1 and Unassigned" not in page
    then = past.starts_at + timedelta(hours=1)
    with assignments_made(past.starts_at):
        someone = MemberFactory(organization=organization, is_unlimited=True)
    report(someone, 3, at=then, received_at=then)
    page = words(shown("billing:list"))
    assert "Billing groups with usage 1 and Unassigned" in page
    assert "Unassigned and 1 billing group " in page


def test_nothing_leads_to_a_change(shown, organization, group, user):
    for page in (shown("billing:list"), shown("billing:detail", group.pk)):
        html = page.content.decode()
        for act in ("create", "edit", "limit", "assign", "delete", "handle"):
            assert f"/{act}/" not in html
        assert "Handle" not in words(page)
        of_oneself = ("/accounts/logout/", "/preferences/")
        assert html.count('method="post"') == len(of_oneself)
        assert all(f'action="{action}"' in html for action in of_oneself)


def test_todays_members_limits_and_status_are_not_shown(shown, group, user):
    limit(group, 5)
    page = words(shown("billing:list"))
    for word in ("Blocked", "Period Usage Limit", "Status", "Members "):
        assert word not in page.split("Historical period")[1]


def test_the_details_are_usage_only(shown, group, user):
    page = shown("billing:detail", group.pk, show="members")
    assert rows(page) == {f"member-{user.pk}": f"Ada {user.email} 12.5"}
    assert "All members 12.5" in words(page)


def test_links_stay_in_the_period(shown, organization, past, group, user):
    html = shown("billing:list").content.decode()
    address = f"/o/{organization.slug}/billing-groups/"
    assert f'href="{address}{group.pk}/?period={past.first_day}"' in html
    assert f'href="{address}export/?period={past.first_day}"' in html
    assert f"?period={past.first_day}&amp;sort=-used" in html or "aria-sort" in html


def test_the_selector_names_every_period_current_first(console, organization, past):
    page = console.get(url("billing:list", organization))
    choices = page.content.decode().split('<select name="period"')[1].split("</select>")[0]
    values = [part.split('"')[0] for part in choices.split('value="')[1:]]
    assert values == [str(period.first_day) for period in organization.periods.all()]
    assert "· Current" in choices.split("</option>")[0]
    assert " selected" in choices.split("</option>")[0]


def test_a_group_deleted_since_is_shown_where_it_has_usage_only(
    console, shown, organization, group, user
):
    assign(user, organization.billing_groups.unassigned())
    delete_billing_group(actor=TESTS, billing_group=group)
    first = organization.periods.last()
    assert rows(shown("billing:list"))[f"billing-group-{group.pk}"].startswith("Platform Deleted")
    before = console.get(url("billing:list", organization, period=first.first_day))
    assert names(before) == ["Unassigned"]


def test_an_unknown_sort_of_today_is_harmless(shown, user):
    for sort in ("member_count", "-member_count", "limit"):
        assert names(shown("billing:list", sort=sort)) == ["Unassigned", "Platform"]
    assert names(shown("billing:list", sort="-used")) == ["Unassigned", "Platform"]


def test_the_export_is_of_the_period(shown, organization, past, user):
    response = shown("billing:download")
    assert response.getvalue().decode().split("\r\n")[1:] == [f"Platform,Ada,{user.email},12.5", ""]
    name = f"{organization.slug}_billing-groups_{past.first_day}.csv"
    assert f'filename="{name}"' in response["Content-Disposition"]
    assert organization.audit_entries.get(event="ExportBillingGroups").changes == {
        "period": str(past.first_day),
        "rows": 1,
    }


def test_a_period_of_another_calendar_is_not_found(console, organization):
    elsewhere = OrganizationFactory(
        period_start_day=15, opened_at=timezone.now() - timedelta(days=70)
    )
    for period in all_periods(elsewhere):
        address = url("billing:list", organization, period=period.first_day)
        assert console.get(address).status_code == 404
