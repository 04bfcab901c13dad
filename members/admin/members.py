"""Members for support: all about one, and what may be done with them."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from audit.support import SupportAdmin, SupportInline, Verb, list_of, support, table
from billing.forms import AdjustmentForm, MemberBillingGroupForm
from billing.limits import with_standing
from billing.metering import adjust_usage
from billing.models import Assignment, UsageRecord, UsageTotal
from billing.operations import assign_members
from billing.periods import current_period
from groups.models import GroupMembership
from members.accounts import has_second_factor
from members.forms import EditMemberForm, PersonalLimitForm, RoleForm
from members.models import Member, Organization
from members.operations import (
    change_role,
    disable_member,
    edit_member,
    enable_member,
    remove_member,
    set_personal_limit,
)
from members.personal_data import erase_member
from members.reasons import reasons_in_words
from members.sessions import end_sessions, reset_second_factor
from members.support_forms import BulkAssignForm, QuestionForm, ReasonForm
from members.templatetags.console import credits, period_label
from members.text import is_number, tidy

PERIODS_SHOWN = 13


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


def reset(form, member, actor):
    reason = form.cleaned_data["reason"]
    return form.run(reset_second_factor, actor=actor, member=member, reason=reason)


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
    fetched = ["organization", "billing_group"]
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
        verb(
            "sessions",
            _("End sessions"),
            QuestionForm,
            simply(end_sessions),
            _("They are signed out of every browser, and can sign in again."),
            removed=True,
            offered=lambda member: member.user_id is not None,
        ),
        verb(
            "second-factor",
            _("Reset second factor"),
            ReasonForm,
            reset,
            _(
                "Make sure that it is them. Authenticator app, passkeys and recovery codes open "
                "nothing any more; they are signed out everywhere, and told by email."
            ),
            removed=True,
            offered=lambda member: member.user is not None and has_second_factor(member.user),
        ),
        verb(
            "erase",
            _("Erase personal data"),
            QuestionForm,
            simply(erase_member),
            _("Name, email and sign-in are erased for good; all usage stays, without the name."),
            removed=True,
            offered=lambda member: not (member.is_erased or member.status == Member.Status.ENABLED),
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
