from django.urls import path

from customers.views import behind

urlpatterns = [
    path("figures/<slug:metric>/rows/", behind.rows_behind, name="behind"),
]
