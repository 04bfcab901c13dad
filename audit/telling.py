"""Sentences that depend on what was done: each is told as its text and the words in it."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.models import UNASSIGNED
from members.models import Member
from members.templatetags.console import count, credits

from .names import ids_in

UNCHANGED = _("%(actor)s saved %(target)s as it was.")


def limit_words(amount, otherwise):
    """A stored amount for reading; `otherwise`: what its absence means."""
    return str(otherwise) if amount is None else credits(Decimal(amount))


def personal_limit_words(amount, is_unlimited):
    return str(_("unlimited")) if is_unlimited else limit_words(amount, _("not set"))


def role_words(role):
    return str(Member.Role(role).label) if role in Member.Role.values else str(role or "–")


def period_limit_set(entry, names):
    if "period_limit" not in entry.changes:
        return UNCHANGED, {}
    before, after = (limit_words(each, _("no limit")) for each in entry.changes["period_limit"])
    text = gettext(
        "%(actor)s set the Period Usage Limit of %(target)s from %(before)s to %(after)s."
    )
    return text, {"before": before, "after": after}


def personal_limit_set(entry, names):
    changes = entry.changes
    if entry.target_kind == "Organization":
        return _personal_limits_set(changes)
    if not changes:
        return UNCHANGED, {}
    amounts = changes.get("personal_limit", (None, None))
    unlimited = changes.get("is_unlimited", (False, False))
    before, after = map(personal_limit_words, amounts, unlimited)
    text = gettext("%(actor)s set the personal limit of %(target)s from %(before)s to %(after)s.")
    return text, {"before": before, "after": after}


def _personal_limits_set(changes):
    number = len(changes["members"])
    text = ngettext(
        "%(actor)s set the personal limit of %(count)s member to %(after)s.",
        "%(actor)s set the personal limit of %(count)s members to %(after)s.",
        number,
    )
    after = personal_limit_words(changes["personal_limit"], changes["is_unlimited"])
    return text, {"count": count(number), "after": after}


def role_changed(entry, names):
    if "role" not in entry.changes:
        return UNCHANGED, {}
    before, after = map(role_words, entry.changes["role"])
    text = gettext("%(actor)s changed the role of %(target)s from %(before)s to %(after)s.")
    return text, {"before": before, "after": after}


def member_edited(entry, names):
    return gettext("%(actor)s edited %(target)s.") if entry.changes else UNCHANGED, {}


def member_updated(entry, names):
    return gettext("%(actor)s updated %(target)s.") if entry.changes else UNCHANGED, {}


def group_edited(entry, names):
    return _edited(entry, gettext("%(actor)s edited the group %(target)s."))


def billing_group_edited(entry, names):
    return _edited(entry, gettext("%(actor)s edited the billing group %(target)s."))


def _edited(entry, otherwise):
    if not entry.changes:
        return UNCHANGED, {}
    if "name" not in entry.changes:
        return otherwise, {}
    before, after = entry.changes["name"]
    return gettext("%(actor)s renamed %(before)s to %(after)s."), {"before": before, "after": after}


def group_deleted(entry, names):
    number = entry.changes["members"]
    text = ngettext(
        "%(actor)s deleted the group %(target)s with %(count)s membership.",
        "%(actor)s deleted the group %(target)s with %(count)s memberships.",
        number,
    )
    return text, {"count": count(number)}


def billing_group_deleted(entry, names):
    number = len(entry.changes["members"])
    text = ngettext(
        "%(actor)s deleted the billing group %(target)s; %(count)s member moved to %(unassigned)s.",
        "%(actor)s deleted the billing group %(target)s; %(count)s members moved to"
        " %(unassigned)s.",
        number,
    )
    return text, {"count": count(number), "unassigned": UNASSIGNED}


def billing_group_created(entry, names):
    if "members" not in entry.changes:
        return gettext("%(actor)s created the billing group %(target)s."), {}
    number = _moved(entry)
    text = ngettext(
        "%(actor)s created the billing group %(target)s and assigned %(count)s member to it.",
        "%(actor)s created the billing group %(target)s and assigned %(count)s members to it.",
        number,
    )
    return text, {"count": count(number)}


def assigned(entry, names):
    number, members = _moved(entry), ids_in(entry, "members")
    if number == len(members) == 1:
        text = gettext("%(actor)s assigned %(member)s to %(target)s.")
        return text, {"member": names.name("Member", members[0])}
    text = ngettext(
        "%(actor)s assigned %(count)s member to %(target)s.",
        "%(actor)s assigned %(count)s members to %(target)s.",
        number,
    )
    return text, {"count": count(number)}


def _moved(entry):
    """How many came from another billing group; the others were there already."""
    return sum(entry.changes["sources"].values())


def added_to_group(entry, names):
    if len(members := ids_in(entry, "members")) == 1:
        text = gettext("%(actor)s added %(member)s to the group %(target)s.")
        return text, {"member": names.name("Member", members[0])}
    text = ngettext(
        "%(actor)s added %(count)s member to the group %(target)s.",
        "%(actor)s added %(count)s members to the group %(target)s.",
        len(members),
    )
    return text, {"count": count(len(members))}


def removed_from_group(entry, names):
    if len(members := ids_in(entry, "members")) == 1:
        text = gettext("%(actor)s removed %(member)s from the group %(target)s.")
        return text, {"member": names.name("Member", members[0])}
    text = ngettext(
        "%(actor)s removed %(count)s member from the group %(target)s.",
        "%(actor)s removed %(count)s members from the group %(target)s.",
        len(members),
    )
    return text, {"count": count(len(members))}


def usage_adjusted(entry, names):
    before, after = (credits(Decimal(each)) for each in entry.changes["credits"])
    text = gettext(
        "%(actor)s adjusted the usage of %(target)s under %(billing_group)s"
        " from %(before)s to %(after)s Credits."
    )
    group = names.name("BillingGroup", entry.changes["billing_group"])
    return text, {"billing_group": group, "before": before, "after": after}


def billing_groups_exported(entry, names):
    day = {"day": date_format(date.fromisoformat(entry.changes["period"]))}
    if entry.target_kind == "BillingGroup":
        return gettext("%(actor)s exported %(target)s, period from %(day)s."), day
    return gettext("%(actor)s exported all billing groups, period from %(day)s."), day


def members_exported(entry, names):
    text = ngettext(
        "%(actor)s exported %(count)s member.",
        "%(actor)s exported %(count)s members.",
        entry.changes["rows"],
    )
    return text, {"count": count(entry.changes["rows"])}


def audit_log_exported(entry, names):
    text = ngettext(
        "%(actor)s exported %(count)s entry of the audit log.",
        "%(actor)s exported %(count)s entries of the audit log.",
        entry.changes["rows"],
    )
    return text, {"count": count(entry.changes["rows"])}


def members_uploaded(entry, names):
    text = ngettext(
        "%(actor)s sent a file of %(count)s line for an import.",
        "%(actor)s sent a file of %(count)s lines for an import.",
        entry.changes["lines"],
    )
    return text, {"count": count(entry.changes["lines"])}


def members_imported(entry, names):
    numbers = {
        "added": count(len(entry.changes["added"])),
        "changed": count(len(entry.changes["members"]) - len(entry.changes["added"])),
    }
    return gettext("%(actor)s imported members: %(added)s added, %(changed)s changed."), numbers


def people_invited(entry, names):
    number = len(entry.changes["invitations"])
    text = ngettext(
        "%(actor)s invited %(count)s person.", "%(actor)s invited %(count)s people.", number
    )
    return text, {"count": count(number)}


def invitations_resent(entry, names):
    number = len(entry.changes["invitations"])
    text = ngettext(
        "%(actor)s sent %(count)s invitation again.",
        "%(actor)s sent %(count)s invitations again.",
        number,
    )
    return text, {"count": count(number)}


def invitations_revoked(entry, names):
    number = len(entry.changes["invitations"])
    text = ngettext(
        "%(actor)s revoked %(count)s invitation.",
        "%(actor)s revoked %(count)s invitations.",
        number,
    )
    return text, {"count": count(number)}


def invitation_accepted(entry, names):
    text = gettext("%(actor)s accepted the invitation and is the member %(member)s now.")
    return text, {"member": names.name("Member", *entry.changes["members"])}
