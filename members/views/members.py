from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.limits import with_standing
from billing.periods import current_period
from config.htmx import form_view, posted, redirect_after, render_form, render_page
from members.access import organization_admin
from members.filters import MemberFilter
from members.forms import MemberForm
from members.operations import add_member
from members.reasons import reasons_in_words
from members.tables import MembersTable, page_of
from members.tabs import people_tabs, tabs

LATEST = 10


@require_safe
@organization_admin
def member_list(request, organization):
    """The members; who is only invited stands in a list of its own, with the same search."""
    if request.GET.get("status") == "invited":
        q = urlencode({"q": request.GET["q"]}) if request.GET.get("q") else ""
        return redirect(reverse("members:invitations", args=[organization.slug]) + f"?{q}")
    period = current_period(organization)
    chosen = MemberFilter(request.GET, organization=organization, period=period)
    selectable = not chosen.is_of_removed  # they are in no group either
    table = MembersTable(chosen, request)
    shown = partial(with_standing, period=period)
    page = page_of(table, request, shown, counted=chosen.all)
    names = organization.groups.names_by_member(page.object_list if selectable else [])
    for member in page:
        member.group_names = names[member.pk]
    everybody = None if chosen.given else page.paginator.count
    context = {
        "organization": organization,
        "period": period,
        "page_obj": page,
        "table": table,
        "q": request.GET.get("q", ""),
        "chosen": chosen,
        "selectable": selectable,
        "billing_groups": organization.billing_groups.alive().unassigned_first(),
        "groups": organization.groups.order_by("name"),
        "tabs": tabs(organization, "members", everybody),
        "people": people_tabs(organization, "members"),
    }
    return render_page(request, "members/list.html", "members", context)


@form_view
@organization_admin
def member_add(request, organization):
    form = MemberForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, **form.person}
        if member := form.run(add_member, actor=request.actor, **arguments):
            messages.success(request, _("%(name)s was added.") % {"name": member.name})
            return redirect_after(request, reverse("members:list", args=[organization.slug]))
    context = {
        "organization": organization,
        "title": _("Add member"),
        "submit_label": _("Add"),
        "cancel_url": reverse("members:list", args=[organization.slug]),
    }
    return render_form(request, "form_page.html", form, **context)


@require_safe
@organization_admin
def member_detail(request, organization, pk):
    """Everything about one member, removed ones too; removed ones have nothing to change."""
    period = current_period(organization)
    member = get_object_or_404(with_standing(organization.members, period), pk=pk)
    recent = member.records.filter(period__in=list(organization.periods.all()[:2]))
    used = member.usage_totals.filter(period=period).exclude(credits=0)
    context = {
        "organization": organization,
        "period": period,
        "member": member,
        "why": reasons_in_words(member, period),
        "groups": member.groups.order_by("name"),
        "totals": used.select_related("billing_group").order_by("-credits"),
        "assignments": member.assignments.select_related("billing_group").order_by("-started_at"),
        "records": recent.select_related("billing_group").order_by("-occurred_at")[:LATEST],
    }
    return render_page(request, "members/detail.html", "member", context)
