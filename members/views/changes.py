"""What an admin does to one member, each a form of its own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import consequences as billing_consequences
from billing.forms import AdjustmentForm, MemberBillingGroupForm
from billing.limits import with_standing
from billing.metering import adjust_usage
from billing.operations import assign_members
from billing.periods import current_period
from config.htmx import form_view, posted, redirect_after, render_form
from members import consequences
from members.access import organization_admin
from members.forms import EditMemberForm, PersonalLimitForm, RoleForm
from members.operation_forms import OperationForm
from members.operations import (
    change_role,
    disable_member,
    edit_member,
    enable_member,
    remove_member,
    set_personal_limit,
)
from members.templatetags.console import credits


@form_view
@organization_admin
def member_edit(request, organization, pk):
    member = present_member(organization, pk)
    form = EditMemberForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        arguments = {"member": member, **form.identity}
        if edited := form.run(edit_member, actor=request.actor, **arguments):
            return _done(request, edited, _("%(name)s was saved."))
    title = _("Edit %(name)s") % {"name": member.name}
    return _form_page(request, member, form, "form_page.html", title=title, submit_label=_("Save"))


@form_view
@organization_admin
def member_assign(request, organization, pk):
    member = present_member(organization, pk)
    form = MemberBillingGroupForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        target = form.cleaned_data["billing_group"]
        members = organization.members.filter(pk=member.pk)
        arguments = {"billing_group": target, "members": members, "expected": 1}
        if form.run(assign_members, actor=request.actor, **arguments) is not None:
            return _done(request, member, _("%(name)s is in %(group)s now."), group=target.name)
    foreseen = [], []
    if target := form.so_far("billing_group"):
        one, period = organization.members.filter(pk=member.pk), current_period(organization)
        number, *foreseen = billing_consequences.of_assigning(one, target, period)
    return _act(request, member, form, _("Assign Billing Group"), _("Assign"), foreseen)


@form_view
@organization_admin
def member_limit(request, organization, pk):
    member = present_member(organization, pk)
    form = PersonalLimitForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        arguments = {"member": member, **form.limit}
        if form.run(set_personal_limit, actor=request.actor, **arguments):
            amount = credits(form.limit["personal_limit"] or 0)
            return _done(request, member, _limited(**form.limit), credits=amount)
    foreseen = [], []
    if limit := form.limit_so_far:
        one, period = organization.members.filter(pk=member.pk), current_period(organization)
        number, *foreseen = billing_consequences.of_personal_limit(one, period, **limit)
    return _act(request, member, form, _("Set Personal Limit"), _("Save"), foreseen)


def _limited(personal_limit, is_unlimited):
    if is_unlimited:
        return _("%(name)s is unlimited now.")
    if personal_limit is None:
        return _("%(name)s has no limit set and cannot use Credits now.")
    return _("%(name)s is limited to %(credits)s Credits.")


@form_view
@organization_admin
def member_role(request, organization, pk):
    member = present_member(organization, pk)
    form = RoleForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        arguments = {"member": member, "role": form.cleaned_data["role"]}
        if changed := form.run(change_role, actor=request.actor, **arguments):
            role = changed.get_role_display()
            return _done(request, member, _("%(name)s has the role %(role)s now."), role=role)
    foreseen = [], []
    if role := form.so_far("role"):
        foreseen = consequences.of_role(member, role, timezone.now())
    return _act(request, member, form, _("Change Role"), _("Save"), foreseen)


@form_view
@organization_admin
def member_disable(request, organization, pk):
    member = present_member(organization, pk)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid() and form.run(disable_member, actor=request.actor, member=member):
        return _done(request, member, _("%(name)s is disabled now."))
    changes, stays = consequences.of_disabling(member, timezone.now())
    title, label = _("Disable %(name)s?") % {"name": member.name}, _("Disable")
    return _question(request, member, form, title, label, changes, stays)


@form_view
@organization_admin
def member_enable(request, organization, pk):
    member = present_member(organization, pk)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid() and form.run(enable_member, actor=request.actor, member=member):
        return _done(request, member, _("%(name)s is active again."))
    period = current_period(organization)
    changes, stays = consequences.of_enabling(member, period, timezone.now())
    title, label = _("Enable %(name)s?") % {"name": member.name}, _("Enable")
    return _question(request, member, form, title, label, changes, stays, destructive=False)


@form_view
@organization_admin
def member_remove(request, organization, pk):
    member = present_member(organization, pk)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid() and form.run(remove_member, actor=request.actor, member=member):
        url = reverse("members:list", args=[organization.slug])
        messages.success(request, _("%(name)s was removed.") % {"name": member.name})
        return redirect_after(request, url)
    changes, stays = consequences.of_removing(member)
    title, label = _("Remove %(name)s?") % {"name": member.name}, _("Remove")
    return _question(request, member, form, title, label, changes, stays)


@form_view
@organization_admin
def member_adjust(request, organization, pk):
    """Adjust Usage: mend a mistake by a signed record; removed members too."""
    period = current_period(organization)
    member = get_object_or_404(with_standing(organization.members, period), pk=pk)
    form = AdjustmentForm(posted(request), organization=organization, member=member)
    if form.is_valid():
        arguments = {"member": member, **form.adjustment}
        if record := form.run(adjust_usage, actor=request.actor, **arguments):
            text = _("The usage of %(name)s was adjusted by %(credits)s Credits.")
            return _done(request, member, text, credits=credits(record.credits))
    group, amount = form.so_far("billing_group"), form.so_far("credits")
    foreseen = [], []
    if group and amount and form.so_far("mended") == period:
        foreseen = billing_consequences.of_adjusting(member, period, group, amount)
    return _act(request, member, form, _("Adjust Usage"), _("Adjust"), foreseen)


def present_member(organization, pk):
    """The member of the address as of now; 404 for another organization's and for removed ones."""
    members = organization.members.present()
    return get_object_or_404(with_standing(members, current_period(organization)), pk=pk)


def _done(request, member, text, **words):
    messages.success(request, text % {"name": member.name, **words})
    slug = member.organization.slug
    detail = reverse("members:detail", args=[slug, member.pk])
    return redirect_after(request, reverse("members:list", args=[slug]), detail)


def _act(request, member, form, title, label, foreseen):
    changes, stays = foreseen
    context = {"title": title, "submit_label": label, "changes": changes, "stays": stays}
    return _form_page(request, member, form, "members/form.html", **context)


def _form_page(request, member, form, template, **context):
    organization = member.organization
    context |= {
        "organization": organization,
        "member": member,
        "cancel_url": reverse("members:list", args=[organization.slug]),
    }
    return render_form(request, template, form, **context)


def _question(request, member, form, title, label, changes, stays, destructive=True):
    context = {"title": title, "submit_label": label, "changes": changes, "stays": stays}
    context["destructive"] = destructive
    return _form_page(request, member, form, "members/question.html", **context)
