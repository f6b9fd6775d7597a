"""Addresses: the big picture."""

from django.urls import URLPattern, path

from training.views import picture

urlpatterns: list[URLPattern] = [
    path("training/picture/", picture.picture, name="picture"),
    path("training/picture/snapshot/", picture.picture_snapshot, name="picture_snapshot"),
    path("training/picture/scenarios/", picture.picture_scenarios, name="picture_scenarios"),
    path("training/picture/scenarios/kept/", picture.picture_kept, name="picture_kept"),
]
