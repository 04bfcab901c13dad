from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path, re_path

from audit.api import router as audit
from billing.api import groups as billing_groups
from billing.api import records, usage
from config.api import api, nowhere
from config.requests import failed, too_many
from config.staff import guard
from groups.api import router as groups
from members.api import router as members
from members.views.accepting import invitation
from members.views.home import home, not_found, organization_home, own_page, preferences
from members.views.personal_data import own_data
from members.views.settings import settings

admin.autodiscover()
# Support has no say in permissions and sign-in.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])
admin.site.unregister([SocialAccount, SocialApp, SocialToken])
admin.site.enable_nav_sidebar = False  # it takes the width that the lists need
guard(admin.site)

handler404 = not_found
handler429 = too_many
handler500 = failed

for router in (usage.router, records.router, billing_groups.router, groups, members, audit):
    api.add_router("/organizations/{organization_id}", router)

urlpatterns = [
    path("", home, name="home"),
    path("preferences/", preferences, name="preferences"),
    path("o/<slug:slug>/", organization_home, name="organization"),
    path("o/<slug:slug>/me/", own_page, name="me"),
    path("o/<slug:slug>/me/data/", own_data, name="my-data"),
    path("o/<slug:slug>/settings/", settings, name="settings"),
    path("o/<slug:slug>/settings/api-keys/", include("members.key_urls")),
    path("o/<slug:slug>/members/", include("members.urls")),
    path("o/<slug:slug>/groups/", include("groups.urls")),
    path("o/<slug:slug>/billing-groups/", include("billing.urls")),
    path("o/<slug:slug>/audit/", include("audit.urls")),
    path("invitations/<str:secret>/", invitation, name="invitation"),
    path("accounts/", include("members.account_urls")),
    path("admin/", admin.site.urls),
    path("v1/", api.urls),
    re_path("^v1(?:/|$)", nowhere),
]
