import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.tables import NAME, ConsoleTable, by

MEMBERS = {"th": {"class": "numeric"}}
CREATED = {"th": {"class": "table__group table__from-768"}}


class GroupsTable(ConsoleTable):
    name = tables.Column(_("Name"), attrs=NAME)
    member_count = tables.Column(_("Members"), initial_sort_descending=True, attrs=MEMBERS)
    created_at = tables.Column(_("Created"), initial_sort_descending=True, attrs=CREATED)

    class Meta(ConsoleTable.Meta):
        pass

    def order_member_count(self, queryset, is_descending):
        return queryset.order_by(by("member_count", is_descending), "pk"), True

    def order_created_at(self, queryset, is_descending):
        return queryset.order_by(by("created_at", is_descending), "pk"), True


class GroupMembersTable(ConsoleTable):
    name = tables.Column(pgettext_lazy("of a person", "Name"), attrs=NAME)
    billing_group = tables.Column(
        _("Billing Group"), orderable=False, attrs={"th": {"class": "table__group"}}
    )
    role = tables.Column(
        _("Role"), orderable=False, attrs={"th": {"class": "table__role table__from-768"}}
    )

    class Meta(ConsoleTable.Meta):
        pass
