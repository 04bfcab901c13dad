"""API keys for support: seen, and revoked."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.support import SupportAdmin, Verb
from members.keys import PREFIX_LENGTH, revoke_api_key
from members.models import ApiKey
from members.operation_forms import OperationForm
from members.text import is_number, tidy


def revoke(form, key, actor):
    return form.run(revoke_api_key, actor=actor, key=key)


@admin.register(ApiKey)
class ApiKeyAdmin(SupportAdmin):
    list_display = ["name", "prefix", "organization", "created_by", "expires_at", "revoked_at"]
    list_filter = ["organization"]
    list_select_related = ["organization", "created_by"]
    linked_by = ["created_by"]
    fields = [
        *("organization", "name", "prefix", "scopes", "created_by", "created_at"),
        *("expires_at", "last_used_at", "revoked_at"),
    ]
    search_help_text = _("An id, a part of the name, or the beginning of the key.")
    verbs = [
        Verb(
            "revoke",
            _("Revoke"),
            lambda data, key: OperationForm(data, organization=key.organization),
            revoke,
            _("Programs that use it are refused from now on."),
            lambda key: key.revoked_at is None,
        )
    ]

    def search(self, queryset, text):
        """By the name, or by a key that somebody sent us: what follows the prefix is cut off."""
        named = queryset.filter(name__icontains=tidy(text))
        found = named | queryset.filter(prefix=text[:PREFIX_LENGTH])
        return found | queryset.filter(pk=text) if is_number(text) else found
