"""Addresses: rides."""

from django.urls import URLPattern, path

from training.views import rides

RIDE = "training/rides/<int:ride>/"

urlpatterns: list[URLPattern] = [
    path("training/paths/<int:enrolment>/items/<int:item>/rides/", rides.index, name="rides"),
    path("training/rides/", rides.hosting, name="hosting"),
    path(RIDE, rides.show, name="ride"),
    path(f"{RIDE}time/", rides.time, name="ride_time"),
    path(f"{RIDE}calendar.ics", rides.calendar, name="ride_calendar"),
    path(f"{RIDE}notes/", rides.notes, name="ride_notes"),
    path(f"{RIDE}reflection/", rides.reflection, name="ride_reflection"),
    path(f"{RIDE}cancellation/", rides.cancellation, name="ride_cancellation"),
]
