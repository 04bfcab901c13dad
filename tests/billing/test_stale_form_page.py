"""Two admins with one form: the second learns what the first has saved, and may save again."""

import json
import re
from decimal import Decimal
from html import unescape

import pytest

from billing.operations import edit_billing_group
from members.models import Member

from ..factories import TESTS, BillingGroupFactory, MemberFactory, limit
from ..pages import signed_in, today, url, words


@pytest.fixture
def group(organization):
    group = BillingGroupFactory(organization=organization, name="Platform")
    limit(group, 1000)
    return group


@pytest.fixture
def grace(organization):
    return MemberFactory(organization=organization, name="Grace", role=Member.Role.ADMIN)


def opened(browser, address):
    """The hidden values of the form as it is shown now."""
    html = browser.get(address).content.decode()
    return hidden(html)


def hidden(html):
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def test_a_save_over_anothers_is_refused_once_and_says_what_they_set(
    console, organization, group, grace
):
    address = url("billing:limit", organization, group.pk)
    form = opened(console, address)
    hers = signed_in(grace)
    hers.post(address, {**opened(hers, address), "limit": "1,500"})
    page = console.post(address, {**form, "limit": "1,200"})
    assert page.status_code == 409
    assert "Grace set this to “1,500”" in words(page)
    assert 'value="1,200"' in page.content.decode()
    group.refresh_from_db()
    assert group.period_limit == 1500
    again = console.post(address, {**hidden(page.content.decode()), "limit": "1,200"})
    assert again.status_code == 302
    group.refresh_from_db()
    assert group.period_limit == Decimal(1200)


def test_a_change_elsewhere_is_no_obstacle(console, organization, group):
    address = url("billing:limit", organization, group.pk)
    form = opened(console, address)
    edit_billing_group(actor=TESTS, billing_group=group, name="Renamed", description="")
    assert console.post(address, {**form, "limit": "1,200"}).status_code == 302


def test_a_refused_save_is_noted(console, organization, group):
    address = url("billing:edit", organization, group.pk)
    form = opened(console, address)
    edit_billing_group(actor=TESTS, billing_group=group, name="Hers", description="")
    page = console.post(address, {**form, "name": "Mine"})
    assert page.status_code == 409
    assert "Hers" in words(page)
    entry = organization.audit_entries.get(actor_kind="user")
    assert (entry.event, entry.outcome, entry.target_id) == (
        "EditBillingGroup",
        "refused",
        group.pk,
    )


@pytest.mark.parametrize(
    "shown",
    ["", "{", "[]", "7", "null", '"x"', "NaN", '{"id": 1}', '{"organization": 1}']
    + ['{"period_limit": {"a": 1}}', '{"period_limit": [1e999]}', '{"period_limit": "x"}']
    + ['{"period_limit": "\\ud800"}', '{"period_limit": "\\u0000"}', '{"period_limit": NaN}']
    + ["[" * 20_000, json.dumps({"period_limit": "9" * 10_000}), "9" * 10_000],
    ids=range(18),
)
def test_a_form_that_was_tampered_with_is_never_a_failure(console, organization, group, shown):
    sent = {"shown": shown, "limit": "1,200", "period": today(organization)}
    response = console.post(url("billing:limit", organization, group.pk), sent)
    assert response.status_code in {302, 409, 422}
    group.refresh_from_db()
    assert group.period_limit == (1200 if response.status_code == 302 else 1000)
