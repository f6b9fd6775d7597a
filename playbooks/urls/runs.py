"""Addresses of runs, of what is suggested at a ticket, and of the search."""

from django.urls import URLPattern, path

from playbooks.views import at_hand, runs, search

urlpatterns: list[URLPattern] = [
    path("playbooks/search/", search.search, name="search"),
    path("playbooks/at-hand/", at_hand.at_hand, name="at_hand"),
    path("playbooks/<int:playbook>/runs/", runs.start, name="start_run"),
    path("playbooks/runs/<int:run>/", runs.run, name="run"),
    path("playbooks/runs/<int:run>/presence/", runs.presence, name="run_presence"),
    *(
        path(f"playbooks/runs/<int:run>/{deed}/", runs.move, {"deed": deed}, name=f"run_{deed}")
        for deed in runs.DEEDS
    ),
]
