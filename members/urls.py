from django.urls import path

from .views import bulk, changes, invitations, members, personal_data, transfer

app_name = "members"
urlpatterns = [
    path("", members.member_list, name="list"),
    path("add/", members.member_add, name="add"),
    path("invite/", invitations.invite, name="invite"),
    path("invitations/", invitations.invitation_list, name="invitations"),
    path("invitations/resend/", invitations.resend, name="resend-invitations"),
    path("invitations/revoke/", invitations.revoke, name="revoke-invitations"),
    path("assign/", bulk.bulk_assign, name="bulk-assign"),
    path("limit/", bulk.bulk_limit, name="bulk-limit"),
    path("add-to-group/", bulk.bulk_add_to_group, name="bulk-add-to-group"),
    path("import/", transfer.member_import, name="import"),
    path("import/<int:pk>/", transfer.member_dry_run, name="dry-run"),
    path("import/<int:pk>/refused/", transfer.member_import_refused, name="import-refused"),
    path("export/", transfer.member_export, name="export"),
    path("<int:pk>/", members.member_detail, name="detail"),
    path("<int:pk>/edit/", changes.member_edit, name="edit"),
    path("<int:pk>/assign/", changes.member_assign, name="assign"),
    path("<int:pk>/limit/", changes.member_limit, name="limit"),
    path("<int:pk>/role/", changes.member_role, name="role"),
    path("<int:pk>/disable/", changes.member_disable, name="disable"),
    path("<int:pk>/enable/", changes.member_enable, name="enable"),
    path("<int:pk>/remove/", changes.member_remove, name="remove"),
    path("<int:pk>/adjust/", changes.member_adjust, name="adjust"),
    path("<int:pk>/data/", personal_data.member_data, name="data"),
    path("<int:pk>/erase/", personal_data.member_erase, name="erase"),
]
