from django.urls import path

from .views import keys

app_name = "api-keys"
urlpatterns = [
    path("", keys.key_list, name="list"),
    path("create/", keys.key_create, name="create"),
    path("<int:pk>/revoke/", keys.key_revoke, name="revoke"),
]
