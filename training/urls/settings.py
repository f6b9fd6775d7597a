"""Addresses: how the company trains."""

from django.urls import URLPattern, path

from training.views import settings

urlpatterns: list[URLPattern] = [path("training/settings/", settings.settings, name="settings")]
