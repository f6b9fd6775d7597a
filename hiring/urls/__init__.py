"""Addresses of the hiring app, one module a noun."""

from . import (
    applications,
    board,
    candidates,
    debrief,
    interviews,
    kits,
    public,
    reports,
    requisitions,
    room,
    settings,
    takeovers,
)

app_name = "hiring"
urlpatterns = [
    *requisitions.urlpatterns,
    *kits.urlpatterns,
    *settings.urlpatterns,
    *takeovers.urlpatterns,
    *board.urlpatterns,
    *candidates.urlpatterns,
    *applications.urlpatterns,
    *interviews.urlpatterns,
    *room.urlpatterns,
    *debrief.urlpatterns,
    *reports.urlpatterns,
    *public.urlpatterns,
]
