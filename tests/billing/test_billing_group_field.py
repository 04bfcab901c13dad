"""The select of billing groups in forms: written at once, as Django would write it."""

import pytest
from django.test.html import parse_html

from billing.form_fields import BillingGroupField

from ..factories import BillingGroupFactory


@pytest.fixture
def groups(organization):
    BillingGroupFactory(organization=organization, name='<b>R & "D"</b>')
    return organization.billing_groups.unassigned_first()


def written(field, value):
    return parse_html(field.widget.render("billing_group", value, {"id": "id_it"}))


@pytest.mark.parametrize("chosen", [0, 1])
def test_names_are_escaped_and_the_one_chosen_is_selected(groups, chosen):
    unassigned, other = groups
    selected = ["", ""]
    selected[chosen] = "selected"
    assert written(BillingGroupField(empty_label=None, queryset=groups), groups[chosen].pk) == (
        parse_html(
            '<select name="billing_group" id="id_it">'
            f'<option value="{unassigned.pk}" {selected[0]} lang="en" translate="no">'
            "Unassigned</option>"
            f'<option value="{other.pk}" {selected[1]}>&lt;b&gt;R &amp; "D"&lt;/b&gt;</option>'
            "</select>"
        )
    )


def test_nothing_chosen_is_the_empty_label(groups):
    field = BillingGroupField(empty_label="<Choose>", queryset=groups.none())
    assert written(field, None) == parse_html(
        '<select name="billing_group" id="id_it">'
        '<option value="" selected>&lt;Choose&gt;</option></select>'
    )
