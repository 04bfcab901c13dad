from django.urls import path

from .views import members

app_name = "members"
urlpatterns = [
    path("", members.member_list, name="list"),
    path("<int:pk>/assign/", members.member_assign, name="assign"),
    path("<int:pk>/limit/", members.member_limit, name="limit"),
]
