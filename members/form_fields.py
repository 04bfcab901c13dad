"""Fields of forms: text as it may be stored, Credits as people write them, what was shown."""

import re
from html import escape

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.fields import InvalidJSONInput
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from . import models
from .text import tidy, validate_printable

# Any other comma is refused: "1,5" may mean a fraction.
GROUPED = re.compile(r"[+-]?\d{1,3}([,\s]\d{3})+(\.\d*)?")


class CleanCharField(forms.CharField):
    """A line of text as it may be stored."""

    default_validators = [validate_printable]

    def to_python(self, value):
        return tidy(super().to_python(value))


class NameField(CleanCharField):
    """The name of something or somebody."""

    default_error_messages = {"required": _("Enter a name.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=100, **kwargs)


def validate_lower_case(email):
    """Refuse letters such as İ whose lower case is longer: a sign-in is stored in lower case."""
    if len(email.lower()) != len(email):
        raise forms.ValidationError(_("Enter a valid email address."), code="invalid")


class CleanEmailField(forms.EmailField):
    """An email as it may be stored."""

    default_error_messages = {"required": _("Enter an email address.")}
    default_validators = [
        *forms.EmailField.default_validators,
        validate_printable,
        validate_lower_case,
    ]

    def to_python(self, value):
        return tidy(super().to_python(value))


class CreditsField(forms.DecimalField):
    """An amount of Credits as people write it: 1,200.5; None when left empty."""

    default_error_messages = {
        "invalid": _("Enter Credits with at most 4 decimals, for example 1,200.5."),
        "max_decimal_places": _("Enter Credits with at most 4 decimals, for example 1,200.5."),
        "min_value": _("Enter 0 or more Credits."),
        "max_value": _("Enter at most 99,999,999,999,999.9999 Credits."),
    }

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            **{
                "widget": widget,
                "min_value": 0,
                "max_value": models.CreditsField.most,
                "decimal_places": 4,
                **kwargs,
            }
        )
        for validator in self.validators:
            if isinstance(validator, (MinValueValidator, MaxValueValidator)):
                validator.message = self.error_messages[validator.code]

    def to_python(self, value):
        if isinstance(value, str) and GROUPED.fullmatch(value.strip()):
            value = re.sub(r"[,\s]", "", value)
        return super().to_python(value)


class LongSelect(forms.Select):
    """A select of a thousand options, written at once: a template takes long for them."""

    marked = {}  # attributes of options, by their text

    def render(self, name, value, attrs=None, renderer=None):
        chosen, options = self.format_value(value), []
        for key, text in self.choices:
            text, selected = str(text), " selected" if str(key) in chosen else ""
            marked = self.marked.get(text, "")
            options.append(
                f'<option value="{escape(str(key))}"{selected}{marked}>{escape(text)}</option>'
            )
        attrs = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", attrs, mark_safe("".join(options)))


class Names(forms.models.ModelChoiceIterator):
    """What can be chosen by its name: a thousand names come quicker than their models."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class NamedChoiceField(forms.ModelChoiceField):
    """One of what has names, up to a thousand."""

    widget, iterator = LongSelect, Names


class AmountField(CreditsField):
    """Credits that a radio above asks for: neither required nor optional by themselves."""

    hangs_on_another = True

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)


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
