"""Addresses of the reports."""

from django.urls import URLPattern, path

from hiring.views import reports

urlpatterns: list[URLPattern] = [
    path("hiring/reports/", reports.reports, name="reports"),
    path("hiring/reports.csv", reports.reports_file, name="reports_file"),
]
