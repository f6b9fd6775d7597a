"""Addresses of the playbooks app, one module a noun."""

from . import coverage, drafts, reading, review, runs, scenarios

app_name = "playbooks"
urlpatterns = [
    *coverage.urlpatterns,
    *scenarios.urlpatterns,
    *drafts.urlpatterns,
    *review.urlpatterns,
    *runs.urlpatterns,
    *reading.urlpatterns,
]
