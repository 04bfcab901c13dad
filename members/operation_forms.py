"""Forms that run an operation: what every form of the console builds on."""

import copy
import json

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from audit.operations import Refused, Stale, plain
from billing.models import Period, PeriodIsOver
from billing.periods import current_period, starting_on

from .form_fields import CleanCharField, NameField, ShownField
from .models import Member
from .picker import MOST_ONE_BY_ONE
from .templatetags.console import count


class OperationForm(forms.Form):
    """A form that runs an operation; a refusal becomes an error, so that nothing typed is lost.

    `shown`: the values of the record that the form was opened with, by name. They travel with
    the form, and the operation refuses to write over what somebody else saved meanwhile.
    `period`: the current one when it was opened; the operation refuses to write in another.
    """

    period = forms.DateField(widget=forms.HiddenInput)
    shown = ShownField(required=False)
    rule_field = NON_FIELD_ERRORS  # where a rule of the database is shown
    field_of = {}  # the form's field of a record's value, where they differ in name

    def __init__(self, *args, organization, period=None, shown=None, **kwargs):
        self.organization = organization
        self.refused = False
        initial = {
            "period": lambda: (period or current_period(organization)).first_day,
            "shown": plain(shown or {}),
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        if not shown:
            del self.fields["shown"]

    def run(self, verb, **arguments):
        """Call `verb` and return its result, or None when it was refused and the form says why."""
        if "shown" in self.fields:
            arguments["shown"] = self.cleaned_data["shown"]
        try:
            return verb(opened_in=self._opened_in(), **arguments)
        except Stale as refusal:
            self._show_changes(refusal)
        except Refused as refusal:
            field = self.rule_field if refusal.field == NON_FIELD_ERRORS else refusal.field
            in_form = field in self.fields and not isinstance(refusal, PeriodIsOver)
            self.add_error(field if in_form else None, str(refusal.message))
        self.refused = True
        return None

    @property
    def looks(self):
        """Whether the form was sent only to be told what it would do."""
        return self.is_bound and "look" in self.data

    def is_valid(self):
        return not self.looks and super().is_valid()

    def _post_clean(self):
        """What is wrong with a field that nobody sees is said above the others."""
        super()._post_clean()
        hidden = [field.name for field in self.hidden_fields() if field.name in self.errors]
        for name in hidden:
            del self.errors[name]
        if hidden:
            self.add_error(None, _("Open this form again."))

    def so_far(self, name):
        """The value of a field as it stands, sent or not; None where it is none."""
        if self.looks:
            return None if name in self.errors else self.cleaned_data.get(name)
        try:
            return self.fields[name].clean(self[name].value())
        except forms.ValidationError:
            return None

    @property
    def status(self):
        if self.looks:
            return 200
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

    def _opened_in(self):
        try:
            return starting_on(self.organization, self.cleaned_data["period"])
        except Period.DoesNotExist:
            return Period(organization=self.organization)  # refused by the operation: not current

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
    """Who changed one of the values `names` of `target` last, alone or with many, and when."""
    organization = getattr(target, "organization_id", target.pk)
    about = Q(target_kind=target._meta.object_name, target_id=target.pk)
    if isinstance(target, Member):
        about |= Q(changes__members__contains=[target.pk])
    done = AuditEntry.objects.filter(organization=organization, outcome=AuditEntry.Outcome.DONE)
    entry = done.filter(about, changes__has_any_keys=list(names)).order_by("-id").first()
    if entry is None:  # a change around the operations
        return _("Somebody"), timezone.now()
    member = Member.objects.filter(organization=organization, pk=entry.member_id).first()
    return (member.name if member else entry.get_actor_kind_display()), entry.at


class ChosenMembersForm(OperationForm):
    """Members chosen with a picker."""

    def __init__(self, *args, picker, **kwargs):
        self.picker = picker
        super().__init__(*args, **kwargs)

    def clean(self):
        if self.picker.expected == 0:
            raise forms.ValidationError(_("Choose at least one member."))
        if self.picker.too_many:
            text = _("Choose at most %(count)s members one by one, or all that match a search.")
            raise forms.ValidationError(text % {"count": count(MOST_ONE_BY_ONE)})
        return super().clean()


class DeleteForm(OperationForm):
    """Of what members are in. `expected`: as many as the admin was shown, or nothing is deleted."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, number, **kwargs):
        self.number = number
        super().__init__(*args, initial={"expected": number}, **kwargs)

    def run(self, verb, **arguments):
        done = super().run(verb, expected=self.cleaned_data["expected"], **arguments)
        if self.refused:
            self.data = self.data.copy()
            self.data["expected"] = self.number
        return done


class NamedForm(OperationForm):
    """Name and description of a group or billing group, new (`group` is None) or there already."""

    model = None
    explained = ""
    rule_field = "name"
    name = NameField(label=_("Name"))
    description = CleanCharField(label=_("Description"), max_length=500, required=False)

    def __init__(self, *args, group=None, **kwargs):
        self.group = group
        shown = {"name": group.name, "description": group.description} if group else {}
        super().__init__(*args, shown=shown, initial=shown, **kwargs)
        self.fields["description"].help_text = self.explained

    @property
    def words(self):
        return {name: self.cleaned_data[name] for name in ("name", "description")}

    def clean_name(self):
        draft = copy.copy(self.group) or self.model(organization=self.organization)
        draft.name = self.cleaned_data["name"]
        require_name(draft)
        return draft.name


def require_name(draft):
    """Raise ValidationError with the first of the database's rules that the name breaks."""
    try:
        draft.validate_constraints(exclude={"description", "period_limit"})
    except forms.ValidationError as error:
        raise forms.ValidationError(error.messages[0]) from None
