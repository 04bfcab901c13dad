"""Forms that only the support desk has."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.form_fields import BillingGroupField
from billing.periods import periods_after_change

from .consequences import of_settings
from .form_fields import CleanCharField
from .operation_forms import OperationForm
from .settings_forms import SETTINGS, SettingsForm, calendar_name


class SupportSettingsForm(SettingsForm):
    """Says first what another calendar does; sent once more, it is saved."""

    field_order = [*SETTINGS, "kind", "amount"]

    def clean(self):
        try:
            return super().clean()
        except ValidationError as look:
            self.data = self.data.copy()
            self.data["seen"] = calendar_name(self.cleaned_data)
            raise ValidationError([look, *self._consequences()]) from None

    def _consequences(self):
        now = timezone.now()
        before = periods_after_change(self.organization, now=now)
        after = periods_after_change(self.organization, now=now, **self.calendar)
        changes, _stays = of_settings(before, after, now)
        return changes


class QuestionForm(OperationForm):
    """Nothing to fill in: it asks whether to go on."""

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)


class ReasonForm(QuestionForm):
    """Whether to go on, and why."""

    reason = CleanCharField(label=_("Reason"), max_length=500)


class BulkAssignForm(OperationForm):
    """The billing group that all members chosen get; `expected` is how many were shown."""

    expected = forms.IntegerField(widget=forms.HiddenInput)
    billing_group = BillingGroupField(empty_label=_("Choose"))

    def __init__(self, *args, organization, expected, **kwargs):
        initial = {"expected": expected}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)
        groups = organization.billing_groups.alive().unassigned_first()
        self.fields["billing_group"].queryset = groups
