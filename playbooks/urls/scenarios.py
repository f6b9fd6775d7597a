"""Addresses of scenarios."""

from django.urls import URLPattern, path

from playbooks.views import scenarios

urlpatterns: list[URLPattern] = [
    path("playbooks/scenarios/", scenarios.scenarios, name="scenarios"),
    path("playbooks/scenarios/mappings/", scenarios.taking_in, name="taking_in"),
    path(
        "playbooks/scenarios/mappings/<int:mapping>/removal/",
        scenarios.mapping_removal,
        name="mapping_removal",
    ),
    path("playbooks/scenarios/<int:scenario>/", scenarios.scenario, name="scenario"),
    path("playbooks/scenarios/<int:scenario>/archiving/", scenarios.archiving, name="scenario_archiving"),
    path(
        "playbooks/scenarios/<int:scenario>/restoration/", scenarios.restoration, name="scenario_restoration"
    ),
    path("playbooks/scenarios/<int:scenario>/mappings/", scenarios.mapping_new, name="mapping_new"),
]
