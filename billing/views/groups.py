from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from billing import consequences, limits
from billing.forms import BillingGroupForm, LimitForm
from billing.models import match
from billing.operations import (
    create_billing_group,
    delete_billing_group,
    edit_billing_group,
    set_period_limit,
)
from billing.periods import current_period
from billing.summary import strip
from billing.tables import (
    BillingGroupsTable,
    GroupMembersTable,
    PastBillingGroupsTable,
    RecordsTable,
    UsageTable,
)
from config.htmx import form_view, posted, redirect_after, render_page
from members.access import organization_admin
from members.operation_forms import DeleteForm
from members.tables import page_of, search_words
from members.tabs import tabs
from members.templatetags.console import count, credits

from .common import form_page, formal_group_of, group_of, shown_period

FORMAL = Q(is_unassigned=False)


@require_safe
@organization_admin
def billing_group_list(request, organization):
    period = shown_period(request, organization)
    q = search_words(request.GET)
    groups, found = organization.billing_groups.shown_in(period), match(q, organization.members)
    totals = _totals(groups.with_usage_in(period), found)

    def shown(rows):
        return (groups.filter(found) & rows).with_usage_in(period).with_member_count()

    table_class = BillingGroupsTable if period.is_current else PastBillingGroupsTable
    table = table_class(groups.filter(FORMAL, found), request, period)
    page = page_of(table, request, shown, counted=totals["number"], is_unassigned=True)
    context = {
        "organization": organization,
        "period": period,
        "page_obj": page,
        "found": page.paginator.count + len(page.beside),
        "table": table,
        "q": q,
        "totals": totals,
        "strip": strip(organization, period, totals["all"], timezone.now()),
        "tabs": tabs(organization, "billing"),
    }
    return render_page(request, "billing/list.html", "billing-groups", context)


def _totals(groups, found):
    """Credits used under all `groups` and under those `found`; of the latter, how many formal."""
    return groups.aggregate(
        all=Sum("used", default=0),
        matching=Sum("used", filter=found, default=0),
        number=Count("pk", filter=found & FORMAL),
    )


@form_view
@organization_admin
def billing_group_create(request, organization):
    form = BillingGroupForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, **form.words}
        if group := form.run(create_billing_group, actor=request.actor, **arguments):
            messages.success(request, _("%(name)s was created.") % {"name": group.name})
            return redirect_after(request, reverse("billing:list", args=[organization.slug]))
    title, submit_label = _("Create billing group"), _("Create")
    return form_page(request, organization, form, title=title, submit_label=submit_label)


@form_view
@organization_admin
def billing_group_edit(request, organization, key):
    group = formal_group_of(organization, key)
    form = BillingGroupForm(posted(request), organization=organization, group=group)
    if form.is_valid():
        arguments = {"billing_group": group, **form.words}
        if form.run(edit_billing_group, actor=request.actor, **arguments):
            messages.success(request, _("%(name)s was saved.") % form.words)
            return _to_list_or_details(request, organization, key)
    title, submit_label = _("Edit %(name)s") % {"name": group.name}, _("Save")
    return form_page(request, organization, form, title=title, submit_label=submit_label)


@form_view
@organization_admin
def billing_group_limit(request, organization, key):
    group = formal_group_of(organization, key)
    if "look" in request.POST:
        return redirect(f"{request.path}?{urlencode({'limit': request.POST.get('limit', '')})}")
    form = LimitForm(posted(request), organization=organization, group=group, typed=request.GET)
    if form.is_valid():
        arguments = {"billing_group": group, "credits": form.cleaned_data["limit"]}
        if form.run(set_period_limit, actor=request.actor, **arguments):
            messages.success(request, _limited(group, form.cleaned_data["limit"]))
            return _to_list_or_details(request, organization, key)
    context = {
        "title": _("Set Period Limit"),
        "organization": organization,
        "form": form,
        "group": group,
        "consequence": form.consequence(timezone.now()),
        "submit_label": _("Save"),
        "cancel_url": reverse("billing:list", args=[organization.slug]),
    }
    response = render_page(request, "billing/limit.html", "limit-preview", context)
    response.status_code = form.status
    return response


def _to_list_or_details(request, organization, key):
    detail = reverse("billing:detail", args=[organization.slug, key])
    return redirect_after(request, reverse("billing:list", args=[organization.slug]), detail)


def _limited(group, limit):
    if limit is None:
        return _("%(name)s has no limit now.") % {"name": group.name}
    text = _("%(name)s is limited to %(credits)s Credits.")
    return text % {"name": group.name, "credits": credits(limit)}


@form_view
@organization_admin
def billing_group_delete(request, organization, key):
    group = formal_group_of(organization, key)
    form = DeleteForm(posted(request), organization=organization, number=group.member_count)
    arguments = {"actor": request.actor, "billing_group": group}
    if form.is_valid() and (moved := form.run(delete_billing_group, **arguments)):
        messages.success(request, _deleted(group, moved))
        return redirect_after(request, reverse("billing:list", args=[organization.slug]))
    context = {"title": _("Delete %(name)s?") % {"name": group.name}, "submit_label": _("Delete")}
    changes, stays = consequences.of_deleting(group, current_period(organization))
    context |= {"changes": changes, "stays": stays, "destructive": True}
    return form_page(request, organization, form, "question.html", **context)


def _deleted(group, moved):
    text = ngettext(
        "%(name)s was deleted. %(count)s member moved to Unassigned.",
        "%(name)s was deleted. %(count)s members moved to Unassigned.",
        moved.count,
    )
    return text % {"name": group.name, "count": count(moved.count)}


@require_safe
@organization_admin
def billing_group_detail(request, organization, key):
    period = shown_period(request, organization)
    group = group_of(organization, key, period)
    has_members = period.is_current and group.deleted_at is None
    shows_members = has_members and request.GET.get("show") != "usage"
    q = search_words(request.GET)
    rows, region = _users_of, "group-usage"
    if shows_members:
        rows, region = _members_of, "group-members"
    elif "member" in request.GET:
        rows, region = _records_of, "group-records"
    context = {
        "organization": organization,
        "period": period,
        "group": group,
        "q": q,
        "has_members": has_members,
        "shows_members": shows_members,
        **rows(request, group, period, q),
    }
    return render_page(request, "billing/detail.html", region, context)


def _members_of(request, group, period, q):
    def rows_of(members):
        return limits.with_standing(members, period)

    members = group.organization.members.present().filter(billing_group=group)
    table = GroupMembersTable(members.matching(q), request)
    return {"table": table, "page_obj": page_of(table, request, rows_of)}


def _users_of(request, group, period, q):
    def rows_of(members):
        return limits.with_usage_under(members, group, period)

    used = group.usage_totals.filter(period=period, credits__gt=0).values("member")
    users = rows_of(group.organization.members.matching(q).filter(pk__in=used))
    table = UsageTable(users, request)
    return {"table": table, "page_obj": page_of(table, request, rows_of)}


def _records_of(request, group, period, q):
    """The records of the member of the address under `group`; 404 if there is no such member."""
    members = group.organization.members.named_in_api(request.GET["member"])
    member = get_object_or_404(limits.with_usage_under(members, group, period))
    table = RecordsTable(member.records.filter(period=period, billing_group=group), request)
    return {"member": member, "table": table, "page_obj": page_of(table, request)}
