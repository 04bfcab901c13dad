"""What a change of settings or of one member would do, said before it happens.

Each gives two lists of sentences, changes and stays.
"""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing import limits

from .models import Member
from .reasons import reasons_in_words
from .templatetags.console import count, credits, period_label


def of_settings(before, after, now):
    """What turns the Outlook `before` into `after`: two lists of sentences, changes and stays."""
    calendar, late = _of_calendar(before, after), _of_late_window(before, after, now)
    stays = []
    if calendar:
        stays.append(_("Periods that have ended, usage, and limits, also in a longer period."))
    if late:
        stays.append(_("Periods that are final."))
    return calendar + late, stays


def of_disabling(member, now):
    changes = [_("They can neither use Credits nor open the organization.")]
    if member.is_admin:
        changes += _keys_rest(member, now)
    return changes, [_("Groups, billing group, personal limit and all usage.")]


def of_enabling(member, period, now):
    """On enabling `member`: whatever else blocks them is named."""
    one = Member.objects.filter(pk=member.pk).select_related("billing_group")
    then = limits.with_standing(one, period, status=Member.Status.ENABLED).get()
    changes = [_("They can open the organization again, and use Credits within their limits.")]
    if then.reasons:
        changes = [_("They can open the organization again."), *reasons_in_words(then, period)]
    if member.role == Member.Role.ADMIN:
        changes += _keys_return(member, now)
    return changes, [_("Groups, billing group, personal limit and all usage.")]


def of_role(member, role, now):
    if role == member.role:
        return [], [_("The role stays as it is.")]
    stays = [_("Seat, groups, billing group, personal limit and all usage.")]
    if role == Member.Role.ADMIN:
        changes = [_("They can open this console and change everything in it.")]
        return changes + (_keys_return(member, now) if _is_enabled(member) else []), stays
    changes = [_("They can no longer open this console, and see only their own usage.")]
    return changes + (_keys_rest(member, now) if _is_enabled(member) else []), stays


def of_removing(member):
    """On removing `member`, annotated with `used`."""
    changes = [_("They return to Unassigned and cannot open the organization.")]
    if groups := member.memberships.count():
        text = ngettext("They leave %(count)s group.", "They leave %(count)s groups.", groups)
        changes.append(text % {"count": count(groups)})
    if keys := member.api_keys.filter(revoked_at=None).count():
        text = ngettext(
            "%(count)s API key that they made is revoked.",
            "%(count)s API keys that they made are revoked.",
            keys,
        )
        changes.append(text % {"count": count(keys)})
    used = _("%(credits)s Credits used this period stay in records, pages and exports.")
    return [*changes, _("Their seat is free.")], [used % {"credits": credits(member.used)}]


def of_erasing(member):
    """On erasing `member`, disabled or removed."""
    changes = [
        _("Name and email are erased for good, here and wherever usage is shown."),
        _("They can never sign in as this member again; added anew, they begin anew."),
    ]
    if member.status == Member.Status.DISABLED:
        changes += of_removing(member)[0]
    return changes, [_("Credits, usage records, totals and exports, without the name.")]


def of_gone(number):
    """On those chosen who cannot be any more: another admin removed or moved them, say."""
    text = ngettext(
        "%(count)s of the members chosen is gone meanwhile and left out.",
        "%(count)s of the members chosen are gone meanwhile and left out.",
        number,
    )
    return [text % {"count": count(number)}] if number else []


def of_inviting(number, billing_group):
    """On inviting `number` people into `billing_group`."""
    invited = ngettext(
        "%(count)s person is invited by email and starts in %(group)s.",
        "%(count)s people are invited by email and start in %(group)s.",
        number,
    )
    words = {"count": count(number), "group": billing_group.name}
    return [invited % words, _("Their links are open for 7 days.")], [
        _("Until they accept they are no members: no seat, no Credits, no access.")
    ]


def of_resending(number):
    new = ngettext(
        "A new email with a new link is sent. It is open for 7 days from now.",
        "%(count)s new emails with new links are sent. They are open for 7 days from now.",
        number,
    )
    changes = [new % {"count": count(number)}, _("The links that were sent before open nothing.")]
    return changes, [_("Role, billing group, groups and personal limit of the invitation.")]


def of_revoking(number):
    ends = ngettext(
        "The link that was sent opens nothing from now on.",
        "The %(count)s links that were sent open nothing from now on.",
        number,
    )
    changes = [ends % {"count": count(number)}, _("The email can be invited again.")]
    return changes, [_("Members, seats and Credits.")]


def late_usage(period, now):
    """Until when an ended period takes late usage, or that it is final at once."""
    if period.final_at <= now:
        return _("%(period)s is final at once.") % {"period": period_label(period)}
    sentence = _("%(period)s is open for late usage until %(time)s.")
    return sentence % {"period": period_label(period), "time": _moment(period)}


def _is_enabled(member):
    return member.status == Member.Status.ENABLED


def _keys_rest(member, now):
    keys = member.api_keys.lasting(now).count()
    text = ngettext(
        "%(count)s API key that they made stops working.",
        "%(count)s API keys that they made stop working.",
        keys,
    )
    return [text % {"count": count(keys)}] if keys else []


def _keys_return(member, now):
    keys = member.api_keys.lasting(now).count()
    text = ngettext(
        "%(count)s API key that they made works again.",
        "%(count)s API keys that they made work again.",
        keys,
    )
    return [text % {"count": count(keys)}] if keys else []


def _of_calendar(before, after):
    zones = [each.current.organization.time_zone for each in (before, after)]
    ends = [each.current.ends_at for each in (before, after)]
    days = [each.current.last_day for each in (before, after)]
    if days[0] != days[1]:
        sentence = _("The current period runs on to %(after)s instead of %(before)s.")
        return [sentence % {"before": _day(days[0]), "after": _day(days[1])}]
    if ends[0] != ends[1]:
        sentence = _("The current period still ends on %(day)s, now by the clock of %(zone)s.")
        return [sentence % {"day": _day(days[0]), "zone": zones[1].replace("_", " ")}]
    starts = [each.following[0].ends_at for each in (before, after)]
    if starts[0] != starts[1] or zones[0] != zones[1]:
        return [_("The current period ends on %(day)s, as before.") % {"day": _day(days[0])}]
    return []


def _of_late_window(before, after, now):
    pairs = zip(before.ended, after.ended, strict=True)
    return [late_usage(new, now) for old, new in pairs if old.final_at != new.final_at]


def _day(day):
    return date_format(day, pgettext("day and month", "M j"))


def _moment(period):
    at = period.final_at.astimezone(period.organization.zone)
    return date_format(at, pgettext("day and time", "M j, H:i"))
