"""Addresses of the interview room: one's own scorecard."""

from django.urls import URLPattern, path

from hiring.views import room

PLACE = "hiring/scorecards/<int:scorecard>/"

urlpatterns: list[URLPattern] = [
    path(PLACE, room.room, name="room"),
    path(PLACE + "declaration/", room.declaration, name="room_declaration"),
    path(PLACE + "submission/", room.submission, name="room_submission"),
    path(PLACE + "steps/<str:step>/", room.step, name="room_step"),
]
