"""Pages of entries, the newest first, found by an entry beside them: never by counting rows off."""

from dataclasses import dataclass

from django.db.models import Q

from members.text import is_number

from .models import AuditEntry

SIZE = 50
NEWEST_FIRST = ("-at", "-pk")
OLDEST_FIRST = ("at", "pk")


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The entries of a page; `newer` and `older`: those beside which the next pages are found."""

    entries: list
    newer: AuditEntry | None = None
    older: AuditEntry | None = None


def page_of(organization, entries, asked):
    """The page of `entries` that an address asks for: `before` or `after` an entry, or the newest.

    Where fewer than a page are newer, or none older, the newest are shown.
    """
    older = _beside(organization, asked.get("before"), entries, _older, NEWEST_FIRST)
    if older:
        return _page(older, newer=True)
    newer = _beside(organization, asked.get("after"), entries, _newer, OLDEST_FIRST)
    if len(newer) > SIZE:
        page = newer[SIZE - 1 :: -1]
        return EntryPage(page, newer=page[0], older=page[-1])
    return _page(list(entries.order_by(*NEWEST_FIRST)[: SIZE + 1]), newer=False)


def _page(rows, newer):
    page = rows[:SIZE]
    return EntryPage(
        page, newer=page[0] if newer else None, older=page[-1] if len(rows) > SIZE else None
    )


def _beside(organization, pk, entries, condition, order):
    """The entries next to the one that an address names, and one more; [] where there is none."""
    if not pk or not is_number(pk):
        return []
    entry = organization.audit_entries.filter(pk=pk).first()
    return list(entries.filter(condition(entry)).order_by(*order)[: SIZE + 1]) if entry else []


def _older(entry):
    same = Q(at=entry.at, pk__lt=entry.pk)
    return Q(at__lte=entry.at) & (Q(at__lt=entry.at) | same)  # the first is read from the index


def _newer(entry):
    same = Q(at=entry.at, pk__gt=entry.pk)
    return Q(at__gte=entry.at) & (Q(at__gt=entry.at) | same)
