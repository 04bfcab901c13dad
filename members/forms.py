import json
import re
from decimal import Decimal

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MinValueValidator
from django.forms.fields import InvalidJSONInput
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from audit.operations import Refused, Stale, plain
from billing.models import BillingGroup, Period
from billing.periods import PeriodIsOver, current_period, starting_on

from .models import Member
from .picker import MOST_ONE_BY_ONE
from .templatetags.console import count, credits
from .text import tidy, validate_printable

MOST_CREDITS = Decimal("99999999999999.9999")
# Any other comma is refused: "1,5" may mean a fraction.
GROUPED = re.compile(r"[+-]?\d{1,3}([,\s]\d{3})+(\.\d*)?")


class CleanCharField(forms.CharField):
    """A line of text as it may be stored."""

    default_validators = [validate_printable]

    def to_python(self, value):
        return tidy(super().to_python(value))


class CleanEmailField(forms.EmailField):
    """An email as it may be stored."""

    default_validators = [*forms.EmailField.default_validators, validate_printable]

    def to_python(self, value):
        return tidy(super().to_python(value))


class CreditsField(forms.DecimalField):
    """An amount of Credits as people write it: 1,200.5; None when left empty."""

    default_error_messages = {
        "invalid": _("Enter Credits with at most 4 decimals, for example 1,200.5."),
        "max_decimal_places": _("Enter Credits with at most 4 decimals, for example 1,200.5."),
        "min_value": _("Enter 0 or more Credits."),
    }

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            **{
                "widget": widget,
                "min_value": 0,
                "max_value": MOST_CREDITS,
                "decimal_places": 4,
                **kwargs,
            }
        )
        for validator in self.validators:
            if isinstance(validator, MinValueValidator):
                validator.message = self.error_messages["min_value"]

    def to_python(self, value):
        if isinstance(value, str) and GROUPED.fullmatch(value.strip()):
            value = re.sub(r"[,\s]", "", value)
        return super().to_python(value)


UNREADABLE = (ValueError, RecursionError)  # JSON with numbers too long, with lists too deep


class ShownField(forms.JSONField):
    """The values that a form was opened with; what nobody was ever shown is invalid."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return super().to_python(value)
        except UNREADABLE:
            raise forms.ValidationError(self.error_messages["invalid"]) from None

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except UNREADABLE:
            return InvalidJSONInput(data)


class OperationForm(forms.Form):
    """A form that runs an operation; a refusal becomes an error, so that nothing typed is lost.

    `shown`: the values of the record that the form was opened with, by name. They travel with
    the form, and the operation refuses to write over what somebody else saved meanwhile.
    """

    shown = ShownField(required=False)
    rule_field = NON_FIELD_ERRORS  # where a rule of the database is shown
    field_of = {}  # the form's field of a record's value, where they differ in name

    def __init__(self, *args, organization, shown=None, **kwargs):
        self.organization = organization
        self.refused = False
        initial = {"shown": plain(shown or {}), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        if not shown:
            del self.fields["shown"]

    def run(self, verb, **arguments):
        """Call `verb` and return its result, or None when it was refused and the form says why."""
        if "shown" in self.fields:
            arguments["shown"] = self.cleaned_data["shown"]
        try:
            return verb(**arguments)
        except Stale as refusal:
            self._show_changes(refusal)
        except Refused as refusal:
            field = self.rule_field if refusal.field == NON_FIELD_ERRORS else refusal.field
            in_form = field in self.fields and not isinstance(refusal, PeriodIsOver)
            self.add_error(field if in_form else None, str(refusal.message))
        self.refused = True
        return None

    @property
    def status(self):
        if self.refused:
            return 409
        return 422 if self.errors else 200

    def clean_shown(self):
        shown = self.cleaned_data["shown"] or {}
        if not isinstance(shown, dict) or not set(shown) <= set(self.initial["shown"]):
            raise forms.ValidationError(_("Open this form again."))
        return shown

    def said(self, name, value):
        """A value of the record, plain as in JSON, in words."""
        return str(value)

    def _show_changes(self, refusal):
        """Name the other's value beside the typed one; saving again then goes through."""
        self.data = self.data.copy()
        self.data[self.add_prefix("shown")] = json.dumps(self.cleaned_data["shown"] | refusal.now)
        who, at = last_change(refusal.target, refusal.now)
        time = time_format(at.astimezone(self.organization.zone), "TIME_FORMAT")
        for name, value in refusal.now.items():
            text = _("%(who)s set this to “%(value)s” at %(time)s. Save again to keep yours.")
            words = {"who": who, "value": self.said(name, value), "time": time}
            field = self.field_of.get(name, name)
            self.add_error(field if field in self.fields else None, text % words)


def last_change(target, names):
    """Who changed one of the values `names` of `target` last, by name, and when."""
    organization = getattr(target, "organization_id", target.pk)
    entries = AuditEntry.objects.filter(
        organization=organization,
        target_kind=target._meta.object_name,
        target_id=target.pk,
        outcome=AuditEntry.Outcome.DONE,
    )
    named = entries.filter(changes__has_any_keys=list(names)).order_by("-id").first()
    entry = named or entries.latest("id")
    member = Member.objects.filter(organization=organization, pk=entry.member_id).first()
    return (member.name if member else entry.get_actor_kind_display()), entry.at


