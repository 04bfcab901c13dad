import re
from decimal import Decimal

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused
from billing.models import Period
from billing.periods import PeriodIsOver, current_period, starting_on

from .templatetags.console import credits
from .text import tidy, validate_printable

MOST_CREDITS = Decimal("99999999999999.9999")
# By three digits, in Chinese by four; any other comma is refused: "1,5" may mean a fraction.
GROUPED = re.compile(r"[+-]?(\d{1,3}([,\s]\d{3})+|\d{1,4}([,\s]\d{4})+)(\.\d*)?")


class CleanCharField(forms.CharField):
    """A line of text as it may be stored."""

    default_validators = [validate_printable]

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
        self.validators[0].message = self.error_messages["min_value"]

    def to_python(self, value):
        if isinstance(value, str) and GROUPED.fullmatch(value.strip()):
            value = re.sub(r"[,\s]", "", value)
        return super().to_python(value)


class OperationForm(forms.Form):
    """A form that runs an operation in the period in which it was opened.

    A refusal becomes an error of the form, so that nothing typed is lost.
    """

    period = forms.DateField(widget=forms.HiddenInput)
    rule_field = NON_FIELD_ERRORS  # where a rule of the database is shown

    def __init__(self, *args, organization, **kwargs):
        self.organization = organization
        self.refused = False
        initial = {"period": current_period(organization).first_day, **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)

    def run(self, verb, **arguments):
        """Call `verb` and return its result, or None when it was refused and the form says why."""
        try:
            return verb(**arguments, opened_in=self._opened_in())
        except Refused as refusal:
            self.refused = True
            field = self.rule_field if refusal.field == NON_FIELD_ERRORS else refusal.field
            in_form = field in self.fields and not isinstance(refusal, PeriodIsOver)
            self.add_error(field if in_form else None, str(refusal.message))
            return None

    @property
    def status(self):
        if self.refused:
            return 409
        return 422 if self.errors else 200

    def _opened_in(self):
        try:
            return starting_on(self.organization, self.cleaned_data["period"])
        except (Period.DoesNotExist, OverflowError):
            return Period(organization=self.organization)  # refused by the operation: not current


class PersonalLimitForm(OperationForm):
    """Not set, an amount, or unlimited."""

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

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, initial=self._now(member), **kwargs)

    def _now(self, member):
        if member.is_unlimited:
            return {"kind": self.UNLIMITED}
        if member.personal_limit is None:
            return {"kind": self.NOT_SET}
        return {"kind": self.AMOUNT, "amount": credits(member.personal_limit)}

    def clean(self):
        cleaned = super().clean()
        missing = cleaned.get("kind") == self.AMOUNT and cleaned.get("amount") is None
        if missing and "amount" not in self.errors:
            self.add_error("amount", _("Enter the amount, for example 1,200.5."))
        return cleaned

    @property
    def limit(self):
        """The limit as the operation takes it."""
        kind = self.cleaned_data["kind"]
        return {
            "personal_limit": self.cleaned_data["amount"] if kind == self.AMOUNT else None,
            "is_unlimited": kind == self.UNLIMITED,
        }
