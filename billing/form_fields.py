from django.utils.translation import gettext_lazy as _

from members.form_fields import LongSelect, NamedChoiceField

from .models import UNASSIGNED, BillingGroup


class BillingGroupSelect(LongSelect):
    marked = {UNASSIGNED: ' lang="en" translate="no"'}


class BillingGroupField(NamedChoiceField):
    """One of the billing groups that a form gives it as `queryset`."""

    widget = BillingGroupSelect

    def __init__(self, **kwargs):
        groups = BillingGroup.objects.none()
        super().__init__(**{"label": _("Billing group"), "queryset": groups, **kwargs})
