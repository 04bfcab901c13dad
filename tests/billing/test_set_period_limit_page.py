"""Set Period Limit: the amounts that people type."""

from decimal import Decimal

import pytest

from members.models import Member

from ..factories import BillingGroupFactory, MemberFactory, assign, limit, report
from ..pages import rows, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def save(console, organization, group):
    def post(typed):
        address = url("billing:limit", organization, group.pk)
        response = console.post(address, {"limit": typed, "period": today(organization)})
        group.refresh_from_db()
        return response

    return post


@pytest.mark.parametrize(
    ("typed", "stored", "said"),
    [
        ("1,200.5", "1200.5", "Platform is limited to 1,200.5 Credits."),
        (" 5 000 ", "5000", "Platform is limited to 5,000 Credits."),
        ("1,234,567", "1234567", "Platform is limited to 1,234,567 Credits."),
        ("0.0001", "0.0001", "Platform is limited to 0.0001 Credits."),
        ("1e3", "1000", "Platform is limited to 1,000 Credits."),
        ("0", "0", "Platform is limited to 0 Credits."),
        ("99,999,999,999,999.9999", "99999999999999.9999", "99,999,999,999,999.9999 Credits."),
    ],
)
def test_an_amount_is_stored_exactly(console, save, group, typed, stored, said):
    page = console.get(save(typed)["Location"])
    assert group.period_limit == Decimal(stored)
    assert said in words(page)


def test_nothing_typed_means_no_limit(console, save, group):
    limit(group, 5)
    page = console.get(save("")["Location"])
    assert group.period_limit is None
    assert "Platform has no limit now." in words(page)


@pytest.mark.parametrize(
    "typed",
    ["1.00001", "-1", "-0.0001", "NaN", "sNaN", "Infinity", "1e400", "1e-400", "9" * 5000]
    + ["100000000000000", "many", "1,5", "1,23", ",5", "12,34.5", "1,200,5", "5 Credits"],
)
def test_an_amount_that_may_not_be_comes_back_as_it_was_typed(save, group, typed):
    limit(group, 5)
    response = save(typed)
    assert response.status_code == 422
    assert group.period_limit == 5
    assert f'value="{typed}"' in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1.00001", "Enter Credits with at most 4 decimals, for example 1,200.5"),
        ("many", "Enter Credits with at most 4 decimals, for example 1,200.5"),
        ("1,5", "Enter Credits with at most 4 decimals, for example 1,200.5"),
        ("-1", "Enter 0 or more Credits."),
    ],
)
def test_the_message_says_what_to_type(save, typed, message):
    assert message in words(save(typed))


def test_what_the_form_shows_can_be_sent_back(console, save, organization, group):
    limit(group, "1234567.8")
    page = console.get(url("billing:limit", organization, group.pk))
    assert 'value="1,234,567.8"' in page.content.decode()
    save("1,234,567.8")
    assert group.period_limit == Decimal("1234567.8")


@pytest.mark.parametrize("language", ["zh-hans", "ja"])
def test_what_the_form_shows_in_another_language_can_be_sent_back(
    console, organization, group, language
):
    limit(group, "1234567.8")
    address = url("billing:limit", organization, group.pk)
    headers = {"Accept-Language": language}
    shown = console.get(address, headers=headers).context["form"]["limit"].value()
    sent = {"limit": shown, "period": today(organization)}
    assert console.post(address, sent, headers=headers).status_code == 302
    group.refresh_from_db()
    assert group.period_limit == Decimal("1234567.8")


def test_the_page_says_how_much_is_used(console, organization, group):
    member = MemberFactory(organization=organization, is_unlimited=True)
    assign(member, group)
    limit(group, 100)
    report(member, "30.5")
    assert "30.5 of 100" in words(console.get(url("billing:limit", organization, group.pk)))


def test_a_limit_changes_at_once_who_may_use_credits(console, save, organization, group):
    member = MemberFactory(organization=organization, is_unlimited=True)
    assign(member, group)
    report(member, 10)
    page = console.get(save("10")["Location"])
    assert "Blocked" in rows(page)[f"billing-group-{group.pk}"]
    assert report(member, 1).reasons == ["billing_group_limit_reached"]
    assert Member.objects.get(pk=member.pk).status == Member.Status.ENABLED
