"""Addresses: settings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
