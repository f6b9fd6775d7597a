"""Routes of the API, under the name `metrics`; `pages` beside it has the pages, under the name `boards`.

boards:team and boards:rep (a member's id, or nobody), boards:explain and boards:trend (a metric), boards:focus.
The rows behind a figure are `customers:behind`.
"""

from django.urls import path

from metrics.api.views import MetricDetail, MetricList

app_name = "metrics"
urlpatterns = [
    path("metrics/", MetricList.as_view(), name="metric_list"),
    path("metrics/<str:metric>/", MetricDetail.as_view(), name="metric"),
]
