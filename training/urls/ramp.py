"""Addresses: ramp."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
