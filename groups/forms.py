import copy

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.forms import ChosenMembersForm, CleanCharField, OperationForm

from .models import Group


class GroupForm(OperationForm):
    """Name and description of a group, new (`group` is None) or there already."""

    rule_field = "name"
    name = CleanCharField(label=_("Name"), max_length=100)
    description = CleanCharField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("Says what the group is for."),
    )

    def __init__(self, *args, group=None, **kwargs):
        self.group = group
        shown = {"name": group.name, "description": group.description} if group else {}
        super().__init__(*args, shown=shown, initial=shown, **kwargs)

    @property
    def words(self):
        return {name: self.cleaned_data[name] for name in ("name", "description")}

    def clean_name(self):
        draft = copy.copy(self.group) or Group(organization=self.organization)
        draft.name = self.cleaned_data["name"]
        try:
            draft.validate_constraints(exclude={"description"})
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return draft.name


class ChosenGroupForm(ChosenMembersForm):
    """The group that all members chosen join."""

    group = forms.ModelChoiceField(
        label=_("Group"), queryset=Group.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args, organization, **kwargs):
        super().__init__(*args, organization=organization, **kwargs)
        self.fields["group"].queryset = organization.groups.order_by("name")
