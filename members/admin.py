"""Organizations and people for support.

Passwords, permissions and who is staff can't be changed here, and no page shows a password's
hash: staff are made by whoever runs the server.
"""

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from audit.support import SupportAdmin, SupportInline, Verb, list_of, support, table
from billing.forms import AdjustmentForm, MemberBillingGroupForm
from billing.limits import with_standing
from billing.metering import adjust_usage
from billing.models import Assignment, BillingGroup, Period, UsageRecord, UsageTotal
from billing.operations import assign_members
from billing.periods import current_period
from groups.models import Group, GroupMembership

from .forms import EditMemberForm, PersonalLimitForm, RoleForm
from .models import Member, Organization, User
from .operations import (
    change_role,
    disable_member,
    edit_member,
    edit_organization,
    enable_member,
    remove_member,
    set_personal_limit,
)
from .reasons import reasons_in_words
from .support_forms import BulkAssignForm, QuestionForm, SupportSettingsForm
from .templatetags.console import credits, period_label
from .text import is_number, tidy

PERIODS_SHOWN = 13


def settle(form, organization, actor):
    return form.run(edit_organization, actor=actor, organization=organization, **form.settings)


@admin.register(Organization)
class OrganizationAdmin(SupportAdmin):
    list_display = ["name", "slug", "time_zone", "period_start_day", "created_at"]
    list_filter = ["time_zone"]
    fields = [
        *("name", "slug", "time_zone", "period_start_day", "late_usage_hours"),
        *("default_personal_limit", "default_is_unlimited", "created_at"),
    ]
    search_help_text = _("An id, or a part of the name or address.")
    see_also = dict.fromkeys(
        [Member, Group, BillingGroup, Period, Assignment, AuditEntry], "organization"
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


def verb(name, title, form, run, says="", removed=False, offered=lambda member: True):
    """What support may do with a member; with removed ones too if it says so."""
    return Verb(
        name,
        title,
        lambda data, member: form(data, organization=member.organization, member=member),
        run,
        says,
        lambda member: (removed or member.status != Member.Status.DELETED) and offered(member),
    )


def edit(form, member, actor):
    return form.run(edit_member, actor=actor, member=member, **form.identity)


def limit(form, member, actor):
    return form.run(set_personal_limit, actor=actor, member=member, **form.limit)


def role(form, member, actor):
    return form.run(change_role, actor=actor, member=member, role=form.cleaned_data["role"])


def assign(form, member, actor):
    group = form.cleaned_data["billing_group"]
    members = Member.objects.filter(pk=member.pk)
    arguments = {"billing_group": group, "members": members, "expected": 1}
    return form.run(assign_members, actor=actor, **arguments)


def adjust(form, member, actor):
    return form.run(adjust_usage, actor=actor, member=member, **form.adjustment)


def simply(operation):
    return lambda form, member, actor: form.run(operation, actor=actor, member=member)


class AssignmentInline(SupportInline):
    model = Assignment
    verbose_name_plural = _("billing groups so far")
    fields = ["billing_group", "started_at", "ended_at"]
    joins = ["billing_group", "member"]
    ordering = ["-started_at"]


class GroupMembershipInline(SupportInline):
    model = GroupMembership
    fields = ["group"]
    joins = ["group", "member"]


@admin.register(Member)
class MemberAdmin(SupportAdmin):
    actions = ["assign_billing_group"]
    inlines = [AssignmentInline, GroupMembershipInline]
    linked_by = ["billing_group"]
    list_display = ["name", "email", "organization", "role", "status", "billing_group", "limit"]
    list_filter = ["status", "role", "is_unlimited", "organization"]
    list_select_related = ["organization", "billing_group"]
    fields = [
        *("organization", "user", "name", "email", "role", "status", "limit", "billing_group"),
        *("why_blocked", "usage", "assigned_at", "joined_at", "deleted_at"),
    ]
    search_help_text = _("An id, or a part of the name or email.")
    verbs = [
        verb("edit", _("Edit member"), EditMemberForm, edit),
        verb("limit", _("Set personal limit"), PersonalLimitForm, limit),
        verb("role", _("Change role"), RoleForm, role),
        verb("assign", _("Assign billing group"), MemberBillingGroupForm, assign),
        verb("adjust", _("Adjust usage"), AdjustmentForm, adjust, removed=True),
        verb(
            "disable",
            _("Disable"),
            QuestionForm,
            simply(disable_member),
            _("They can neither use Credits nor open the organization. All else stays."),
            offered=lambda member: member.status == Member.Status.ENABLED,
        ),
        verb(
            "enable",
            _("Enable"),
            QuestionForm,
            simply(enable_member),
            _("They can open the organization again, and use Credits within their limits."),
            offered=lambda member: member.status == Member.Status.DISABLED,
        ),
        verb(
            "remove",
            _("Remove"),
            QuestionForm,
            simply(remove_member),
            _(
                "They leave all groups, return to Unassigned and cannot open the organization. "
                "All usage stays."
            ),
        ),
    ]

    @admin.display(description=_("personal usage limit"))
    def limit(self, member):
        if member.is_unlimited:
            return _("Unlimited")
        return _("Not set") if member.personal_limit is None else credits(member.personal_limit)

    @admin.display(description=_("why blocked"))
    def why_blocked(self, member):
        period = current_period(member.organization)
        members = Member.objects.filter(pk=member.pk).select_related("billing_group")
        sentences = reasons_in_words(with_standing(members, period).get(), period)
        return format_html_join("", "<p>{}</p>", ((each,) for each in sentences)) or _(
            "Not blocked"
        )

    @admin.display(description=_("usage"))
    def usage(self, member):
        """Credits by period and billing group, each with its records."""
        periods = {each.pk: each for each in member.organization.periods.all()[:PERIODS_SHOWN]}
        totals = UsageTotal.objects.filter(period__in=periods, member=member)
        totals = totals.select_related("billing_group").order_by("-period__starts_at", "-credits")
        rows = (
            (
                format_html(
                    '<a href="{}">{}</a>',
                    list_of(UsageRecord, period=total.period_id, member=member.pk),
                    period_label(periods[total.period_id]),
                ),
                total.billing_group,
                credits(total.credits),
            )
            for total in totals
        )
        return table([_("Period"), _("Billing group"), _("Credits")], rows)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization", "billing_group")

    def search(self, queryset, text):
        found = queryset.matching(tidy(text))
        return found | queryset.filter(pk=text) if is_number(text) else found

    @admin.action(description=_("Assign billing group"))
    def assign_billing_group(self, request, queryset):
        """Ask which billing group, then assign all who were chosen or nobody."""
        members = queryset.present().order_by()
        organizations = Organization.objects.filter(pk__in=members.values("organization"))[:2]
        if len(organizations) != 1:
            text = _("Choose members of one organization, and not only removed ones.")
            self.message_user(request, text, messages.ERROR)
            return None
        [organization] = organizations
        sent = request.POST if "expected" in request.POST else None
        form = BulkAssignForm(sent, organization=organization, expected=members.count())
        if form.is_valid() and (moved := run_bulk(form, members, support(request))):
            text = _("%(count)s members were assigned to %(group)s.")
            words = {"count": moved.count, "group": moved.billing_group}
            self.message_user(request, text % words, messages.SUCCESS)
            return None
        says = _("%(count)s members of %(organization)s get this billing group.") % {
            "count": form["expected"].initial,
            "organization": organization,
        }
        again = [(ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        again += [(name, request.POST.get(name, "")) for name in ("action", "select_across")]
        return self.form_page(request, form, _("Assign billing group"), says, sent=again)


def run_bulk(form, members, actor):
    chosen = {name: form.cleaned_data[name] for name in ("billing_group", "expected")}
    return form.run(assign_members, actor=actor, members=members, **chosen)
