from django.urls import path

from . import views

app_name = "members"
urlpatterns = [
    path("", views.member_list, name="list"),
    path("<int:pk>/assign/", views.member_assign, name="assign"),
    path("<int:pk>/limit/", views.member_limit, name="limit"),
]
