import json
from decimal import Decimal
from functools import cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.operations import plain

from .accounts import SECOND_FACTORS, has_second_factor
from .form_fields import NameField
from .forms import LimitForm
from .models.organizations import known_time_zones
from .operation_forms import OperationForm
from .templatetags.console import count, credits

CALENDAR = ("time_zone", "period_start_day")
SETTINGS = (
    "name",
    *CALENDAR,
    "late_usage_hours",
    "default_personal_limit",
    "default_is_unlimited",
    "requires_two_factor",
)
CONTINENTS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}


@cache
def time_zones():
    """Every time zone under its continent, as a select shows them; UTC first."""
    continents, others = {name: [] for name in CONTINENTS}, []
    for zone in sorted(known_time_zones() - {"UTC", "Factory", "localtime"}):
        continent, _slash, place = zone.partition("/")
        label = place.replace("_", " ").replace("/", ", ")
        if continent in continents:
            continents[continent].append((zone, label))
        else:
            others.append((zone, zone))
    grouped = [(CONTINENTS[name], zones) for name, zones in continents.items()]
    return [("UTC", "UTC"), *grouped, (_("Other names"), others)]


class WholeNumberField(forms.IntegerField):
    """A number from `min_value` to `max_value`; `message` is said of anything else."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, message, **kwargs):
        names = ("required", "invalid", "min_value", "max_value")
        super().__init__(error_messages=dict.fromkeys(names, message), **kwargs)


class SettingsForm(LimitForm, OperationForm):
    """The settings of an organization.

    Another time zone or start day is saved only as it was shown: `seen` names the calendar whose
    periods stood on the page. `typed`: what an address says of the fields of an unsent form.
    `user`: who must not lock themselves out.
    """

    name = NameField(label=_("Organization name"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Periods begin and end at midnight there, and pages show its time."),
        error_messages={"invalid_choice": _("Choose a time zone of the list.")},
    )
    period_start_day = WholeNumberField(
        label=_("Period start day"),
        min_value=1,
        max_value=31,
        message=_("Enter a day from 1 to 31."),
        help_text=_("1 to 31. In a shorter month the period starts on its last day."),
    )
    late_usage_hours = WholeNumberField(
        label=_("Late window"),
        min_value=0,
        max_value=24 * 90,
        message=_("Enter 0 to 2,160 hours."),
        help_text=_("How long a period that has ended takes late usage: 0 to 2,160 hours."),
    )
    requires_two_factor = forms.BooleanField(
        label=_("Require two-factor authentication of admins"), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    field_of = {"default_personal_limit": "amount", "default_is_unlimited": "kind"}

    def __init__(self, data=None, *, organization, user=None, typed=None, **kwargs):
        shown = plain({name: getattr(organization, name) for name in SETTINGS})
        initial = self._now(organization)
        if data is None and typed:
            initial |= self._typed(typed, shown)
        super().__init__(data, organization=organization, shown=shown, initial=initial, **kwargs)
        self.user = user
        self.fields["requires_two_factor"].help_text = SimpleLazyObject(self._who_has_none)
        self.fields["kind"].label = _("Default personal limit")
        self.fields["kind"].help_text = _("What a new member gets unless told otherwise.")

    @property
    def calendar(self):
        """Time zone, start day and late window as they stand in the form; None if one is wrong."""
        names = (*CALENDAR, "late_usage_hours")
        try:
            return {name: self.fields[name].clean(self[name].value()) for name in names}
        except ValidationError:
            return None

    @property
    def settings(self):
        """The settings as the operation takes them."""
        names = (*CALENDAR, "name", "late_usage_hours", "requires_two_factor")
        given = {name: self.cleaned_data[name] for name in names}
        return given | {f"default_{name}": value for name, value in self.limit.items()}

    def said(self, name, value):
        if name == "default_is_unlimited":
            return _("Unlimited") if value else _("Not unlimited")
        if name == "requires_two_factor":
            return _("Required") if value else _("Not required")
        if name == "default_personal_limit":
            return _("Not set") if value is None else credits(Decimal(value))
        return super().said(name, value)

    def clean_requires_two_factor(self):
        required = self.cleaned_data["requires_two_factor"]
        if required and self.user and not has_second_factor(self.user):
            raise ValidationError(
                _("Set up two-factor authentication of your own first, in Sign-in & security.")
            )
        return required

    def clean(self):
        cleaned = super().clean()
        before = [getattr(self.organization, name) for name in CALENDAR]
        after = [cleaned.get(name) for name in CALENDAR]
        if not self.errors and after != before and cleaned["seen"] != calendar_name(cleaned):
            raise ValidationError(_("Look at the periods that this makes, then save again."))
        return cleaned

    def _who_has_none(self):
        admins = self.organization.members.admins()
        number = admins.exclude(user__authenticator__type__in=SECOND_FACTORS).count()
        if not number:
            return _("Every admin has set it up.")
        text = ngettext(
            "%(count)s admin has not set it up and will have to at their next visit. "
            "API keys go on working.",
            "%(count)s admins have not set it up and will have to at their next visit. "
            "API keys go on working.",
            number,
        )
        return text % {"count": count(number)}

    def _now(self, organization):
        kind, amount = self.AMOUNT, organization.default_personal_limit
        if organization.default_is_unlimited:
            kind = self.UNLIMITED
        elif amount is None:
            kind = self.NOT_SET
        return {
            **{name: getattr(organization, name) for name in SETTINGS},
            "kind": kind,
            "amount": "" if amount is None else credits(amount),
        }

    def _typed(self, typed, shown):
        fields = {name: typed[name] for name in self.base_fields if name in typed}
        try:
            were = dict(json.loads(fields["shown"]))
        except (KeyError, TypeError, ValueError, RecursionError):
            were = {}
        fields["shown"] = {name: were.get(name, value) for name, value in shown.items()}
        return fields


def calendar_name(settings):
    """Names time zone and start day for `seen`."""
    return " ".join(str(settings[name]) for name in CALENDAR)
