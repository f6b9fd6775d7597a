from django.urls import path

from .api.views import MetricDetail, MetricList

app_name = "metrics"
urlpatterns = [
    path("metrics/", MetricList.as_view(), name="metric_list"),
    path("metrics/<str:metric>/", MetricDetail.as_view(), name="metric"),
]
