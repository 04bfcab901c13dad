from django.utils.translation import gettext_lazy as _

from members.form_fields import NamedChoiceField
from members.operation_forms import ChosenMembersForm, NamedForm

from .models import Group


class GroupForm(NamedForm):
    model = Group
    explained = _("Says what the group is for.")


class ChosenGroupForm(ChosenMembersForm):
    """The group that all members chosen join."""

    group = NamedChoiceField(
        label=_("Group"), queryset=Group.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args, organization, **kwargs):
        super().__init__(*args, organization=organization, **kwargs)
        self.fields["group"].queryset = organization.groups.order_by("name")
