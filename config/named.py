"""What a request of the HTTP API names: periods by their ends, people by their userIds."""

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Period
from billing.periods import current_period
from members.models import member_of_key

from .api import ApiError


def ending(request, period_end):
    """The period that ends then and has begun; None where there is none."""
    now = timezone.now()
    current = current_period(request.organization, now)  # made now if it has just begun
    periods = request.organization.periods.filter(starts_at__lte=now)
    return current if current.ends_at == period_end else periods.filter(ends_at=period_end).first()


def opened_in(request, period_end):
    """The period that a write names by its exact end; None where it names none.

    One that ends at no such time is a period that is not the current one: 409.
    """
    if period_end is None:
        return None
    return ending(request, period_end) or Period(organization=request.organization)


def period_of(request, period_end):
    """The period that is named by its exact end, else the current one. Raises ApiError 400."""
    if period_end is None:
        return current_period(request.organization)
    period = ending(request, period_end)
    if period is None:
        raise ApiError(400, _("No period ends then."), "periodEnd")
    return period


def members_of(request, user_ids):
    """The present members whose `userIds` these are, as a queryset. Raises ApiError 400."""
    ids = {member_of_key(key) for key in user_ids}
    members = request.organization.members.present().filter(pk__in=ids - {None})
    known = set(members.values_list("pk", flat=True))
    if unknown := [key for key in user_ids if member_of_key(key) not in known]:
        raise ApiError(
            400, _("Not all of these are members."), *(f"userIds: {key}" for key in unknown)
        )
    return members
