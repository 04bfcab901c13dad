"""Handle and Assign Members: one picker, two places it is opened from."""

from django.contrib import messages
from django.db.models import Subquery
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing import consequences
from billing.forms import TargetForm
from billing.limits import with_standing
from billing.operations import assign_members, assign_to_new_billing_group
from billing.periods import current_period
from config.htmx import form_view, posted, redirect_after, render_form, render_page
from members.access import organization_admin
from members.consequences import of_gone
from members.operation_forms import ChosenMembersForm
from members.picker import Picker
from members.templatetags.console import count

from .common import formal_group_of, group_of


@form_view
@organization_admin
def unassigned_handle(request, organization):
    unassigned = organization.billing_groups.filter(is_unassigned=True).values("pk")
    candidates = organization.members.present().filter(billing_group=Subquery(unassigned))
    targets = organization.billing_groups.formal()
    period, title = current_period(organization), _("Handle unassigned members")
    return _assign_page(request, period, candidates, targets, title)


@form_view
@organization_admin
def billing_group_assign(request, organization, key):
    groups = organization.billing_groups.formal()
    period = current_period(organization)
    group = group_of(organization, key, period, groups)
    candidates = organization.members.present().exclude(billing_group=group)
    title = _("Assign members to %(name)s") % {"name": group.name}
    return _assign_page(request, period, candidates, groups.filter(pk=group.pk), title, only=group)


@form_view
@organization_admin
def billing_group_remove(request, organization, key):
    """Return the members of the address to Unassigned, after saying what that does."""
    group = formal_group_of(organization, key)
    picker = Picker(group.members.present(), request.GET)
    form = ChosenMembersForm(posted(request), organization=organization, picker=picker)
    detail = reverse("billing:detail", args=[organization.slug, key])
    if form.is_valid():
        unassigned = organization.billing_groups.unassigned()
        arguments = {"billing_group": unassigned, **picker.arguments}
        if moved := form.run(assign_members, actor=request.actor, **arguments):
            messages.success(request, _moved(moved))
            return redirect_after(request, detail)
    period = current_period(organization)
    changes, stays = consequences.of_removing(picker.chosen(), group, period)
    context = {
        "organization": organization,
        "title": _("Remove from %(name)s?") % {"name": group.name},
        "action": request.path + picker.as_shown,
        "submit_label": pgettext("from a group", "Remove"),
        "cancel_url": detail,
        "destructive": True,
        "changes": changes,
        "stays": stays + of_gone(picker.gone),
    }
    return render_form(request, "question.html", form, **context)


def _assign_page(request, period, candidates, targets, title, only=None):
    """Looking keeps the choice in the address; assigning writes. `only`: the one target."""
    organization = period.organization
    picker = Picker(candidates, posted(request) or request.GET)
    if picker.looks:
        return redirect(request.path + picker.address)
    form = TargetForm(
        posted(request),
        organization=organization,
        period=period,
        targets=targets.with_usage_in(period).unassigned_first(),
        only=only,
        picker=picker,
    )
    if form.is_valid() and (moved := _assign(request, organization, form, picker)):
        messages.success(request, _moved(moved))
        return redirect_after(request, reverse("billing:list", args=[organization.slug]))
    context = {
        "organization": organization,
        "form": form,
        "picker": picker,
        "title": title,
        "may_create": not only,
        "consequence": _consequence(picker, only or form.so_far("billing_group"), period),
        **picker.context(with_standing(organization.members, period)),
    }
    response = render_page(request, "billing/assign.html", "picker", context)
    response.status_code = form.status
    return response


def _consequence(picker, target, period):
    """What assigning would do, in the order in which it is read on one line."""
    if target:
        number, changes, stays = consequences.of_assigning(picker.chosen(), target, period)
        picker.counted(number)
    else:
        changes, stays = consequences.of_choosing(picker.count) if picker.count else ([], [])
    return [*changes[:1], *stays, *changes[1:], *of_gone(picker.gone)]


def _assign(request, organization, form, picker):
    arguments = {"actor": request.actor, **picker.arguments}
    if name := form.cleaned_data.get("new_name"):
        arguments |= {"organization": organization, "name": name}
        return form.run(assign_to_new_billing_group, **arguments)
    target = form.cleaned_data["billing_group"]
    return form.run(assign_members, billing_group=target, **arguments)


def _moved(moved):
    text = ngettext(
        "%(count)s member moved to %(group)s.", "%(count)s members moved to %(group)s.", moved.count
    )
    return text % {"count": count(moved.count), "group": moved.billing_group.name}
