"""What a write would do, said before it happens."""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.templatetags.console import count, credits

from . import limits
from .models import BillingGroup, UsageTotal


def used_where_they_are(members, period):
    """Credits that `members` have used in `period` under their current billing groups."""
    totals = UsageTotal.objects.filter(
        period=period, member__in=members, billing_group=F("member__billing_group")
    )
    return totals.aggregate(credits=Sum("credits"))["credits"] or Decimal(0)


def of_assigning(members, target, period):
    """Sentences on moving `members` (a queryset) to `target`; None while no target is chosen."""
    number = members.count()
    if not number:
        return []
    if target is None:
        chosen = ngettext("%(count)s member chosen.", "%(count)s members chosen.", number)
        return [chosen % {"count": count(number)}]
    moves = ngettext(
        "%(count)s member moves to %(group)s.", "%(count)s members move to %(group)s.", number
    )
    stays = _("%(credits)s Credits used so far stay where they were used.")
    sentences = [
        moves % {"count": count(number), "group": target.name},
        stays % {"credits": credits(used_where_they_are(members, period))},
    ]
    return sentences + _blocked_at_once(target)


def of_removing(members, group, period):
    """What returning `members` of `group` to Unassigned changes and what stays."""
    number = members.count()
    moves = ngettext(
        "%(count)s member returns to Unassigned.",
        "%(count)s members return to Unassigned.",
        number,
    )
    stays = _("%(credits)s Credits used this period stay under %(group)s, in pages and exports.")
    used = credits(used_where_they_are(members, period))
    return [moves % {"count": count(number)}], [stays % {"credits": used, "group": group.name}]


def of_deleting(group):
    """What deleting `group` changes and what it leaves alone, as two lists of sentences."""
    number = group.member_count
    moves = ngettext(
        "%(count)s member moves to Unassigned.", "%(count)s members move to Unassigned.", number
    )
    stays = _("%(credits)s Credits used this period stay under %(group)s, in pages and exports.")
    return (
        [moves % {"count": count(number)}, _("The name is free for a new billing group.")],
        [
            stays % {"credits": credits(group.used), "group": group.name},
            _("Accounts, groups and personal usage limits."),
        ],
    )


def _blocked_at_once(target):
    standing = limits.standing(target)
    if standing == BillingGroup.Standing.FROZEN:
        return [_("%(group)s is frozen: they will be blocked at once.") % {"group": target.name}]
    if standing == BillingGroup.Standing.BLOCKED:
        sentence = _("%(group)s is at its limit: they will be blocked at once.")
        return [sentence % {"group": target.name}]
    return []
