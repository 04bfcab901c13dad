from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.support import SupportAdmin, Verb, ids_if_few
from members.models import Member
from members.text import is_number, tidy

from .forms import GroupForm
from .models import Group, GroupMembership
from .operations import edit_group


def edit(form, group, actor):
    return form.run(edit_group, actor=actor, group=group, **form.words)


@admin.register(Group)
class GroupAdmin(SupportAdmin):
    list_display = ["name", "description", "organization", "member_count", "updated_at"]
    list_filter = ["organization"]
    list_select_related = ["organization"]
    fields = [
        *("organization", "name", "description", "source", "member_count"),
        *("created_by", "created_at", "updated_at"),
    ]
    search_help_text = _("An id, or a part of the name or description.")
    see_also = {GroupMembership: "group"}
    verbs = [
        Verb(
            "edit",
            _("Edit group"),
            form=lambda data, group: GroupForm(data, organization=group.organization, group=group),
            run=edit,
        )
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_member_count()

    @admin.display(description=_("members"))
    def member_count(self, group):
        return group.member_count

    def search(self, queryset, text):
        found = queryset.matching(tidy(text))
        return found | queryset.filter(pk=text) if is_number(text) else found


@admin.register(GroupMembership)
class GroupMembershipAdmin(SupportAdmin):
    list_display = ["member", "group", "organization"]
    list_filter = ["organization"]
    fetched = ["member", "group", "organization"]
    linked_by = ["group", "member"]
    search_help_text = _("A part of the member's name or email.")

    def search(self, queryset, text):
        return queryset.filter(member__in=ids_if_few(Member.objects.matching(tidy(text))))
