"""API keys: the list, making one, whose secret is shown once, and revoking it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.htmx import form_view, posted, redirect_after, render_form
from members.access import organization_admin
from members.key_forms import ApiKeyForm
from members.keys import create_api_key, revoke_api_key
from members.operation_forms import OperationForm
from members.tabs import settings_tabs


@require_safe
@organization_admin
def key_list(request, organization):
    """All keys, the newest first; revoked and expired ones too."""
    keys = organization.api_keys.select_related("created_by").order_by("-pk")
    context = {
        "title": _("Settings"),
        "organization": organization,
        "keys": keys,
        "tabs": settings_tabs(organization, "keys"),
    }
    return render(request, "members/keys.html", context)


@never_cache
@form_view
@organization_admin
def key_create(request, organization):
    """Make a key; the answer shows its secret, which is kept nowhere."""
    form = ApiKeyForm(posted(request), organization=organization)
    context = {"organization": organization, "cancel_url": _list_url(organization)}
    if form.is_valid():
        arguments = {"maker": request.member, **form.key}
        if made := form.run(create_api_key, actor=request.actor, **arguments):
            context |= {"title": _("Save this API key now"), "made": made}
            return render(request, "members/key-made.html", context)
    context |= {"title": _("Create API key"), "submit_label": _("Create")}
    return render_form(request, "form_page.html", form, **context)


@form_view
@organization_admin
def key_revoke(request, organization, pk):
    """End a key for ever."""
    key = get_object_or_404(organization.api_keys.filter(revoked_at=None), pk=pk)
    form = OperationForm(posted(request), organization=organization)
    if form.is_valid() and form.run(revoke_api_key, actor=request.actor, key=key):
        messages.success(request, _("%(name)s was revoked.") % {"name": key.name})
        return redirect_after(request, _list_url(organization))
    refused = _("Programs that use %(prefix)s are refused from now on.") % {"prefix": key.prefix}
    context = {
        "organization": organization,
        "title": _("Revoke %(name)s?") % {"name": key.name},
        "submit_label": _("Revoke"),
        "destructive": True,
        "changes": [refused],
        "stays": [_("All that was done and reported with it.")],
        "cancel_url": _list_url(organization),
    }
    return render_form(request, "question.html", form, **context)


def _list_url(organization):
    return reverse("api-keys:list", args=[organization.slug])
