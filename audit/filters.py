"""Which entries are shown: the filters of the page, of the export and of the API."""

from datetime import date, timedelta

import django_filters as filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from billing.periods import first_instant
from members.models import Member
from members.text import is_number, tidy

from .models import AuditEntry, about, among
from .sentences import EVENTS

KINDS = {
    "organization": "Organization",
    "member": "Member",
    "group": "Group",
    "billing-group": "BillingGroup",
    "api-key": "ApiKey",
    "invitation": "Invitation",
}
FEW = 20  # records of a kind whose entries are looked for, each along an index
ONE_DAY = timedelta(days=1)
DAYS = {
    "input_formats": ["%Y-%m-%d"],
    "validators": [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
}


def by_actor(entries, actor):
    """Entries of `user-42`, of `key-3`, or of all of a kind, such as `support`."""
    kind, _dash, pk = actor.partition("-")
    if kind not in AuditEntry.ActorKind.values:
        return entries.none()
    entries = entries.filter(actor_kind=kind)
    return entries.filter(actor_id=pk) if pk else entries


def _first_ids(records):
    """Of each kind the ids of the first records, one more than a few: looked up at once."""
    first, *others = (
        found.order_by().annotate(kind=Value(kind)).values_list("kind", "pk")[: FEW + 1]
        for kind, found in records.items()
    )
    ids = {kind: [] for kind in records}
    for kind, pk in first.union(*others, all=True):
        ids[kind].append(pk)
    return ids


def target_key(entry):
    """What the filter takes for all about the target of `entry`; "" where it has none."""
    kind = next((key for key, kind in KINDS.items() if kind == entry.target_kind), "")
    return kind and f"{kind}-{entry.target_id}"


def actor_choices(organization, chosen):
    """Who acts, as (what they are, [(value, name)]); `chosen` is among them, admin or not."""
    _user, _dash, pk = chosen.partition("-")
    is_offered = Q(role=Member.Role.ADMIN)
    if is_number(pk):
        is_offered |= Q(pk=pk)
    admins = organization.members.filter(is_offered).order_by(Lower("name"), "pk")
    keys = organization.api_keys.order_by(Lower("name"), "pk")
    choices = [
        (_("Admins"), [(member.user_key, member.name) for member in admins]),
        (_("API keys"), [(f"key-{key.pk}", key.name) for key in keys]),
        (_("Others"), AuditEntry.ActorKind.choices[2:]),
    ]
    return [(name, actors) for name, actors in choices if actors]


class AuditFilter(filters.FilterSet):
    """Which entries a page shows, and the export gives.

    `is_broad`: so many members have the name looked for that what was done with many at once is
    left out.
    """

    q = filters.CharFilter(method="about_target")
    actor = filters.CharFilter(method="of_actor")
    event = filters.ChoiceFilter(choices=[(name, event.label) for name, event in EVENTS.items()])
    outcome = filters.ChoiceFilter(choices=AuditEntry.Outcome.choices)
    since = filters.DateFilter(method="from_day", **DAYS)
    until = filters.DateFilter(method="to_day", **DAYS)

    class Meta:
        model = AuditEntry
        fields = []

    def __init__(self, data, *, organization):
        self.organization = organization
        self.is_broad = False
        super().__init__(data, queryset=organization.audit_entries.all())

    def filter_queryset(self, queryset):
        if self.form.errors:  # what cannot be matches nothing
            return queryset.none()
        return super().filter_queryset(queryset)

    def of_actor(self, entries, name, actor):
        return by_actor(entries, actor)

    def about_target(self, entries, name, text):
        """`text`: a kind and an id, as links have it, or part of a name."""
        kind, _dash, pk = text.rpartition("-")
        if kind in KINDS and is_number(pk):
            return entries.filter(about(KINDS[kind], int(pk)))
        return entries.filter(self._named(tidy(text)))

    def _named(self, text):
        here = self.organization
        records = {
            "Member": here.members.matching(text),
            "Group": here.groups.filter(name__icontains=text),
            "BillingGroup": here.billing_groups.filter(name__icontains=text),
            "ApiKey": here.api_keys.filter(name__icontains=text),
        }
        found = _first_ids(records)
        self.is_broad = len(found["Member"]) > FEW
        condition = Q() if self.is_broad else among(found["Member"])
        for kind, ids in found.items():
            if len(ids) > FEW:
                ids = records[kind].order_by().values("pk")
            condition |= Q(target_kind=kind, target_id__in=ids)
        return condition

    def from_day(self, entries, name, day):
        return entries.filter(at__gte=first_instant(day, self.organization.zone))

    def to_day(self, entries, name, day):
        return entries.filter(at__lt=first_instant(day + ONE_DAY, self.organization.zone))

    @property
    def given(self):
        """The filters that are set, as (name, value), for the audit."""
        return [(name, self.data[name]) for name in self.filters if self.data.get(name)]
