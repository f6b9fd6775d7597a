"""Addresses of interviews: planned, moved, cancelled, and who asks."""

from django.urls import URLPattern, path

from hiring.views import interviews

PLACE = "hiring/interviews/<int:interview>/"

urlpatterns: list[URLPattern] = [
    path("hiring/applications/<int:application>/interviews/new/", interviews.new, name="interview_new"),
    path(PLACE, interviews.show, name="interview"),
    path(PLACE + "interview.ics", interviews.calendar, name="interview_calendar"),
    path(PLACE + "time/", interviews.time, name="interview_time"),
    path(PLACE + "panel/", interviews.panel, name="interview_panel"),
    path(PLACE + "panel/<int:scorecard>/excuse/", interviews.excuse, name="interview_excuse"),
    path(PLACE + "cancellation/", interviews.cancellation, name="interview_cancellation"),
    path(PLACE + "mailing/", interviews.mailing, name="interview_mailing"),
]
