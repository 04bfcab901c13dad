"""The tabs of Member Management and of Settings, each with its count."""

from django.db.models import Func, IntegerField, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Organization


def tabs(organization, current, members=None):
    """Counted once, and only if a page shows them. `members`: how many, if the page knows."""
    return SimpleLazyObject(lambda: _tabs(organization, current, members))


def _tabs(organization, current, members):
    members, groups, billing_groups = _counted(
        organization,
        organization.members.present() if members is None else Value(members),
        organization.groups.all(),
        organization.billing_groups.alive(),
    )
    return [
        (_("Members"), _url("members:list", organization), members, current == "members"),
        (_("Groups"), _url("groups:list", organization), groups, current == "groups"),
        (
            _("Billing Groups"),
            _url("billing:list", organization),
            billing_groups,
            current == "billing",
        ),
    ]


def people_tabs(organization, current):
    """Of the Members page: who is a member, and who is invited and none yet."""
    return SimpleLazyObject(lambda: _people_tabs(organization, current))


def _people_tabs(organization, current):
    members, invitations = (
        _url(f"members:{name}", organization) for name in ("list", "invitations")
    )
    invited = organization.invitations.pending().count()
    return [
        (pgettext("who is a member already", "Joined"), members, None, current == "members"),
        (_("Invited"), invitations, invited, current == "invitations"),
    ]


def settings_tabs(organization, current):
    keys = organization.api_keys.working(timezone.now()).count()
    return [
        (_("Organization"), _url("settings", organization), None, current == "settings"),
        (_("API keys"), _url("api-keys:list", organization), keys, current == "keys"),
    ]


def _counted(organization, *parts):
    """How many each of `parts` holds, a queryset or the number itself; asked at once."""
    number = Func("pk", function="COUNT", output_field=IntegerField())
    numbers = (
        part if isinstance(part, Value) else Subquery(part.order_by().values(number=number))
        for part in parts
    )
    return Organization.objects.filter(pk=organization.pk).values_list(*numbers).get()


def _url(name, organization):
    return reverse(name, args=[organization.slug])
