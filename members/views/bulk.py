"""What an admin does to the members ticked in the list, or to all that its filters match."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import consequences
from billing.forms import ChosenBillingGroupForm
from billing.operations import assign_members
from billing.periods import current_period
from config.htmx import form_view, posted, redirect_after, render_form
from groups.consequences import of_adding
from groups.forms import ChosenGroupForm
from groups.operations import add_group_members
from members.access import organization_admin
from members.consequences import of_gone
from members.filters import MemberFilter
from members.forms import ChosenLimitForm
from members.operations import set_personal_limits
from members.picker import Picker
from members.templatetags.console import count


@form_view
@organization_admin
def bulk_assign(request, organization):
    form, picker, period = _opened(ChosenBillingGroupForm, request, organization)
    if form.is_valid():
        target = form.cleaned_data["billing_group"]
        arguments = {"billing_group": target, **picker.arguments}
        if moved := form.run(assign_members, actor=request.actor, **arguments):
            text = ngettext(
                "%(count)s member moved to %(group)s.",
                "%(count)s members moved to %(group)s.",
                moved.count,
            )
            words = {"count": count(moved.count), "group": target.name}
            return _done(request, organization, text % words)
    foreseen = [], []
    if target := form.so_far("billing_group"):
        number, *foreseen = consequences.of_assigning(picker.chosen(), target, period)
        picker.counted(number)
    title, label = _("Assign Billing Group"), _("Assign")
    return _page(request, form, picker, title, label, foreseen)


@form_view
@organization_admin
def bulk_limit(request, organization):
    form, picker, period = _opened(ChosenLimitForm, request, organization)
    if form.is_valid():
        arguments = {"organization": organization, **picker.arguments, **form.limit}
        number = form.run(set_personal_limits, actor=request.actor, **arguments)
        if number is not None:
            text = ngettext(
                "%(count)s personal usage limit was set.",
                "%(count)s personal usage limits were set.",
                number,
            )
            return _done(request, organization, text % {"count": count(number)})
    foreseen = [], []
    if limit := form.limit_so_far:
        number, *foreseen = consequences.of_personal_limit(picker.chosen(), period, **limit)
        picker.counted(number)
    title, label = _("Set Personal Limit"), _("Save")
    return _page(request, form, picker, title, label, foreseen)


@form_view
@organization_admin
def bulk_add_to_group(request, organization):
    form, picker, _period = _opened(ChosenGroupForm, request, organization)
    if form.is_valid():
        group = form.cleaned_data["group"]
        arguments = {"group": group, **picker.arguments}
        if added := form.run(add_group_members, actor=request.actor, **arguments):
            text = ngettext(
                "%(count)s member added to %(group)s.",
                "%(count)s members added to %(group)s.",
                added.count,
            )
            words = {"count": count(added.count), "group": group.name}
            return _done(request, organization, text % words)
    foreseen = [], []
    if group := form.so_far("group"):
        number, *foreseen = of_adding(picker.chosen(), group)
        picker.counted(number)
    title, label = _("Add to Group"), _("Add")
    return _page(request, form, picker, title, label, foreseen)


def _opened(kind, request, organization):
    """A form of this `kind`, the picker of whom it is about, and the period it was opened in."""
    period = current_period(organization)
    picker = _chosen(request, organization, period)
    form = kind(posted(request), organization=organization, period=period, picker=picker)
    return form, picker, period


def _chosen(request, organization, period):
    """The members ticked, or all that the filters of the address match."""
    if not request.GET.get("everyone"):
        return Picker(organization.members.present(), request.GET)
    found = MemberFilter(request.GET, organization=organization, period=period)
    if found.is_of_removed:
        return Picker(organization.members.none(), request.GET)
    looks = request.method != "POST" or "look" in request.POST
    members = found.all if looks else found.qs  # which finds them when they are locked
    return Picker(members, request.GET, chosen_by=dict(found.given))


def _page(request, form, picker, title, label, foreseen):
    changes, stays = foreseen
    context = {
        "organization": form.organization,
        "action": request.path + picker.as_shown,
        "title": title,
        "submit_label": label,
        "changes": changes,
        "stays": stays,
        "notes": [*consequences.of_choosing(picker.count)[0], *of_gone(picker.gone)],
        "cancel_url": reverse("members:list", args=[form.organization.slug]),
    }
    return render_form(request, "members/bulk.html", form, **context)


def _done(request, organization, text):
    messages.success(request, text)
    return redirect_after(request, reverse("members:list", args=[organization.slug]))
