"""Billing for support: groups are changed by operations, the ledger and history are only read.

Totals have no page of their own (the admin takes no composite keys): they stand on the pages of
what they belong to. Lists of large tables are searched by exact values that have an index.
"""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.support import SupportAdmin, Verb, ids_if_few, table
from members.models import Member, Organization
from members.templatetags.console import credits, period_label
from members.text import is_number, tidy

from .forms import BillingGroupForm, LimitForm
from .models import Assignment, BillingGroup, GroupTotal, Period, UsageRecord
from .operations import edit_billing_group, set_period_limit

PERIODS_SHOWN = 13
GROUPS_SHOWN = 100


def edit(form, group, actor):
    return form.run(edit_billing_group, actor=actor, billing_group=group, **form.words)


def limit(form, group, actor):
    amount = form.cleaned_data["limit"]
    return form.run(set_period_limit, actor=actor, billing_group=group, credits=amount)


def form_of(form):
    return lambda data, group: form(data, organization=group.organization, group=group)


def is_formal(group):
    return not (group.is_unassigned or group.deleted_at)


@admin.register(BillingGroup)
class BillingGroupAdmin(SupportAdmin):
    list_display = ["name", "organization", "limit", "is_unassigned", "deleted_at"]
    list_filter = ["is_unassigned", "organization"]
    list_select_related = ["organization"]
    fields = [
        *("organization", "name", "description", "is_unassigned", "limit", "usage"),
        *("created_by", "created_at", "updated_at", "deleted_at"),
    ]
    search_help_text = _("An id, or a part of the name.")
    see_also = {Member: "billing_group", Assignment: "billing_group"}
    verbs = [
        Verb("edit", _("Edit billing group"), form_of(BillingGroupForm), edit, offered=is_formal),
        Verb("limit", _("Set period limit"), form_of(LimitForm), limit, offered=is_formal),
    ]

    @admin.display(description=_("period usage limit"))
    def limit(self, group):
        return _("No limit") if group.period_limit is None else credits(group.period_limit)

    @admin.display(description=_("usage by period"))
    def usage(self, group):
        periods = list(group.organization.periods.all()[:PERIODS_SHOWN])
        totals = dict(
            GroupTotal.objects.filter(period__in=periods, billing_group=group).values_list(
                "period", "credits"
            )
        )
        rows = ((period_label(each), credits(totals.get(each.pk, 0))) for each in periods)
        return table([_("Period"), _("Credits")], rows)

    def search(self, queryset, text):
        named = Q(name__icontains=tidy(text))
        return queryset.filter(named | Q(pk=text) if is_number(text) else named)


@admin.register(Assignment)
class AssignmentAdmin(SupportAdmin):
    list_display = ["member", "billing_group", "started_at", "ended_at", "organization"]
    list_filter = ["organization"]
    fetched = ["member", "billing_group", "organization"]
    linked_by = ["member", "billing_group"]
    search_help_text = _("A part of the member's name or email.")

    def search(self, queryset, text):
        return queryset.filter(member__in=ids_if_few(Member.objects.matching(tidy(text))))


@admin.register(Period)
class PeriodAdmin(SupportAdmin):
    list_display = ["period", "organization", "starts_at", "ends_at", "final_at"]
    list_filter = ["organization"]
    list_select_related = ["organization"]
    fields = ["organization", "starts_at", "ends_at", "final_at", "used", "usage"]
    search_help_text = _("A part of the organization's name or address.")
    see_also = {UsageRecord: "period"}

    @admin.display(description=_("period"))
    def period(self, period):
        return period_label(period)

    @admin.display(description=_("Credits used"))
    def used(self, period):
        return credits(period.used)

    @admin.display(description=_("most used by"))
    def usage(self, period):
        totals = period.group_totals.select_related("billing_group").order_by("-credits")
        rows = ((each.billing_group, credits(each.credits)) for each in totals[:GROUPS_SHOWN])
        return table([_("Billing group"), _("Credits")], rows)

    def search(self, queryset, text):
        organizations = Organization.objects.filter(
            Q(name__icontains=tidy(text)) | Q(slug__icontains=text)
        )
        return queryset.filter(organization__in=organizations)


class LatestPeriodFilter(admin.SimpleListFilter):
    """The records of an organization's latest period: those of all have no order in an index."""

    title = _("latest period of")
    parameter_name = "latest_of"

    def lookups(self, request, model_admin):
        return Organization.objects.order_by("name").values_list("pk", "name")

    def queryset(self, request, records):
        if not is_number(self.value() or ""):
            return records
        return records.filter(period=Period.objects.filter(organization=self.value()).first())


@admin.register(UsageRecord)
class UsageRecordAdmin(SupportAdmin):
    list_display = [
        *("event_id", "organization", "member", "billing_group", "amount", "kind", "occurred_at")
    ]
    list_filter = [LatestPeriodFilter]
    fetched = ["organization", "member", "billing_group"]
    linked_by = ["period", "member"]
    search_help_text = _("An id, an event id or a member's email, exactly.")

    def lookup_allowed(self, lookup, value, request):
        """By member of a period alone, as links have it: that has an index."""
        is_known = not lookup.startswith("member") or "period__id__exact" in request.GET
        return is_known and super().lookup_allowed(lookup, value, request)

    def get_ordering(self, request):
        """The newest first; what is asked for by member, as a period has it in its index."""
        return ["-member_id", "-occurred_at"] if request.GET.keys() - {"p"} else ["-pk"]

    @admin.display(description=_("Credits"))
    def amount(self, record):
        return credits(record.credits)

    def search(self, queryset, text):
        """Each way to look has an index: the lists name what stands first in it."""
        found = Q(organization__in=list(Organization.objects.values_list("pk", flat=True)))
        found &= Q(event_id=text)
        if is_number(text):
            found |= Q(pk=text)
        if "@" in text:
            found |= of_member(text)
        return queryset.filter(found)


def of_member(email):
    found = Member.objects.matching(email).filter(email__iexact=email)
    members = dict(found.values_list("pk", "organization"))
    periods = Period.objects.filter(organization__in=members.values())
    return Q(member__in=list(members), period__in=list(periods.values_list("pk", flat=True)))