class PeriodForm(OperationForm):
    """A form whose operation is allowed in the current period only: it names its own."""

    period = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args, organization, period=None, **kwargs):
        period = period or current_period(organization)
        initial = {"period": period.first_day, **kwargs.pop("initial", {})}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)

    def run(self, verb, **arguments):
        return super().run(verb, **arguments, opened_in=self._opened_in())

    def _opened_in(self):
        try:
            return starting_on(self.organization, self.cleaned_data["period"])
        except (Period.DoesNotExist, OverflowError):
            return Period(organization=self.organization)  # refused by the operation: not current


class ChosenMembersForm(OperationForm):
    """Members chosen with a picker."""

    def __init__(self, *args, picker, **kwargs):
        self.picker = picker
        super().__init__(*args, **kwargs)

    def clean(self):
        if not self.picker.everyone and not self.picker.ids:
            raise forms.ValidationError(_("Choose at least one member."))
        if self.picker.too_many:
            text = _("Choose at most %(count)s members one by one, or all that match a search.")
            raise forms.ValidationError(text % {"count": count(MOST_ONE_BY_ONE)})
        return super().clean()


class LimitForm(forms.Form):
    """A personal usage limit: not set, an amount, or unlimited."""

    NOT_SET, AMOUNT, UNLIMITED = "not_set", "amount", "unlimited"
    KINDS = [
        (NOT_SET, _("Not set")),
        (AMOUNT, _("Amount")),
        (UNLIMITED, _("Unlimited")),
    ]
    kind = forms.ChoiceField(
        label=_("Personal usage limit"), choices=KINDS, widget=forms.RadioSelect
    )
    amount = CreditsField(label=_("Amount"), required=False)

    def clean(self):
        cleaned = super().clean()
        missing = cleaned.get("kind") == self.AMOUNT and cleaned.get("amount") is None
        if missing and "amount" not in self.errors:
            self.add_error("amount", _("Enter the amount, for example 1,200.5."))
        return cleaned

    @property
    def limit(self):
        """The limit as the operations take it."""
        kind = self.cleaned_data["kind"]
        return {
            "personal_limit": self.cleaned_data["amount"] if kind == self.AMOUNT else None,
            "is_unlimited": kind == self.UNLIMITED,
        }


class PersonalLimitForm(LimitForm, PeriodForm):
    """The limit of one member, who has one already."""

    field_of = {"personal_limit": "amount", "is_unlimited": "kind"}

    def __init__(self, *args, member, **kwargs):
        shown = {"personal_limit": member.personal_limit, "is_unlimited": member.is_unlimited}
        super().__init__(*args, shown=shown, initial=self._now(member), **kwargs)

    def said(self, name, value):
        if name == "is_unlimited":
            return _("Unlimited") if value else _("Amount")
        return _("Not set") if value is None else credits(Decimal(value))

    def _now(self, member):
        if member.is_unlimited:
            return {"kind": self.UNLIMITED}
        if member.personal_limit is None:
            return {"kind": self.NOT_SET}
        return {"kind": self.AMOUNT, "amount": credits(member.personal_limit)}


class ChosenLimitForm(LimitForm, PeriodForm, ChosenMembersForm):
    """One limit for all members chosen."""


class MemberForm(LimitForm, OperationForm):
    """A person to add, or to revive."""

    DEFAULT = "default"
    rule_field = "email"
    name = CleanCharField(label=_("Name"), max_length=100)
    email = CleanEmailField(label=_("Email"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Member.Role.choices,
        initial=Member.Role.MEMBER,
        widget=forms.RadioSelect,
    )
    billing_group = forms.ModelChoiceField(
        label=_("Billing group"), queryset=BillingGroup.objects.none(), empty_label=None
    )
    field_order = ["name", "email", "role", "billing_group", "kind", "amount"]

    def __init__(self, *args, organization, **kwargs):
        initial = {"kind": self.DEFAULT}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)
        groups = organization.billing_groups.alive().unassigned_first()
        self.fields["billing_group"].queryset = groups
        default = _("The organization's default: %(limit)s") % {"limit": _default(organization)}
        self.fields["kind"].choices = [(self.DEFAULT, default), *self.KINDS]

    @property
    def person(self):
        """The person as the operation takes them."""
        given = {name: self.cleaned_data[name] for name in ("name", "email", "role")}
        given["billing_group"] = self.cleaned_data["billing_group"]
        default = self.cleaned_data["kind"] == self.DEFAULT
        return given if default else given | self.limit


class RoleForm(OperationForm):
    role = forms.ChoiceField(label=_("Role"), choices=Member.Role.choices, widget=forms.RadioSelect)

    def __init__(self, *args, member, **kwargs):
        role = {"role": member.role}
        super().__init__(*args, shown=role, initial=role, **kwargs)

    def said(self, name, value):
        return Member.Role(value).label


def _default(organization):
    if organization.default_is_unlimited:
        return _("Unlimited")
    limit = organization.default_personal_limit
    return _("Not set") if limit is None else credits(limit)
