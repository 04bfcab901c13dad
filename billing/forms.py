import uuid
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.form_fields import CleanCharField, CreditsField
from members.operation_forms import (
    ChosenMembersForm,
    NamedForm,
    OperationForm,
    require_name,
)
from members.templatetags.console import credits, period_label

from . import consequences
from .form_fields import BillingGroupField
from .models import BillingGroup, GroupTotal, Period
from .periods import current_period


class BillingGroupForm(NamedForm):
    model = BillingGroup
    explained = _("Explains the cost center.")


class LimitForm(OperationForm):
    rule_field = "limit"
    field_of = {"period_limit": "limit"}
    limit = CreditsField(
        label=_("Period Usage Limit"),
        required=False,
        help_text=_("Leave empty for no limit; 0 freezes the billing group."),
    )

    def __init__(self, *args, group, typed=None, **kwargs):
        """`typed`: what an address says of the field of an unsent form."""
        self.group = group
        limit = "" if group.period_limit is None else credits(group.period_limit)
        shown = {"period_limit": group.period_limit}
        initial = {"limit": (typed or {}).get("limit", limit)}
        super().__init__(*args, shown=shown, initial=initial, **kwargs)

    def consequence(self, now):
        """What saving the limit that stands in the form would do; nothing where it is none."""
        try:
            limit = self.fields["limit"].clean(self["limit"].value())
        except ValidationError:
            return []
        return consequences.of_limiting(self.group, limit, current_period(self.organization), now)

    def said(self, name, value):
        return _("No limit") if value is None else credits(Decimal(value))


class TargetForm(ChosenMembersForm):
    """The billing group that the chosen members get, or the name of a new one."""

    rule_field = "new_name"
    billing_group = BillingGroupField(
        required=False,
        empty_label=_("Choose"),
    )
    new_name = CleanCharField(label=_("Or the name of a new one"), max_length=100, required=False)

    def __init__(self, *args, targets, only, picker, **kwargs):
        """`only`: the billing group of `targets` that there is no choice of, nor a new one."""
        initial = {"billing_group": only.pk if only else picker.target}
        super().__init__(*args, picker=picker, initial=initial, **kwargs)
        self.fields["billing_group"].queryset = targets
        if only:
            del self.fields["new_name"]
            self.fields["billing_group"].widget = forms.HiddenInput()

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

    billing_group = BillingGroupField()

    def __init__(self, *args, organization, member, **kwargs):
        shown = {"billing_group": member.billing_group_id}
        super().__init__(*args, organization=organization, shown=shown, initial=shown, **kwargs)
        period = current_period(organization)
        groups = organization.billing_groups.alive().with_usage_in(period)
        self.fields["billing_group"].queryset = groups.unassigned_first()

    def said(self, name, value):
        return self.organization.billing_groups.get(pk=value).name


class ChosenBillingGroupForm(ChosenMembersForm):
    """The billing group of all members chosen, Unassigned too."""

    billing_group = BillingGroupField(empty_label=_("Choose"))

    def __init__(self, *args, organization, period, **kwargs):
        super().__init__(*args, organization=organization, period=period, **kwargs)
        groups = organization.billing_groups.alive().with_usage_in(period)
        self.fields["billing_group"].queryset = groups.unassigned_first()


class AdjustmentForm(OperationForm):
    """Adjust Usage: what is mended, by how much, and why."""

    event_id = CleanCharField(widget=forms.HiddenInput, max_length=200)
    mended = forms.ModelChoiceField(
        label=_("Period"), queryset=Period.objects.none(), empty_label=None
    )
    billing_group = BillingGroupField(empty_label=None)
    credits = CreditsField(
        label=_("Credits to add"),
        min_value=None,
        help_text=_("Negative to take away, for example -12.5."),
    )
    reason = CleanCharField(label=_("Reason"), max_length=500)

    def __init__(self, *args, organization, member, **kwargs):
        initial = {"event_id": f"adjustment-{uuid.uuid4()}", "billing_group": member.billing_group}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)
        now = timezone.now()
        open_periods = organization.periods.filter(starts_at__lte=now, final_at__gt=now)
        self.fields["mended"].queryset = open_periods
        self.fields["mended"].label_from_instance = period_label
        used = GroupTotal.objects.filter(period__in=open_periods, billing_group=OuterRef("pk"))
        groups = organization.billing_groups.filter(Q(deleted_at=None) | Exists(used))
        self.fields["billing_group"].queryset = groups

    @property
    def adjustment(self):
        """The adjustment as the operation takes it."""
        names = ("event_id", "billing_group", "credits", "reason")
        given = {name: self.cleaned_data[name] for name in names}
        return given | {"period": self.cleaned_data["mended"]}
