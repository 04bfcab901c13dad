import re

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.limits import with_standing
from billing.periods import current_period
from members.access import organization_member
from members.preferences import save_preferences
from members.reasons import reasons_in_words

IN_AN_ORGANIZATION = re.compile("/o/([^/]+)/")


@require_safe
@login_required
def home(request):
    """To the person's organization, or the chooser where there are several."""
    members = list(request.user.memberships.enabled().by_organization())
    if len(members) == 1:
        return redirect("organization", members[0].organization.slug)
    title = _("Choose an organization") if members else _("No organization")
    return render(request, "members/home.html", {"members": members, "title": title})


@require_safe
@organization_member
def organization_home(request, organization):
    """To Billing Groups, or to the one page that a member who is no admin sees."""
    return redirect("billing:list" if request.member.is_admin else "me", organization.slug)


@require_safe
@organization_member
def own_page(request, organization):
    """The member's own usage and limits in the current period, and why they are blocked."""
    period = current_period(organization)
    member = with_standing(organization.members, period).get(pk=request.member.pk)
    member.billing_group.used = member.group_used
    totals = period.usage_totals.filter(member=member, credits__gt=0)
    context = {
        "title": _("My usage"),
        "organization": organization,
        "period": period,
        "member": member,
        "why": reasons_in_words(member, period),
        "totals": totals.select_related("billing_group").order_by("-credits", "billing_group"),
    }
    return render(request, "members/me.html", context)


@require_POST
@login_required
def preferences(request):
    """Keep the language or the theme whose button was pressed, and show the page again."""
    save_preferences(request.user, request.POST)
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, request.get_host(), request.is_secure())
    return redirect(back if is_ours else "home")


def not_found(request, exception):
    """404; signed in, with the rail of the address's organization or of one's only one."""
    if request.user.is_authenticated and not hasattr(request, "member"):
        members = list(request.user.memberships.enabled().by_organization())
        named = IN_AN_ORGANIZATION.match(request.path)
        here = [each for each in members if named and each.organization.slug == named[1]] or members
        if len(here) == 1:
            [request.member] = here
            request.member.is_elsewhere = len(members) > 1
    return render(request, "404.html", status=404)
