from django.urls import path

from customers.views import queue, search

urlpatterns = [
    path("tickets/", queue.ticket_index, name="ticket_index"),
    path("search/", search.search, name="search"),
]
