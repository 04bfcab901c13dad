from django.urls import path

from .views import assigning, charts, exporting, groups

app_name = "billing"
urlpatterns = [
    path("", groups.billing_group_list, name="list"),
    path("create/", groups.billing_group_create, name="create"),
    path("days/", charts.days, name="days"),
    path("export/", exporting.export, name="export"),
    path("export/download/", exporting.export_download, name="download"),
    path("unassigned/handle/", assigning.unassigned_handle, name="handle"),
    path("<str:key>/", groups.billing_group_detail, name="detail"),
    path("<str:key>/days/", charts.group_days, name="group-days"),
    path("<str:key>/edit/", groups.billing_group_edit, name="edit"),
    path("<str:key>/limit/", groups.billing_group_limit, name="limit"),
    path("<str:key>/assign/", assigning.billing_group_assign, name="assign"),
    path("<str:key>/remove/", assigning.billing_group_remove, name="remove"),
    path("<str:key>/delete/", groups.billing_group_delete, name="delete"),
]
