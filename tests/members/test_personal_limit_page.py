"""Set Personal Limit: not set, an amount, or unlimited."""

from decimal import Decimal

import pytest

from members.models import Member

from ..factories import UNLIMITED, limit
from ..pages import today, url, words


@pytest.fixture
def member(member):
    Member.objects.filter(pk=member.pk).update(name="Ada", is_unlimited=False)
    member.refresh_from_db()
    return member


@pytest.fixture
def save(console, organization, member):
    def post(kind, amount=""):
        address = url("members:limit", organization, member.pk)
        sent = {"kind": kind, "amount": amount, "period": today(organization)}
        response = console.post(address, sent)
        member.refresh_from_db()
        return response

    return post


@pytest.mark.parametrize(
    ("kind", "amount", "stored", "said"),
    [
        ("not_set", "", (None, False), "Ada has no limit set and cannot use Credits now."),
        ("not_set", "5", (None, False), "Ada has no limit set and cannot use Credits now."),
        ("amount", "1,200.5", (Decimal("1200.5"), False), "Ada is limited to 1,200.5 Credits."),
        ("amount", "0", (Decimal(0), False), "Ada is limited to 0 Credits."),
        ("unlimited", "", (None, True), "Ada is unlimited now."),
        ("unlimited", "5", (None, True), "Ada is unlimited now."),
        ("unlimited", "a lot", (None, True), "Ada is unlimited now."),
    ],
)
@pytest.mark.parametrize("before", [None, 7, UNLIMITED])
def test_each_kind_replaces_each_other(console, save, member, before, kind, amount, stored, said):
    limit(member, before)
    page = console.get(save(kind, amount)["Location"])
    assert (member.personal_limit, member.is_unlimited) == stored
    assert said in words(page)


@pytest.mark.parametrize(
    ("page", "ids"), [("members:limit", True), ("members:bulk-limit", False), ("settings", False)]
)
def test_the_amount_that_its_radio_asks_for_is_not_called_optional(
    console, organization, member, page, ids
):
    shown = words(console.get(url(page, organization, *[member.pk] * ids, member=member.pk)))
    assert "Amount" in shown
    assert "optional" not in shown


@pytest.mark.parametrize(
    ("kind", "amount", "message"),
    [
        ("amount", "", "Enter the amount, for example 1,200.5."),
        ("amount", "1.00001", "Enter Credits with at most 4 decimals, for example 1,200.5."),
        ("amount", "-1", "Enter 0 or more Credits."),
        ("amount", "1" * 15, "Enter at most 99,999,999,999,999.9999 Credits."),
        ("amount", "NaN", "Enter Credits with at most 4 decimals, for example 1,200.5."),
        ("", "5", "This field is required."),
        ("both", "5", "Select a valid choice."),
    ],
)
def test_what_may_not_be_comes_back_as_it_was_typed(save, member, kind, amount, message):
    limit(member, 7)
    response = save(kind, amount)
    assert response.status_code == 422
    assert message in words(response)
    assert f'value="{amount}"' in response.content.decode() or not amount
    assert member.personal_limit == 7


@pytest.mark.parametrize(
    ("now", "kind", "amount"),
    [(None, "not_set", None), ("1234.5", "amount", "1,234.5"), (UNLIMITED, "unlimited", None)],
)
def test_the_form_opens_with_what_is_stored(console, organization, member, now, kind, amount):
    limit(member, now)
    form = console.get(url("members:limit", organization, member.pk)).context["form"]
    assert form["kind"].value() == kind
    assert form["amount"].value() == amount
