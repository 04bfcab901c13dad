"""What admins do with groups. A group gathers members; nothing else about them changes."""

from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused, changed, operation, require_number, require_unchanged

from .models import Group, GroupMembership


class GroupIsGone(Refused):
    code = "group_is_gone"
    message = _("This group was deleted meanwhile.")


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many members were added to a group or removed from it."""

    group: Group
    count: int


@operation("CreateGroup")
def create_group(*, actor, organization, name, description=""):
    """Make a group; returns it. Raises RuleBroken for a name that is taken."""
    group = Group.objects.create(
        organization=organization,
        name=name,
        description=description,
        created_by_id=actor.member_id,
        created_at=Now(),
    )
    return changed(group, name=name, description=description)


@operation("EditGroup")
def edit_group(*, actor, group, name=None, description=None, shown=None):
    """Rename or describe a group; what is not given stays. Returns it.

    `shown`: the values that the admin saw; raises Stale when others stand there now,
    GroupIsGone, or RuleBroken for a name that is taken.
    """
    group = _locked(group)
    require_unchanged(group, shown)
    before = (group.name, group.description)
    group.name = before[0] if name is None else name
    group.description = before[1] if description is None else description
    group.save(update_fields=["name", "description", "updated_at"])
    return changed(group, name=(before[0], group.name), description=(before[1], group.description))


@operation("DeleteGroup")
def delete_group(*, actor, group, expected=None):
    """Delete a group and its memberships, nothing else.

    `expected`: the number of members that the admin was shown. Raises GroupIsGone,
    SelectionChanged.
    """
    group = _locked(group)
    name, members = group.name, group.memberships.count()
    require_number(expected, members)
    done = changed(group, result=Gathered(group, members), name=name, members=members)
    Group.objects.filter(pk=group.pk).delete()
    return done


@operation("AddGroupMember")
def add_group_members(*, actor, group, members, expected=None, chosen_by=None):
    """Add `members`, a queryset, to `group`; who is in it already is left alone.

    Returns how many were added. `expected`: the number of members that the admin was shown.
    Raises GroupIsGone, SelectionChanged.
    """
    group = _locked(group)
    ids = list(members.present().filter(organization=group.organization_id).held())
    require_number(expected, len(ids))
    there = set(group.memberships.filter(member__in=ids).values_list("member_id", flat=True))
    added = [pk for pk in ids if pk not in there]
    GroupMembership.objects.bulk_create(
        GroupMembership(organization_id=group.organization_id, group=group, member_id=pk)
        for pk in added
    )
    return changed(
        group, result=Gathered(group, len(added)), members=added, chosen_by=chosen_by or {}
    )


@operation("RemoveGroupMember")
def remove_group_members(*, actor, group, members, expected=None, chosen_by=None):
    """Take `members`, a queryset, out of `group`; returns how many were in it.

    `expected`: the number of members that the admin was shown. Raises GroupIsGone,
    SelectionChanged.
    """
    group = _locked(group)
    chosen = list(members.held())
    require_number(expected, len(chosen))
    memberships = group.memberships.filter(member__in=chosen)
    ids = list(memberships.order_by("member").values_list("member_id", flat=True))
    memberships.delete()
    result = Gathered(group, len(ids))
    return changed(group, result=result, members=ids, chosen_by=chosen_by or {})


def _locked(group):
    groups = Group.objects.filter(organization=group.organization_id)
    try:
        return groups.select_for_update(no_key=True).get(pk=group.pk)
    except Group.DoesNotExist:
        raise GroupIsGone from None
