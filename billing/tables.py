import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.tables import METER, NAME, NUMBER, STATUS, ConsoleTable, by


class BillingGroupsTable(ConsoleTable):
    name = tables.Column(_("Name"), attrs=NAME)
    member_count = tables.Column(
        _("Members"),
        initial_sort_descending=True,
        attrs={"th": {"class": "numeric table__from-768"}},
    )
    used = tables.Column(_("Credits Consumption"), attrs=NUMBER, initial_sort_descending=True)
    limit = tables.Column(_("Period Usage Limit (Credits)"), orderable=False, attrs=METER)
    status = tables.Column(_("Status"), orderable=False, attrs=STATUS)

    class Meta(ConsoleTable.Meta):
        pass

    def __init__(self, data, request, period):
        self.period = period
        super().__init__(data, request)

    def order_used(self, queryset, is_descending):
        queryset = queryset.with_usage_in(self.period)
        return queryset.order_by(by("used", is_descending), "pk"), True

    def order_member_count(self, queryset, is_descending):
        queryset = queryset.with_member_count()
        return queryset.order_by(by("member_count", is_descending), "pk"), True


class PastBillingGroupsTable(BillingGroupsTable):
    """A historical period shows usage, not today's members and limits."""

    class Meta(BillingGroupsTable.Meta):
        exclude = ("member_count", "limit", "status")


class UsageTable(ConsoleTable):
    """Who used how many Credits under one billing group in one period."""

    name = tables.Column(pgettext_lazy("of a person", "Name"), attrs=NAME)
    used = tables.Column(_("Credits Consumption"), attrs=NUMBER, initial_sort_descending=True)

    class Meta(ConsoleTable.Meta):
        order_by = "-used"

    def order_used(self, queryset, is_descending):
        return queryset.order_by(by("used", is_descending), "pk"), True


class RecordsTable(ConsoleTable):
    """What one user used under one billing group in one period, record by record."""

    occurred_at = tables.Column(_("Time"), attrs=NAME, initial_sort_descending=True)
    source = tables.Column(
        _("Source"), orderable=False, attrs={"th": {"class": "table__group table__from-768"}}
    )
    credits = tables.Column(_("Credits"), orderable=False, attrs=NUMBER)

    class Meta(ConsoleTable.Meta):
        order_by = "-occurred_at"

    def order_occurred_at(self, queryset, is_descending):
        return queryset.order_by(by("occurred_at", is_descending), by("pk", is_descending)), True


class GroupMembersTable(ConsoleTable):
    name = tables.Column(pgettext_lazy("of a person", "Name"), attrs=NAME)
    used = tables.Column(_("Usage (Credits)"), orderable=False, attrs=METER)
    status = tables.Column(_("Status"), orderable=False, attrs=STATUS)

    class Meta(ConsoleTable.Meta):
        pass
