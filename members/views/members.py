from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.forms import MemberBillingGroupForm
from billing.limits import with_standing
from billing.operations import assign_members
from billing.periods import current_period
from config.htmx import form_view, posted, redirect_after, render_form, render_page
from members.access import organization_admin
from members.forms import PersonalLimitForm
from members.operations import set_personal_limit
from members.tables import MembersTable, page_of, search_words
from members.tabs import tabs
from members.templatetags.console import credits


@require_GET
@organization_admin
def member_list(request, organization):
    period = current_period(organization)
    q = search_words(request.GET)

    def rows_of(members):
        return with_standing(members.select_related("billing_group"), period)

    table = MembersTable(organization.members.present().matching(q), request)
    context = {
        "organization": organization,
        "period": period,
        "page_obj": page_of(table, request, rows_of),
        "table": table,
        "q": q,
        "tabs": lambda: tabs(organization, "members"),
    }
    return render_page(request, "members/list.html", "members", context)


@form_view
@organization_admin
def member_assign(request, organization, pk):
    member = _present(organization, pk)
    form = MemberBillingGroupForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        target = form.cleaned_data["billing_group"]
        members = organization.members.filter(pk=member.pk)
        arguments = {"billing_group": target, "members": members}
        if form.run(assign_members, actor=request.actor, **arguments) is not None:
            text = _("%(member)s is in %(group)s now.")
            messages.success(request, text % {"member": member.name, "group": target.name})
            return redirect_after(request, reverse("members:list", args=[organization.slug]))
    context = {"title": _("Assign Billing Group"), "submit_label": _("Assign"), "member": member}
    return _form_page(request, organization, form, **context)


@form_view
@organization_admin
def member_limit(request, organization, pk):
    member = _present(organization, pk)
    form = PersonalLimitForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        arguments = {"member": member, **form.limit}
        if form.run(set_personal_limit, actor=request.actor, **arguments):
            messages.success(request, _limited(member, **form.limit))
            return redirect_after(request, reverse("members:list", args=[organization.slug]))
    context = {"title": _("Set Personal Limit"), "submit_label": _("Save"), "member": member}
    return _form_page(request, organization, form, **context)


def _limited(member, personal_limit, is_unlimited):
    if is_unlimited:
        text = _("%(member)s is unlimited now.")
    elif personal_limit is None:
        text = _("%(member)s has no limit set and cannot use Credits now.")
    else:
        text = _("%(member)s is limited to %(credits)s Credits.")
    return text % {"member": member.name, "credits": credits(personal_limit or 0)}


def _present(organization, pk):
    period = current_period(organization)
    members = organization.members.present().select_related("billing_group")
    return get_object_or_404(with_standing(members, period), pk=pk)


def _form_page(request, organization, form, **context):
    context |= {
        "organization": organization,
        "cancel_url": reverse("members:list", args=[organization.slug]),
    }
    return render_form(request, "members/form.html", form, **context)
