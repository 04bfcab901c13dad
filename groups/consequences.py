"""What a write would do to a group, said before it happens: two lists, changes and stays."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.templatetags.console import count


def of_adding(members, group):
    """How many `members`, a queryset, are, and what adding them to `group` would do.

    Who is in it already is left alone.
    """
    is_there = Q(pk__in=group.memberships.values("member"))
    asked = {"number": Count("pk"), "there": Count("pk", filter=is_there)}
    number, there = members.order_by().aggregate(**asked).values()
    if not number:
        return 0, [], []
    joining = number - there
    changes, stays = [], [_("Role, billing group, limit and usage stay as they are.")]
    if joining:
        text = ngettext(
            "%(count)s member joins %(group)s.", "%(count)s members join %(group)s.", joining
        )
        changes.append(text % {"count": count(joining), "group": group.name})
    if there:
        text = ngettext(
            "%(count)s member is in %(group)s already.",
            "%(count)s members are in %(group)s already.",
            there,
        )
        stays.insert(0, text % {"count": count(there), "group": group.name})
    return number, changes, stays


def of_removing(number, group):
    """On taking `number` members out of `group`."""
    leave = ngettext(
        "%(count)s member leaves %(name)s.", "%(count)s members leave %(name)s.", number
    )
    stays = [_("Accounts, billing groups, personal limits and usage.")]
    return [leave % {"count": count(number), "name": group.name}], stays


def of_deleting(group):
    """On deleting `group`, annotated with `member_count`."""
    go = ngettext("%(count)s membership goes.", "%(count)s memberships go.", group.member_count)
    changes = [go % {"count": count(group.member_count)}]
    changes.append(_("The name is free for a new group."))
    return changes, [_("Accounts, billing groups, personal limits and historical usage.")]
