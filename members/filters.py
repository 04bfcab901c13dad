import django_filters as filters
from django.db.models import Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from billing.limits import are_judged, are_many, as_judged, closed_groups, who_is
from groups.models import GroupMembership

from .arrays import any_of
from .models import Member
from .tables import search_words
from .text import is_number, tidy

ACTIVE, BLOCKED, NOT_SET, DISABLED, REMOVED = "active", "blocked", "not_set", "disabled", "removed"


class MemberFilter(filters.FilterSet):
    """Which members a list shows. Removed ones only when asked for."""

    STATUSES = [
        (ACTIVE, _("Active")),
        (BLOCKED, _("Blocked")),
        (NOT_SET, _("No limit set")),
        (DISABLED, _("Disabled")),
        (REMOVED, _("Removed")),
    ]
    billing_group = filters.CharFilter(method="in_billing_group")
    billing_group_name = filters.CharFilter(method="in_billing_groups_named")
    group = filters.CharFilter(method="in_group")
    group_name = filters.CharFilter(method="in_groups_named")
    role = filters.ChoiceFilter(choices=Member.Role.choices)
    status = filters.ChoiceFilter(choices=STATUSES, method="of_status")

    class Meta:
        model = Member
        fields = []

    def __init__(self, data, *, organization, period):
        self.organization, self.period = organization, period
        super().__init__(data, queryset=organization.members.all())

    @cached_property
    def all(self):
        """The same members as `qs`: quicker where all are wanted, and not a page of them.

        For who only looks: who is blocked is found by the billing groups that are closed now.
        """
        found = self.qs
        if not are_judged(found):
            return found
        return self._judged(are_many(self.by_others), [*closed_groups(self.period)])

    @property
    def is_of_removed(self):
        """Whether it is about those who were removed, with whom nothing can be done."""
        return self.data.get("status") == REMOVED

    def filter_queryset(self, queryset):
        if self.form.errors:  # what cannot be matches nobody, least of all everybody
            return queryset.none()
        if self.form.cleaned_data.get("status") in ("", NOT_SET):  # else the status says it
            queryset = queryset.present()
        return super().filter_queryset(queryset.matching(search_words(self.data)))

    def in_billing_group(self, queryset, name, key):
        groups = self.organization.billing_groups.alive().named_in_url(key)
        return queryset.filter(billing_group=Subquery(groups.values("pk")))  # one, or none

    def in_billing_groups_named(self, queryset, name, text):
        named = _named(self.organization.billing_groups.alive(), text)
        return queryset.filter(any_of("billing_group", named))

    def in_group(self, queryset, name, key):
        return queryset.in_group(key) if is_number(key) else queryset.none()

    def in_groups_named(self, queryset, name, text):
        named = any_of("group", _named(self.organization.groups, text))
        return queryset.filter(pk__in=GroupMembership.objects.filter(named).values("member"))

    def of_status(self, queryset, name, status):
        if status == REMOVED:
            return queryset.filter(status=Member.Status.DELETED)
        if status == DISABLED:
            return queryset.disabled()
        if status == NOT_SET:
            return queryset.filter(personal_limit=None, is_unlimited=False)
        self.by_others = queryset  # whom all other filters found
        return self._judged()

    def _judged(self, many=False, closed=None):
        judged = as_judged(self.by_others.enabled(), self.period, many, closed, all_enabled=True)
        return who_is(judged, blocked=self.data["status"] == BLOCKED)

    @property
    def given(self):
        """The filters that are set, as (name, value), for forms and the audit."""
        names = ["q", *self.filters]
        return [(name, self.data[name]) for name in names if self.data.get(name)]


def _named(groups, text):
    """The ids of those whose name contains `text`: whoever they are, with ids the plan is right."""
    return list(groups.filter(name__icontains=tidy(text)).values_list("pk", flat=True))
