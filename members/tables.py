import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Window
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.limits import are_judged, with_usage_of_many

from .text import is_number, tidy

PAGE_SIZE = 50
PAGE_SIZES = (25, PAGE_SIZE, 100)
MOST_PAGES = 1_000_000  # that are looked for before they are counted
NAME = {"th": {"class": "table__name"}}
NUMBER = {"th": {"class": "numeric"}}
METER = {"th": {"class": "table__meter"}}
TEXT = {"th": {"class": "table__text"}}
STATUS = {"th": {"class": "table__status"}}


class BothEndsPaginator(Paginator):
    """Counts rows off from the nearer end: the last page is found as quickly as the first.

    A whole page is asked for, also where few are found: for two rows the planner walks along them
    all in their order, rather than find them by what is looked for.
    `counted`: how many there are, or the same rows as they are counted more quickly.
    """

    def __init__(self, rows, size, counted=None):
        super().__init__(rows, size)
        self.counted = rows if counted is None else counted

    @cached_property
    def count(self):
        return self.counted if isinstance(self.counted, int) else self.counted.count()

    def page(self, number):
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        end = min(first + self.per_page, self.count)
        if first <= self.count - end:
            end = first + self.per_page if self.count else first
            return self._get_page(self.object_list[first:end], number, self)
        rows = self.object_list.reverse()[self.count - end : self.count - first]
        return self._get_page(list(rows)[::-1], number, self)


class AlongPaginator(BothEndsPaginator):
    """Counts all along with the page: where none is known before all were looked at."""

    def get_page(self, number):
        if not is_number(number) or not 0 < int(number) < MOST_PAGES:
            return super().get_page(number)
        first = (int(number) - 1) * self.per_page
        rows = self.object_list.annotate(counted=Window(Count("pk"))).values_list("pk", "counted")
        found = list(rows[first : first + self.per_page])
        if not found:  # beyond the last page, or nothing at all
            return super().get_page(number)
        self.count = found[0][1]
        return self._get_page([pk for pk, counted in found], int(number), self)


def search_words(data):
    """What is looked for, as the database can be asked for it."""
    return tidy(data.get("q", "").replace("\0", ""))


def page_of(table, request, rows_of=None, counted=None, **also):
    """The page that the address asks for: its ids first, then `rows_of` a queryset of those alone.

    Without `rows_of` its rows at once: where they need no more columns.
    `counted`: how many there are, or the same rows as they are counted more quickly.
    `also`: a condition for rows that stand beside the page, such as the system billing group;
    the page has them as `beside`.
    """
    rows = table.data.data
    shown = rows.values_list("pk", flat=True) if rows_of else rows
    counted = table.unsorted if counted is None else counted
    paginator = AlongPaginator if rows_of and table.looks_at_all else BothEndsPaginator
    pages = paginator(shown, _size(request), counted=counted)
    page = pages.get_page(request.GET.get("page", "1"))
    page.sizes = [(size, None if size == PAGE_SIZE else size) for size in PAGE_SIZES]
    if rows_of:
        ids = list(page.object_list)
        wanted = Q(pk__in=ids) | Q(**also) if also else Q(pk__in=ids)
        here = request.member.organization
        found = rows_of(rows.model.objects.filter(wanted, organization=here))
        found = {row.pk: row for row in found}
        page.object_list = [found.pop(pk) for pk in ids if pk in found]
        page.beside = list(found.values())
    return page


def _size(request):
    size = request.GET.get("size", "")
    return int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZE


def by(name, is_descending):
    return F(name).desc() if is_descending else F(name).asc()


class ConsoleTable(tables.Table):
    """Declares columns and sorting; templates render the rows.

    `looks_at_all`: whether it takes as long to find the first rows as to count all.
    """

    looks_at_all = False

    class Meta:
        order_by_field = "sort"
        order_by = "name"

    def __init__(self, data, request):
        self.unsorted = data
        super().__init__(data=data, order_by=self._wanted(request.GET.get("sort", "")))

    def _wanted(self, sort):
        """The sorting asked for, if there is such a column."""
        column = self.base_columns.get(sort.removeprefix("-"))
        return sort if column is not None and column.orderable is not False else self._meta.order_by

    def order_name(self, queryset, is_descending):
        name = Lower("name")
        return queryset.order_by(name.desc() if is_descending else name, "pk"), True


class MembersTable(ConsoleTable):
    name = tables.Column(pgettext_lazy("of a person", "Name"), attrs=NAME)
    role = tables.Column(
        _("Role"), orderable=False, attrs={"th": {"class": "table__role table__from-768"}}
    )
    billing_group = tables.Column(_("Billing Group"), attrs={"th": {"class": "table__group"}})
    groups = tables.Column(
        _("Groups"), orderable=False, attrs={"th": {"class": "table__group table__from-960"}}
    )
    used = tables.Column(_("Usage (Credits)"), initial_sort_descending=True, attrs=METER)
    status = tables.Column(_("Status"), orderable=False, attrs=STATUS)

    class Meta(ConsoleTable.Meta):
        pass

    def __init__(self, chosen, request, of_all=False):
        """`chosen`: the MemberFilter of the list; `of_all`: whether more is wanted than a page."""
        self.chosen = chosen
        super().__init__(chosen.all if of_all else chosen.qs, request)

    def order_billing_group(self, queryset, is_descending):
        name = Lower("billing_group__name")
        first = "billing_group__is_unassigned"
        name = name.desc() if is_descending else name
        queryset = queryset.with_billing_group()
        return queryset.order_by(f"-{first}", name, Lower("name"), "pk"), True

    def order_used(self, queryset, is_descending):
        members = self.chosen.all
        self.looks_at_all = are_judged(members)
        if not self.looks_at_all:
            members = with_usage_of_many(members, self.chosen.period)
        return members.order_by(by("used", is_descending), "pk"), True


class InvitationsTable(ConsoleTable):
    email = tables.Column(_("Email"), attrs=NAME)
    role = tables.Column(
        _("Role"), orderable=False, attrs={"th": {"class": "table__role table__from-768"}}
    )
    billing_group = tables.Column(
        _("Billing Group"), orderable=False, attrs={"th": {"class": "table__group"}}
    )
    invited_by = tables.Column(
        _("Invited by"), orderable=False, attrs={"th": {"class": "table__group table__from-960"}}
    )
    expires_at = tables.Column(_("Expires"), attrs={"th": {"class": "table__from-768"}})
    status = tables.Column(_("Status"), orderable=False, attrs=STATUS)

    class Meta(ConsoleTable.Meta):
        order_by = ()

    def order_email(self, queryset, is_descending):
        email = Lower("email")
        return queryset.order_by(email.desc() if is_descending else email, "pk"), True


class VerdictsTable(ConsoleTable):
    number = tables.Column(_("Line"), orderable=False, attrs=NUMBER)
    email = tables.Column(_("Email"), orderable=False, attrs=NAME)
    verdict = tables.Column(_("Verdict"), orderable=False)
    what = tables.Column(_("Changes or errors"), orderable=False, attrs=TEXT)

    class Meta(ConsoleTable.Meta):
        order_by = ()
