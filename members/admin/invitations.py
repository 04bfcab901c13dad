"""Invitations for support: seen, and revoked."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.support import SupportAdmin, Verb
from members.invitations import revoke_invitations
from members.models import Invitation
from members.operation_forms import OperationForm
from members.text import is_number, listed, tidy


def revoke(form, invitation, actor):
    one = Invitation.objects.filter(pk=invitation.pk)
    organization = invitation.organization
    return form.run(revoke_invitations, actor=actor, organization=organization, invitations=one)


@admin.register(Invitation)
class InvitationAdmin(SupportAdmin):
    list_display = ["email", "organization", "role", "invited_by", "expires_at", "sent_at"]
    list_filter = ["organization"]
    list_select_related = ["organization", "invited_by"]
    linked_by = ["invited_by"]
    fields = [
        *("organization", "email", "role", "billing_group", "joins", "personal_limit"),
        *("is_unlimited", "invited_by", "created_at", "expires_at", "sent_at"),
        *("accepted_at", "revoked_at"),
    ]
    search_help_text = _("An id, or a part of the email.")
    verbs = [
        Verb(
            "revoke",
            pgettext_lazy("an invitation", "Revoke"),
            lambda data, invitation: OperationForm(data, organization=invitation.organization),
            revoke,
            _("Its link opens nothing from now on."),
            lambda invitation: invitation.accepted_at is None and invitation.revoked_at is None,
        )
    ]

    @admin.display(description=_("groups"))
    def joins(self, invitation):
        return listed(invitation.groups.order_by("name").values_list("name", flat=True)) or "–"

    def search(self, queryset, text):
        found = queryset.filter(email__icontains=tidy(text))
        return found | queryset.filter(pk=text) if is_number(text) else found
