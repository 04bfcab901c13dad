"""Organizations and who signs in, for support.

Passwords, permissions and who is staff can't be changed here, and no page shows a password's
hash: staff are made by whoever runs the server.
"""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from audit.support import SupportAdmin, SupportInline, Verb
from billing.models import Assignment, BillingGroup, Period
from groups.models import Group
from members.models import ApiKey, Member, Organization, User
from members.operations import edit_organization
from members.support_forms import SupportSettingsForm
from members.text import is_number, tidy


def settle(form, organization, actor):
    return form.run(edit_organization, actor=actor, organization=organization, **form.settings)


@admin.register(Organization)
class OrganizationAdmin(SupportAdmin):
    list_display = ["name", "slug", "time_zone", "period_start_day", "created_at"]
    list_filter = ["time_zone"]
    fields = [
        *("name", "slug", "time_zone", "period_start_day", "late_usage_hours"),
        *("default_personal_limit", "default_is_unlimited", "requires_two_factor", "created_at"),
    ]
    search_help_text = _("An id, or a part of the name or address.")
    see_also = dict.fromkeys(
        [Member, Group, BillingGroup, Period, Assignment, ApiKey, AuditEntry], "organization"
    )
    verbs = [
        Verb(
            "settings",
            _("Edit settings"),
            lambda data, organization: SupportSettingsForm(data, organization=organization),
            settle,
        )
    ]

    def search(self, queryset, text):
        named = Q(name__icontains=tidy(text)) | Q(slug__icontains=text)
        return queryset.filter(named | Q(pk=text) if is_number(text) else named)


class MembershipsInline(SupportInline):
    model = Member
    verbose_name_plural = _("memberships")
    fields = ["organization", "name", "email", "role", "status"]
    joins = ["organization"]


class EmailAddressInline(SupportInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]


@admin.register(User)
class UserAdmin(SupportAdmin):
    list_display = ["email", "is_active", "is_staff", "last_login", "date_joined"]
    list_filter = ["is_active", "is_staff"]
    fields = ["email", "is_active", "is_staff", "is_superuser", "last_login", "date_joined"]
    inlines = [MembershipsInline, EmailAddressInline]
    search_help_text = _("An id, or the beginning of the email.")

    def search(self, queryset, text):
        begins = Q(email__startswith=text.lower())
        return queryset.filter(begins | Q(pk=text) if is_number(text) else begins)
