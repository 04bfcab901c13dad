"""The form that makes an API key."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .form_fields import NameField
from .models import ApiKey
from .operation_forms import OperationForm


class ApiKeyForm(OperationForm):
    """What a program may do with the key, and for how long."""

    SCOPES = [
        (ApiKey.Scope.READ, _("Read members, groups, billing groups and usage")),
        (ApiKey.Scope.WRITE, _("Change them, and adjust usage")),
        (ApiKey.Scope.USAGE, _("Report usage")),
    ]
    LIVES = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("A year"))]

    name = NameField(label=_("Name"), help_text=_("Which program uses it, and where."))
    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Expires after"), choices=LIVES, initial=90, coerce=int, widget=forms.RadioSelect
    )

    @property
    def key(self):
        """The key as the operation takes it."""
        expires_at = timezone.now() + timedelta(days=self.cleaned_data["days"])
        names = ("name", "scopes")
        return {name: self.cleaned_data[name] for name in names} | {"expires_at": expires_at}
