from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from config.htmx import form_view, posted, redirect_after, render_form, render_page
from members.access import organization_admin
from members.consequences import of_gone
from members.operation_forms import ChosenMembersForm, DeleteForm
from members.picker import Picker
from members.tables import page_of, search_words
from members.tabs import tabs
from members.templatetags.console import count

from . import consequences
from .forms import GroupForm
from .operations import (
    add_group_members,
    create_group,
    delete_group,
    edit_group,
    remove_group_members,
)
from .tables import GroupMembersTable, GroupsTable


@require_safe
@organization_admin
def group_list(request, organization):
    q = search_words(request.GET)
    groups = organization.groups.matching(q)
    table = GroupsTable(groups.with_member_count(), request)
    context = {
        "organization": organization,
        "page_obj": page_of(table, request, lambda rows: rows.with_member_count()),
        "table": table,
        "q": q,
        "tabs": tabs(organization, "groups"),
    }
    return render_page(request, "groups/list.html", "groups", context)


@form_view
@organization_admin
def group_create(request, organization):
    form = GroupForm(posted(request), organization=organization)
    if form.is_valid():
        arguments = {"organization": organization, **form.words}
        if group := form.run(create_group, actor=request.actor, **arguments):
            messages.success(request, _("%(name)s was created.") % {"name": group.name})
            return redirect_after(request, _list_url(organization))
    title, submit_label = _("Create group"), _("Create")
    return _form_page(request, organization, form, title=title, submit_label=submit_label)


@form_view
@organization_admin
def group_edit(request, organization, pk):
    group = get_object_or_404(organization.groups, pk=pk)
    form = GroupForm(posted(request), organization=organization, group=group)
    if form.is_valid():
        arguments = {"group": group, **form.words}
        if form.run(edit_group, actor=request.actor, **arguments):
            messages.success(request, _("%(name)s was saved.") % form.words)
            detail = reverse("groups:detail", args=[organization.slug, pk])
            return redirect_after(request, _list_url(organization), detail)
    title, submit_label = _("Edit %(name)s") % {"name": group.name}, _("Save")
    return _form_page(request, organization, form, title=title, submit_label=submit_label)


@form_view
@organization_admin
def group_delete(request, organization, pk):
    group = get_object_or_404(organization.groups.with_member_count(), pk=pk)
    form = DeleteForm(posted(request), organization=organization, number=group.member_count)
    if form.is_valid() and (gone := form.run(delete_group, actor=request.actor, group=group)):
        messages.success(request, _deleted(gone))
        return redirect_after(request, _list_url(organization))
    context = {
        "title": _("Delete %(name)s?") % {"name": group.name},
        "submit_label": _("Delete"),
        "destructive": True,
    }
    context["changes"], context["stays"] = consequences.of_deleting(group)
    return _form_page(request, organization, form, "question.html", **context)


@require_safe
@organization_admin
def group_detail(request, organization, pk):
    group = get_object_or_404(organization.groups.with_member_count(), pk=pk)
    q = search_words(request.GET)
    members = organization.members.present().in_group(group)
    table = GroupMembersTable(members.matching(q), request)
    context = {
        "organization": organization,
        "group": group,
        "page_obj": page_of(table, request, lambda rows: rows.with_billing_group()),
        "table": table,
        "q": q,
    }
    return render_page(request, "groups/detail.html", "group-members", context)


@form_view
@organization_admin
def group_add(request, organization, pk):
    """Add Members: the picker over all members not yet in the group."""
    group = get_object_or_404(organization.groups, pk=pk)
    candidates = group.lacking(organization.members.present())
    picker = Picker(candidates, posted(request) or request.GET)
    if picker.looks:
        return redirect(request.path + picker.address)
    form = ChosenMembersForm(posted(request), organization=organization, picker=picker)
    if form.is_valid():
        added = form.run(add_group_members, actor=request.actor, group=group, **picker.arguments)
        if added:
            messages.success(request, _added(added))
            return redirect("groups:detail", organization.slug, group.pk)
    context = {
        "organization": organization,
        "group": group,
        "form": form,
        "picker": picker,
        "title": _("Add members to %(name)s") % {"name": group.name},
        "consequence": _consequence(picker, group),
        **picker.context(organization.members.with_billing_group()),
    }
    response = render_page(request, "groups/add.html", "picker", context)
    response.status_code = form.status
    return response


def _consequence(picker, group):
    number, changes, stays = consequences.of_adding(picker.chosen(), group)
    picker.counted(number)
    return [*changes, *stays, *of_gone(picker.gone)]


@form_view
@organization_admin
def group_remove(request, organization, pk):
    """Remove the members of the address from the group, after saying what that does."""
    group = get_object_or_404(organization.groups, pk=pk)
    picker = Picker(organization.members.present().in_group(group), request.GET)
    form = ChosenMembersForm(posted(request), organization=organization, picker=picker)
    if form.is_valid():
        arguments = {"group": group, **picker.arguments}
        if removed := form.run(remove_group_members, actor=request.actor, **arguments):
            messages.success(request, _removed(removed))
            return redirect_after(request, reverse("groups:detail", args=[organization.slug, pk]))
    context = {
        "title": _("Remove from %(name)s?") % {"name": group.name},
        "action": request.path + picker.as_shown,
        "submit_label": pgettext("from a group", "Remove"),
        "destructive": True,
        "cancel_url": reverse("groups:detail", args=[organization.slug, pk]),
    }
    context["changes"], stays = consequences.of_removing(picker.count, group)
    context["stays"] = stays + of_gone(picker.gone)
    return _form_page(request, organization, form, "question.html", **context)


def _form_page(request, organization, form, template="form_page.html", **context):
    context = {"cancel_url": _list_url(organization), "organization": organization, **context}
    return render_form(request, template, form, **context)


def _list_url(organization):
    return reverse("groups:list", args=[organization.slug])


def _deleted(gone):
    text = ngettext(
        "%(name)s was deleted with %(count)s membership.",
        "%(name)s was deleted with %(count)s memberships.",
        gone.count,
    )
    return text % {"name": gone.group.name, "count": count(gone.count)}


def _added(gathered):
    text = ngettext(
        "%(count)s member added to %(name)s.",
        "%(count)s members added to %(name)s.",
        gathered.count,
    )
    return text % {"count": count(gathered.count), "name": gathered.group.name}


def _removed(gathered):
    text = ngettext(
        "%(count)s member removed from %(name)s.",
        "%(count)s members removed from %(name)s.",
        gathered.count,
    )
    return text % {"count": count(gathered.count), "name": gathered.group.name}
