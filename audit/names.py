"""Whom and what entries are about, by the names they bear now: looked up once for a page."""

from collections import defaultdict
from functools import cached_property

from django.db.models import TextField, Value
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import User
from members.text import is_number

from .models import AuditEntry

MOST_NAMED = 10  # of the members that a bulk act names
KINDS = {
    "Organization": gettext_lazy("Organization"),
    "Member": gettext_lazy("Member"),
    "Group": gettext_lazy("Group"),
    "BillingGroup": gettext_lazy("Billing group"),
    "ApiKey": gettext_lazy("API key"),
    "Invitation": gettext_lazy("Invitation"),
}
ACTORS = {"user": "Member", "key": "ApiKey", "support": "User", "invited": "Invitation"}
MENTIONED = {
    "billing_group": "BillingGroup",
    "sources": "BillingGroup",
    "members": "Member",
    "added": "Member",
    "groups": "Group",
    "period": "Period",
}


class Names:
    """What the things are called that `entries` of the organization mention."""

    def __init__(self, organization, entries):
        self.organization = organization
        self.wanted = defaultdict(set)
        for entry in entries:
            for kind, pk in mentioned(entry):
                self.wanted[kind].add(pk)

    def name(self, kind, pk):
        """The name; of what is gone the kind and the id."""
        if kind == "Organization":
            return self.organization.name
        if (kind, pk) in self._known:
            return self._known[kind, pk]
        return _("%(kind)s %(id)s") % {"kind": KINDS.get(kind, kind), "id": pk}

    def actor(self, entry):
        name = entry.actor_id
        if kind := ACTORS.get(entry.actor_kind):
            name = self._known.get((kind, id_of(name)), name)
        if entry.actor_kind == AuditEntry.ActorKind.KEY:
            return _("API key %(name)s") % {"name": name}
        if entry.actor_kind == AuditEntry.ActorKind.SUPPORT:
            return _("Support (%(name)s)") % {"name": name}
        if entry.actor_kind == AuditEntry.ActorKind.INVITED:
            return self.name("Invitation", id_of(entry.actor_id))
        if entry.actor_kind == AuditEntry.ActorKind.COMMAND:
            return _("Command %(name)s") % {"name": name}
        return name

    def target(self, entry):
        """The target's name; of a deleted group the one it was deleted under."""
        return self.name(entry.target_kind, entry.target_id)

    def period(self, pk):
        """The period of that id, or None."""
        return self._periods.get(pk)

    @cached_property
    def _known(self):
        here = self.organization
        tables = {
            "Member": here.members,
            "Group": here.groups,
            "BillingGroup": here.billing_groups,
            "ApiKey": here.api_keys,
        }
        found = [
            _named(kind, records.filter(pk__in=self.wanted[kind]), "pk", "name")
            for kind, records in tables.items()
        ]
        invited = here.invitations.filter(pk__in=self.wanted["Invitation"])
        users = User.objects.filter(pk__in=self.wanted["User"])
        deleted = here.audit_entries.filter(
            event="DeleteGroup",
            outcome=AuditEntry.Outcome.DONE,
            target_kind="Group",
            target_id__in=self.wanted["Group"],
        )
        deleted = deleted.annotate(last_name=KT("changes__name"))
        found += [
            _named("User", users, "pk", "email"),
            _named("Invitation", invited, "pk", "email"),
            _named("Group", deleted, "target_id", "last_name"),
        ]
        first, *others = found
        return {(kind, pk): name for kind, pk, name in first.union(*others, all=True)}

    @cached_property
    def _periods(self):
        return self.organization.periods.in_bulk(self.wanted["Period"])


def _named(kind, records, pk, name):
    records = records.order_by().annotate(kind=Value(kind, TextField()))
    return records.values_list("kind", pk, name)


def mentioned(entry):
    """What an entry names, as (kind, id)."""
    mentions = [
        (ACTORS.get(entry.actor_kind), entry.actor_id),
        (entry.target_kind, entry.target_id),
    ]
    for field, kind in MENTIONED.items():
        mentions += [(kind, pk) for pk in ids_in(entry, field)[:MOST_NAMED]]
    return {(kind, id_of(pk)) for kind, pk in mentions if kind and id_of(pk) is not None}


def ids_in(entry, field):
    """The ids that an entry holds as `field`: one, from and to, a list, or keys of counts."""
    value = entry.changes.get(field)
    if is_count(entry, field) or value is None:
        return []
    return list(value) if isinstance(value, list | dict) else [value]


def is_count(entry, field):
    """Whether `field` is a number of members there, not what they are or were given."""
    if entry.event == "ImportMembers":
        return isinstance(entry.changes.get(field), int)
    return field == "members" and isinstance(entry.changes.get(field), int)


def id_of(value):
    """The id that `value` is; None where it is none, such as a day in place of a period."""
    return int(value) if value is not None and is_number(str(value)) else None
