"""Handle and Assign Members: one picker, two places it is opened from."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import consequences
from billing.forms import TargetForm
from billing.limits import with_standing
from billing.operations import assign_members, assign_to_new_billing_group
from billing.periods import current_period
from config.htmx import redirect_after, render_page
from members.access import organization_admin
from members.picker import Picker
from members.templatetags.console import count

from .common import form_view, group_of


@form_view
@organization_admin
def unassigned_handle(request, organization):
    candidates = organization.billing_groups.unassigned().members.present()
    targets = organization.billing_groups.formal()
    title = _("Handle unassigned members")
    return _assign_page(request, organization, candidates, targets, title, may_create=True)


@form_view
@organization_admin
def billing_group_assign(request, organization, key):
    groups = organization.billing_groups.formal()
    group = group_of(organization, key, current_period(organization), groups)
    candidates = organization.members.present().exclude(billing_group=group)
    title = _("Assign members to %(name)s") % {"name": group.name}
    return _assign_page(request, organization, candidates, groups.filter(pk=group.pk), title)


def _assign_page(request, organization, candidates, targets, title, may_create=False):
    """Looking keeps the choice in the address; assigning writes."""
    period = current_period(organization)
    picker = Picker(candidates, request.POST or request.GET)
    if picker.looks:
        return redirect(request.path + picker.address)
    form = TargetForm(
        request.POST or None,
        organization=organization,
        targets=targets.with_usage_in(period).unassigned_first(),
        may_create=may_create,
        picker=picker,
    )
    if form.is_valid() and (moved := _assign(request, organization, form, picker)):
        messages.success(request, _moved(moved))
        return redirect_after(request, reverse("billing:list", args=[organization.slug]))
    context = {"form": form, "picker": picker, "title": title, "may_create": may_create}
    context |= _choice(picker, form.target, period)
    context["organization"] = organization
    response = render_page(request, "billing/assign.html", "picker", context)
    response.status_code = form.status
    return response


def _assign(request, organization, form, picker):
    arguments = {
        "actor": request.actor,
        "members": picker.chosen(),
        "expected": picker.expected,
        "chosen_by": picker.chosen_by,
    }
    if name := form.cleaned_data.get("new_name"):
        arguments |= {"organization": organization, "name": name}
        return form.run(assign_to_new_billing_group, **arguments)
    target = form.cleaned_data["billing_group"]
    return form.run(assign_members, billing_group=target, **arguments)


def _choice(picker, target, period):
    page = picker.page()
    rows = with_standing(
        picker.candidates.filter(pk__in=[member.pk for member in page.object_list]), period
    )
    by_id = {row.pk: row for row in rows.select_related("billing_group")}
    page.object_list = [by_id[member.pk] for member in page.object_list if member.pk in by_id]
    chosen = picker.chosen()
    return {
        "page_obj": page,
        "elsewhere": picker.elsewhere(page).select_related("billing_group"),
        "chosen_count": chosen.count(),
        "consequence": consequences.of_assigning(chosen, target, period),
    }


def _moved(moved):
    text = ngettext(
        "%(count)s member moved to %(group)s.", "%(count)s members moved to %(group)s.", moved.count
    )
    return text % {"count": count(moved.count), "group": moved.billing_group.name}
