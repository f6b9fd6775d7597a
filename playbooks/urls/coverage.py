"""Addresses of coverage, writing time and what playbooks come to."""

from django.urls import URLPattern, path

from playbooks.views import coverage, effect, writing

urlpatterns: list[URLPattern] = [
    path("playbooks/", coverage.index, name="index"),
    path("playbooks/writing/", writing.writing, name="writing"),
    path("playbooks/writing/<int:slot>/calendar.ics", writing.calendar, name="writing_calendar"),
    path("playbooks/writing/<int:slot>/removal/", writing.removal, name="writing_removal"),
    path("playbooks/<int:playbook>/effect/", effect.effect, name="effect"),
]
