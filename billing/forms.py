import copy

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.forms import CleanCharField, CreditsField, OperationForm
from members.templatetags.console import credits

from .models import BillingGroup


class BillingGroupForm(OperationForm):
    """Name and description of a billing group, new (`group` is None) or there already."""

    rule_field = "name"
    name = CleanCharField(label=_("Name"), max_length=100)
    description = CleanCharField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("Explains the cost center."),
    )

    def __init__(self, *args, group=None, **kwargs):
        self.group = group
        initial = {"name": group.name, "description": group.description} if group else {}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def words(self):
        return {name: self.cleaned_data[name] for name in ("name", "description")}

    def clean_name(self):
        name = self.cleaned_data["name"]
        draft = copy.copy(self.group) or BillingGroup(organization=self.organization)
        draft.name = name
        require_name(draft)
        return name


class LimitForm(OperationForm):
    rule_field = "limit"
    limit = CreditsField(
        label=_("Period Usage Limit"),
        required=False,
        help_text=_("Leave empty for no limit; 0 freezes the billing group."),
    )

    def __init__(self, *args, group, **kwargs):
        limit = "" if group.period_limit is None else credits(group.period_limit)
        super().__init__(*args, initial={"limit": limit}, **kwargs)


class DeleteForm(OperationForm):
    """Nothing to fill in: the period it was opened in and the button."""


class TargetForm(OperationForm):
    """The billing group that the chosen members get, or the name of a new one."""

    rule_field = "new_name"
    billing_group = forms.ModelChoiceField(
        label=_("Billing group"),
        queryset=BillingGroup.objects.none(),
        required=False,
        empty_label=_("Choose"),
    )
    new_name = CleanCharField(label=_("Or the name of a new one"), max_length=100, required=False)

    def __init__(self, *args, targets, target, may_create, **kwargs):
        only = None if may_create else targets.get()
        initial = {"billing_group": only.pk if only else target}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["billing_group"].queryset = targets
        if only:
            del self.fields["new_name"]
            self.fields["billing_group"].widget = forms.HiddenInput()

    @property
    def target(self):
        """The billing group chosen so far, whether or not the form was sent; else None."""
        try:
            return self.fields["billing_group"].clean(self["billing_group"].value())
        except ValidationError:
            return None

    def clean_new_name(self):
        name = self.cleaned_data["new_name"]
        if name:
            require_name(BillingGroup(organization=self.organization, name=name))
        return name

    def clean(self):
        cleaned = super().clean()
        chosen = [name for name in ("billing_group", "new_name") if cleaned.get(name)]
        if not self.errors and len(chosen) != 1:
            raise ValidationError(_("Choose a billing group, or name a new one."))
        return cleaned


class MemberBillingGroupForm(OperationForm):
    """The billing group of one member, Unassigned too."""

    billing_group = forms.ModelChoiceField(
        label=_("Billing group"), queryset=BillingGroup.objects.none()
    )

    def __init__(self, *args, organization, member, **kwargs):
        initial = {"billing_group": member.billing_group_id}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)
        groups = organization.billing_groups.alive().unassigned_first()
        self.fields["billing_group"].queryset = groups


def require_name(draft):
    """Raise ValidationError with the database's own rules for a billing group's name."""
    try:
        draft.validate_constraints(exclude={"description", "period_limit"})
    except ValidationError as error:
        raise ValidationError(error.messages) from None
