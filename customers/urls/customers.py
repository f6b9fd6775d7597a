from django.urls import path

from customers.views import customers

urlpatterns = [
    path("customers/", customers.customer_index, name="customer_index"),
]
