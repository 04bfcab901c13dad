"""What support staff may do in Django's admin: see everything, change only by operations.

Whoever is active and marked as staff is support; no permissions are given one by one. Nothing can
be added, changed or deleted by the admin itself, not even by a superuser: what support may change
stands on the pages as a `Verb`, which runs an operation and so leaves an audit entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .models import AuditEntry
from .operations import Actor

MOST_COUNTED = 10_000


def support(request):
    """The support person who acts, and from where."""
    address = request.META.get("REMOTE_ADDR") or None
    return Actor(AuditEntry.ActorKind.SUPPORT, str(request.user.pk), address, request.id)


def is_support(request):
    return request.user.is_active and request.user.is_staff


@dataclass(frozen=True, slots=True)
class Verb:
    """What support may do with a record: a form, and the operation that it runs.

    `form(data, record)` makes the form; `run(form, record, actor)` returns None when refused.
    """

    name: str
    title: str
    form: Callable
    run: Callable
    says: str = ""
    offered: Callable = lambda record: True


class BoundedPaginator(Paginator):
    """Counts as far as somebody may turn pages; who looks for more, searches."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:MOST_COUNTED].count()

    @property
    def has_more(self):
        return self.count == MOST_COUNTED


def ids_if_few(found):
    """The ids of the records `found`; as values, which the planner counts, if they are few."""
    ids = found.values_list("pk", flat=True)
    few = list(ids[: MOST_COUNTED + 1])
    return few if len(few) <= MOST_COUNTED else ids


class ReadOnly:
    """Seen by support, and neither added, changed nor deleted by anybody."""

    def has_view_permission(self, request, obj=None):
        return is_support(request)

    def has_module_permission(self, request):
        return is_support(request)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SupportInline(ReadOnly, admin.TabularInline):
    """What belongs to a record; `joins`: what its rows name."""

    extra = 0
    show_change_link = True
    joins = ()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.joins)


class SupportAdmin(ReadOnly, admin.ModelAdmin):
    """The pages of a model. A subclass says how it is searched, by an index where it is large.

    `fetched`: what its rows name, asked for of a page's rows alone: joined, all may be read before
    they are sorted. `verbs`: what support may do with a record. `linked_by`: fields by which other
    pages link to the list. `see_also`: lists to link to, as {model: relation}.
    """

    actions = None
    change_form_template = "admin/record.html"
    fetched = ()
    linked_by = ()
    list_max_show_all = 0
    list_select_related = ()  # else all that is named would be joined
    ordering = ["-pk"]
    paginator = BoundedPaginator
    see_also = {}
    show_facets = admin.ShowFacets.NEVER  # each would be counted over the whole table
    show_full_result_count = False
    sortable_by = ()
    verbs = ()

    def search(self, queryset, text):
        raise NotImplementedError

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(*self.fetched)

    def get_search_fields(self, request):
        return ["pk"]  # only says that there is a search: how is said above

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (self.search(queryset, text) if text else queryset), False

    def lookup_allowed(self, lookup, value, request):
        """Only the filters and links that are offered; any other could ask for a hash bitwise."""
        name, _separator, how = lookup.partition("__")
        filters = (getattr(each, "parameter_name", each) for each in self.list_filter)
        known = {*filters, *self.linked_by}
        offered = name in known and how in {"", "exact", "id__exact", "isnull"}
        return offered and "\0" not in value  # which no text of PostgreSQL can hold

    def get_urls(self):
        own = [
            path(
                f"<int:pk>/{verb.name}/",
                self.admin_site.admin_view(partial(self.perform, verb)),
                name=self.address(verb.name),
            )
            for verb in self.verbs
        ]
        return own + super().get_urls()

    def address(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def perform(self, verb, request, pk):
        """The page of a verb: its form, what a rule said against it, and what was typed."""
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        form = verb.form(request.POST if request.method == "POST" else None, record)
        if form.is_valid() and verb.run(form, record, support(request)) is not None:
            said = _("%(title)s: done for %(record)s.") % {"title": verb.title, "record": record}
            messages.success(request, said)
            return redirect(f"admin:{self.address('change')}", record.pk)
        return self.form_page(request, form, verb.title, verb.says, record)

    def form_page(self, request, form, title, says="", record=None, sent=()):
        """A form in the admin's look; `sent`: what goes along with it, as (name, value)."""
        fieldset = {"fields": [field.name for field in form.visible_fields()]}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "says": says,
            "original": record,
            "form": form,
            "adminform": AdminForm(form, [(None, fieldset)], {}),
            "sent": sent,
        }
        return TemplateResponse(request, "admin/verb.html", context, status=form.status)

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["verbs"] = [
            (verb.title, reverse(f"admin:{self.address(verb.name)}", args=[obj.pk]))
            for verb in self.verbs
            if verb.offered(obj)
        ]
        context["see_also"] = [
            (capfirst(model._meta.verbose_name_plural), list_of(model, **{relation: obj.pk}))
            for model, relation in self.see_also.items()
        ]
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        """What was done with the record stands in the audit, not in a history of the admin's."""
        target = {"target_kind": self.opts.object_name, "target_id": object_id}
        return redirect(list_of(AuditEntry, **target))


def list_of(model, **filters):
    """The address of the list of the `model` records that the filters leave."""
    names = {field.name: field for field in model._meta.get_fields()}
    query = {
        f"{name}__id__exact" if names[name].is_relation else f"{name}__exact": value
        for name, value in filters.items()
    }
    opts = model._meta
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{page}?{urlencode(query)}"


def table(headers, rows):
    """Rows of cells under their headers, as a read-only field shows them."""
    head = format_html_join("", '<th scope="col">{}</th>', ((header,) for header in headers))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((c,) for c in r)),) for r in rows)
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)
