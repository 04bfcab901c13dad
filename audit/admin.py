from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organization
from members.text import is_number

from .models import AuditEntry, among
from .support import SupportAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(SupportAdmin):
    list_display = ["at", "organization", "event", "outcome", "actor", "target", "request_id"]
    list_filter = ["outcome", "actor_kind", "organization"]
    list_select_related = ["organization"]
    linked_by = ["target_kind", "target_id"]
    search_help_text = _(
        "An id, a request id, an event such as AssignBillingGroup, or a member's email: "
        "what they did and what was done with them. All exactly."
    )

    @admin.display(description=_("actor"))
    def actor(self, entry):
        return f"{entry.get_actor_kind_display()} {entry.actor_id}"

    @admin.display(description=_("target"))
    def target(self, entry):
        return f"{entry.target_kind} {entry.target_id or ''}"

    def search(self, queryset, text):
        if is_number(text):
            return queryset.filter(Q(pk=text) | Q(target_id=text))
        if "@" in text:
            members = Member.objects.matching(text).filter(email__iexact=text)
            return queryset.filter(by_or_about(dict(members.values_list("pk", "organization"))))
        # Each by its id: the index of events begins with the organization.
        everywhere = list(Organization.objects.values_list("pk", flat=True))
        of_any = Q(organization__in=everywhere) | Q(organization=None)
        return queryset.filter(Q(request_id=text) | of_any & Q(event=text))


def by_or_about(members):
    """The condition for what `members`, their organizations by their ids, did or had done."""
    about = Q(target_kind=Member._meta.object_name, target_id__in=list(members)) | among(members)
    by = Q(actor_kind=AuditEntry.ActorKind.USER, actor_id__in=map(str, members))
    return about | by & Q(organization__in=set(members.values()))
