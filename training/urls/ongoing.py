"""Addresses: ongoing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
