"""Forms of invitations: whom an admin invites, and what who accepts says about themselves."""

import re

from django import forms
from django.contrib.auth.password_validation import (
    validate_password,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groups.models import Group

from .form_fields import CleanCharField, CleanEmailField
from .forms import NewcomerForm
from .models import User
from .templatetags.console import count

MOST_EMAILS = 500
MOST_BOXES = 12
FEW = 10
BETWEEN = re.compile(r"[,;\s]+")
ADDRESS = re.compile(r"<([^<>]*)>")  # Ada Lindqvist <ada@acme.example>


class EmailsField(forms.CharField):
    """Emails with lines, commas or semicolons between them, each once."""

    email = CleanEmailField(max_length=254)

    def __init__(self, **kwargs):
        attributes = {"rows": 4, "spellcheck": "false", "autocomplete": "off", "translate": "no"}
        super().__init__(widget=forms.Textarea(attrs=attributes), strip=False, **kwargs)

    def to_python(self, value):
        emails, errors = {}, []
        for number, line in enumerate((value or "").splitlines(), start=1):
            for text in _emails_in(line):
                try:
                    email = self.email.clean(text)
                    emails.setdefault(email.lower(), email)
                except forms.ValidationError:
                    errors.append((number, text))
        if errors:
            raise forms.ValidationError([_wrong(*each) for each in errors[:FEW]])
        if len(emails) > MOST_EMAILS:
            text = _("These are %(number)s emails. Invite at most %(most)s at once.")
            numbers = {"number": count(len(emails)), "most": count(MOST_EMAILS)}
            raise forms.ValidationError(text % numbers)
        return list(emails.values())

    def validate(self, value):
        if not value:
            raise forms.ValidationError(_("Enter at least one email."), code="required")

    def run_validators(self, value):
        """Each email was validated by itself."""


def _emails_in(line):
    """What stands for an email; beside addresses in pointed brackets, names do not."""
    outside = [text for text in BETWEEN.split(ADDRESS.sub(" ", line)) if text]
    inside = [text.strip() for text in ADDRESS.findall(line)]
    return [text for text in outside if "@" in text] + inside if inside else outside


def _wrong(number, text):
    text = text if len(text) <= 100 else f"{text[:99]}…"
    return _("Line %(number)s: “%(text)s” is not an email.") % {
        "number": count(number),
        "text": text,
    }


class InviteForm(NewcomerForm):
    """Whom to invite, and what they get once they accept."""

    emails = EmailsField(
        label=_("Emails"), help_text=_("One on each line, or with commas or semicolons between.")
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["emails", "role", "billing_group", "kind", "amount", "groups"]

    def __init__(self, *args, organization, **kwargs):
        super().__init__(*args, organization=organization, **kwargs)
        groups = organization.groups.order_by("name")
        number = groups.count()
        if not number:
            del self.fields["groups"]
            return
        if number > MOST_BOXES:
            self.fields["groups"].widget = forms.SelectMultiple(attrs={"size": MOST_BOXES})
        self.fields["groups"].queryset = groups

    @property
    def invited(self):
        """Whom, with what, as the operation takes it."""
        names = ("emails", "groups")
        return {name: self.cleaned_data.get(name, ()) for name in names} | self.given


class AcceptForm(forms.Form):
    """The name by which the organization will know who accepts."""

    name = CleanCharField(
        label=pgettext_lazy("of a person", "Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewAccountForm(AcceptForm):
    """And the password of who has no account yet."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters, not only digits, and nothing that is easy to guess."),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self):
        validate_password(self.cleaned_data["password"], User(email=self.email))
        return self.cleaned_data["password"]
