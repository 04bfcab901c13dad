"""What admins do with billing groups. Each verb locks groups by id, then members by id."""

from collections import Counter
from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation, require_number, require_unchanged

from .models import BillingGroup


class UnassignedIsFixed(Refused):
    code = "unassigned_is_fixed"
    message = _("Unassigned cannot be renamed, deleted or given a limit.")


class BillingGroupIsGone(Refused):
    code = "billing_group_is_gone"
    message = _("This billing group was deleted meanwhile.")


@dataclass(frozen=True, slots=True)
class Moved:
    """Whom an assignment moved, as {member id: billing group id before}, and to which group."""

    billing_group: BillingGroup
    places: dict

    @property
    def count(self):
        return len(self.places)

    @property
    def sources(self):
        """How many came from which billing group (id: number)."""
        return Counter(self.places.values())


@operation("CreateBillingGroup")
def create_billing_group(*, actor, organization, name, description=""):
    """Make a formal billing group; returns it. Raises RuleBroken for a name that is taken."""
    group = _create(actor, organization, name, description)
    return changed(group, name=group.name, description=group.description)


@operation("EditBillingGroup")
def edit_billing_group(*, actor, billing_group, name=None, description=None, shown=None):
    """Rename, in history too, or describe a formal billing group; what is not given stays.

    Returns it. `shown`: the values that the admin saw; raises Stale when others stand there now.
    Raises UnassignedIsFixed, BillingGroupIsGone, or RuleBroken for a name that is taken.
    """
    group = _locked_formal(billing_group)
    require_unchanged(group, shown)
    before = (group.name, group.description)
    group.name = before[0] if name is None else name
    group.description = before[1] if description is None else description
    group.save(update_fields=["name", "description", "updated_at"])
    return changed(group, name=(before[0], group.name), description=(before[1], group.description))


@operation("SetBillingGroupLimit")
def set_period_limit(*, actor, billing_group, credits, shown=None):
    """Cap what `billing_group` may consume in each period; None lifts the cap, 0 freezes it.

    Raises UnassignedIsFixed for the system group, BillingGroupIsGone for a deleted one, Stale
    when another limit than the one in `shown` stands there now.
    """
    group = _locked_formal(billing_group)
    require_unchanged(group, shown)
    before, group.period_limit = group.period_limit, credits
    group.save(update_fields=["period_limit", "updated_at"])
    return changed(group, period_limit=(before, credits))


@operation("DeleteBillingGroup")
def delete_billing_group(*, actor, billing_group, expected=None):
    """Delete a formal billing group: its members move to Unassigned, its usage stays under it.

    Returns what moved. `expected`: the number of members that the admin was shown. Raises
    UnassignedIsFixed, BillingGroupIsGone, SelectionChanged.
    """
    organization = billing_group.organization
    group = _locked_formal(billing_group)
    places = group.members.all().held()
    require_number(expected, len(places))
    moved = _move(places, organization.billing_groups.unassigned())
    group.deleted_at = timezone.now()
    group.save(update_fields=["deleted_at", "updated_at"])
    return changed(group, result=moved, name=group.name, members=list(places))


@operation("AssignBillingGroup")
def assign_members(*, actor, billing_group, members, expected=None, chosen_by=None, shown=None):
    """Make `billing_group` (Unassigned too) the current one of `members`, a queryset.

    Usage so far stays where it is. Returns what moved; who is there already is left alone.
    `expected`: the number of members that the admin was shown; `chosen_by`: the filter, for the
    audit; `shown`: the billing group that all of them were shown in. Raises BillingGroupIsGone,
    SelectionChanged, Stale.
    """
    return _assign(billing_group, members, expected, chosen_by, shown)


@operation("AssignBillingGroup")
def unassign_members(*, actor, billing_group, members, expected=None):
    """Return those of `members`, a queryset, who are in `billing_group` to Unassigned.

    Returns what moved. `expected`: how many `members` must be. Raises UnassignedIsFixed,
    BillingGroupIsGone, SelectionChanged.
    """
    group = _locked_formal(billing_group)
    chosen = members.present().filter(organization=group.organization_id)
    places = chosen.held()
    require_number(expected, len(places))
    here = {pk: place for pk, place in places.items() if place == group.pk}
    unassigned = group.organization.billing_groups.unassigned()
    return _assigned(unassigned, _move(here, unassigned), here, {})


@operation("CreateBillingGroup")
def assign_to_new_billing_group(
    *, actor, organization, name, members, expected=None, chosen_by=None
):
    """Make a billing group and assign `members` to it, or do neither; returns what moved."""
    group = _create(actor, organization, name, "")
    return _assign(group, members, expected, chosen_by, name=name)


def _create(actor, organization, name, description):
    return BillingGroup.objects.create(
        organization=organization,
        name=name,
        description=description,
        created_by_id=actor.member_id,
        created_at=Now(),
    )


def _assign(billing_group, members, expected, chosen_by, shown=None, **also_changed):
    target = lock_billing_group(billing_group)
    members = members.present().filter(organization=target.organization_id)
    places = members.held()
    if shown:
        for member in members:
            require_unchanged(member, shown)
    require_number(expected, len(places))
    return _assigned(target, _move(places, target), places, chosen_by, **also_changed)


def _assigned(target, moved, chosen, chosen_by, **also_changed):
    return changed(
        target,
        result=moved,
        members=list(chosen),
        billing_group=target.pk,
        sources={str(group): count for group, count in moved.sources.items()},
        chosen_by=chosen_by or {},
        **also_changed,
    )


def _move(places, target):
    """Move the members of `places`, locked, to `target`; who is there already is left alone."""
    moving = {pk: place for pk, place in places.items() if place != target.pk}
    target.organization.members.among(list(moving)).update(billing_group=target)
    return Moved(target, moving)


def lock_billing_group(billing_group):
    """The living `billing_group`, locked: before its members. Raises BillingGroupIsGone."""
    groups = billing_group.organization.billing_groups.alive().select_for_update(no_key=True)
    try:
        return groups.get(pk=billing_group.pk)
    except BillingGroup.DoesNotExist:
        raise BillingGroupIsGone from None


def _locked_formal(billing_group):
    group = lock_billing_group(billing_group)
    if group.is_unassigned:
        raise UnassignedIsFixed
    return group
