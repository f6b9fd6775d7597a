"""Addresses: the ramp."""

from django.urls import URLPattern, path

from training.views import ramp

urlpatterns: list[URLPattern] = [path("training/ramp/", ramp.ramp, name="ramp")]
