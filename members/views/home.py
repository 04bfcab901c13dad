from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from members.access import organization_member


@require_GET
@login_required
def home(request):
    """To the person's organization, or the chooser where there are several."""
    members = list(request.user.memberships.enabled().select_related("organization"))
    if len(members) == 1:
        return redirect("organization", members[0].organization.slug)
    return render(request, "members/home.html", {"members": members, "title": _("Organizations")})


@require_GET
@organization_member
def organization_home(request, organization):
    return redirect("billing:list", organization.slug)
