from django.urls import path

from customers.views import bulk, queue, saved_views, search

urlpatterns = [
    path("tickets/", queue.ticket_index, name="ticket_index"),
    path("tickets.csv", queue.ticket_csv, name="ticket_csv"),
    path("tickets/filters/", queue.ticket_filters, name="ticket_filters"),
    path("tickets/bulk/", bulk.ticket_bulk, name="ticket_bulk"),
    path("tickets/bulk/<uuid:batch>/undo/", bulk.ticket_bulk_undo, name="ticket_bulk_undo"),
    path("tickets/views/", saved_views.view_index, name="view_index"),
    path("tickets/views/<int:view_id>/", saved_views.view_change, name="view_change"),
    path("tickets/views/<int:view_id>/deletion/", saved_views.view_deletion, name="view_deletion"),
    path("tickets/views/restoration/<str:kept>/", saved_views.view_restoration, name="view_restoration"),
    path("search/", search.search, name="search"),
]
