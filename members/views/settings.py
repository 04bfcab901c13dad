from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.periods import current_period, periods_after_change
from config.htmx import form_view, posted, render_page
from members import consequences
from members.access import organization_admin
from members.operations import edit_organization
from members.settings_forms import SettingsForm, calendar_name
from members.tabs import settings_tabs
from members.templatetags.console import period_label


@form_view
@organization_admin
def settings(request, organization):
    """The settings, with the periods that time zone, start day and late window make."""
    if "look" in request.POST:
        return redirect(_with_what_was_typed(request))
    form = SettingsForm(
        posted(request), organization=organization, user=request.user, typed=request.GET
    )
    if form.is_valid():
        arguments = {"organization": organization, **form.settings}
        if saved := form.run(edit_organization, actor=request.actor, **arguments):
            messages.success(request, _said(organization, saved))
            return redirect("settings", organization.slug)
    context = {
        "title": _("Settings"),
        "organization": organization,
        "form": form,
        "tabs": settings_tabs(organization, "settings"),
        **_preview(organization, form.calendar),
    }
    response = render_page(request, "members/settings.html", "period-preview", context)
    response.status_code = form.status
    return response


def _with_what_was_typed(request):
    """The address of the same form, unsent, with all that was typed."""
    typed = QueryDict(mutable=True)
    for name in SettingsForm.base_fields:
        if name != "seen" and name in request.POST:
            typed[name] = request.POST[name]
    typed.setdefault("requires_two_factor", "")  # a box that is not ticked sends nothing
    return f"{request.path}?{typed.urlencode()}"


def _preview(organization, calendar):
    """The periods that `calendar` would make and what it changes; nothing where it is None."""
    if calendar is None:
        return {"outlook": None}
    now = timezone.now()
    before = periods_after_change(organization, now=now)
    after = periods_after_change(organization, now=now, **calendar)
    changes, stays = consequences.of_settings(before, after, now)
    return {
        "outlook": after,
        "late": [consequences.late_usage(period, now) for period in after.ended],
        "seen": calendar_name(calendar),
        "changes": changes,
        "stays": stays,
    }


def _said(before, saved):
    period = current_period(saved)
    if (before.time_zone, before.period_start_day) == (saved.time_zone, saved.period_start_day):
        return _("The settings were saved.")
    text = _("The settings were saved. The current period is %(period)s.")
    return text % {"period": period_label(period)}
