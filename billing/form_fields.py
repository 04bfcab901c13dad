from django.utils.translation import gettext_lazy as _

from members.form_fields import NamedChoiceField

from .models import BillingGroup


class BillingGroupField(NamedChoiceField):
    """One of the billing groups that a form gives it as `queryset`."""

    def __init__(self, **kwargs):
        groups = BillingGroup.objects.none()
        super().__init__(**{"label": _("Billing group"), "queryset": groups, **kwargs})
