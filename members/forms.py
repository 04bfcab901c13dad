from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.form_fields import BillingGroupField

from .form_fields import AmountField, CleanEmailField, NameField
from .models import Member
from .operation_forms import ChosenMembersForm, OperationForm
from .templatetags.console import credits


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
    amount = AmountField(label=_("Amount"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") != self.AMOUNT:
            self.errors.pop("amount", None)  # nobody sees the field then
        elif cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Enter the amount, for example 1,200.5."))
        return cleaned

    @property
    def limit(self):
        """The limit as the operations take it."""
        return self._limit(self.cleaned_data["kind"], self.cleaned_data.get("amount"))

    @property
    def limit_so_far(self):
        """The limit as the fields stand; None where they say none."""
        kind, amount = self.so_far("kind"), self.so_far("amount")
        if kind is None or kind == self.AMOUNT and amount is None:
            return None
        return self._limit(kind, amount)

    def _limit(self, kind, amount):
        return {
            "personal_limit": amount if kind == self.AMOUNT else None,
            "is_unlimited": kind == self.UNLIMITED,
        }


class PersonalLimitForm(LimitForm, OperationForm):
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


class ChosenLimitForm(LimitForm, ChosenMembersForm):
    """One limit for all members chosen."""


class IdentityForm(OperationForm):
    """Name and email of a member."""

    rule_field = "email"
    name = NameField(label=pgettext_lazy("of a person", "Name"))
    email = CleanEmailField(label=_("Email"), max_length=254)


class EditMemberForm(IdentityForm):
    def __init__(self, *args, member, **kwargs):
        shown = {"name": member.name, "email": member.email}
        super().__init__(*args, shown=shown, initial=shown, **kwargs)

    @property
    def identity(self):
        """Name and email as the operation takes them."""
        return {name: self.cleaned_data[name] for name in ("name", "email")}


class NewcomerForm(LimitForm, OperationForm):
    """What somebody new gets: role, billing group, personal limit."""

    DEFAULT = "default"
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Member.Role.choices,
        initial=Member.Role.MEMBER,
        widget=forms.RadioSelect,
    )
    billing_group = BillingGroupField(empty_label=None)

    def __init__(self, *args, organization, **kwargs):
        initial = {"kind": self.DEFAULT}
        super().__init__(*args, organization=organization, initial=initial, **kwargs)
        groups = organization.billing_groups.alive().unassigned_first()
        self.fields["billing_group"].queryset = groups
        default = _("The organization's default: %(limit)s") % {"limit": _default(organization)}
        self.fields["kind"].choices = [(self.DEFAULT, default), *self.KINDS]

    @property
    def given(self):
        """What they get, as the operations take it."""
        given = {name: self.cleaned_data[name] for name in ("role", "billing_group")}
        default = self.cleaned_data["kind"] == self.DEFAULT
        return given if default else given | self.limit


class MemberForm(NewcomerForm, IdentityForm):
    """A person to add, or to revive."""

    field_order = ["name", "email", "role", "billing_group", "kind", "amount"]

    @property
    def person(self):
        """The person as the operation takes them."""
        return {name: self.cleaned_data[name] for name in ("name", "email")} | self.given


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
