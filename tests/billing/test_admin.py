"""What support does with billing groups: by operations, each with its entry."""

from decimal import Decimal

import pytest

from billing.operations import delete_billing_group

from ..desk import Desk, left
from ..factories import TESTS, BillingGroupFactory, assign, report
from ..pages import words


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def test_a_billing_group_is_renamed_and_described(desk, group):
    assert desk.do("edit", group, name="Mobile", description="Phones").status_code == 302
    assert (group.name, group.description) == ("Mobile", "Phones")
    assert left(desk) == [("EditBillingGroup", "done")]


def test_a_name_that_is_taken_is_refused_and_stays_as_typed(desk, group, organization):
    BillingGroupFactory(organization=organization, name="Mobile")
    response = desk.do("edit", group, name="mobile", description="Phones")
    assert "A billing group with this name already exists." in words(response)
    assert 'value="mobile"' in response.content.decode()
    assert (group.name, left(desk)) == ("Platform", [])


@pytest.mark.parametrize("credits", ["8,000", "0", ""])
def test_a_limit_goes_through_and_is_lifted(desk, group, credits):
    desk.do("limit", group, limit=credits)
    assert group.period_limit == (Decimal(credits.replace(",", "")) if credits else None)
    assert left(desk) == [("SetBillingGroupLimit", "done")]


def test_unassigned_is_neither_renamed_nor_limited_and_nothing_is_offered(desk, organization):
    unassigned = organization.billing_groups.unassigned()
    assert desk.look(unassigned).context["verbs"] == []
    for verb, typed in (("edit", {"name": "Mine"}), ("limit", {"limit": "5"})):
        response = desk.do(verb, unassigned, **typed)
        assert response.status_code == 409
        assert "Unassigned cannot be renamed, deleted or given a limit." in words(response)
    assert (unassigned.name, unassigned.period_limit) == ("Unassigned", None)
    assert [outcome for _event, outcome in left(desk)] == ["refused", "refused"]


def test_a_deleted_billing_group_is_shown_and_stays_as_it_is(desk, group):
    delete_billing_group(actor=TESTS, billing_group=group)
    assert desk.look(group).context["verbs"] == []
    assert desk.do("limit", group, limit="5").status_code == 409
    assert left(desk) == [("SetBillingGroupLimit", "refused")]


def test_totals_stand_on_the_pages_of_group_and_period(desk, member, group):
    assign(member, group)
    report(member, credits="12.5")
    period = group.organization.periods.get()
    assert "12.5" in words(desk.look(group))
    assert "Credits used: 12.5" in words(desk.look(period))
    assert "Platform 12.5" in words(desk.look(period))
