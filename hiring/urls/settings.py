"""Addresses of what holds for all hiring, and of who interviews."""

from django.urls import URLPattern, path

from hiring.views import settings

urlpatterns: list[URLPattern] = [
    path("hiring/settings/", settings.settings, name="settings"),
    path("hiring/interviewers/", settings.interviewers, name="interviewers"),
    path(
        "hiring/interviewers/<int:person>/module/removal/", settings.training_removal, name="training_removal"
    ),
]
