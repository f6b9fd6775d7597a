from django.urls import path

from customers.views import ticket_life, ticket_new, ticket_writing, tickets

urlpatterns = [
    path("tickets/new/", ticket_new.ticket_new, name="ticket_new"),
    path("tickets/new/customers/", ticket_new.customer_options, name="ticket_customers"),
    path("tickets/new/peek/", ticket_new.customer_peek, name="ticket_peek"),
    path("tickets/<int:ticket_id>/", tickets.ticket_show, name="ticket_show"),
    path("tickets/<int:ticket_id>/stream/", tickets.ticket_stream, name="ticket_stream"),
    path("tickets/<int:ticket_id>/presence/", tickets.ticket_presence, name="ticket_presence"),
    path("tickets/<int:ticket_id>/reply/", ticket_writing.ticket_reply, name="ticket_reply"),
    path("tickets/<int:ticket_id>/mailing/", ticket_writing.ticket_mailing, name="ticket_mailing"),
    path("tickets/<int:ticket_id>/note/", ticket_writing.ticket_note, name="ticket_note"),
    path(
        "tickets/<int:ticket_id>/customer-reply/",
        ticket_writing.ticket_customer_reply,
        name="ticket_customer_reply",
    ),
    path("tickets/<int:ticket_id>/properties/", ticket_writing.ticket_properties, name="ticket_properties"),
    path("tickets/<int:ticket_id>/merge/", ticket_writing.ticket_merge, name="ticket_merge"),
    path("tickets/<int:ticket_id>/assignment/", ticket_life.ticket_assignment, name="ticket_assignment"),
    path("tickets/<int:ticket_id>/pending/", ticket_life.ticket_pending, name="ticket_pending"),
    path("tickets/<int:ticket_id>/hold/", ticket_life.ticket_hold, name="ticket_hold"),
    path("tickets/<int:ticket_id>/resumption/", ticket_life.ticket_resumption, name="ticket_resumption"),
    path("tickets/<int:ticket_id>/resolution/", ticket_life.ticket_resolution, name="ticket_resolution"),
    path("tickets/<int:ticket_id>/reopening/", ticket_life.ticket_reopening, name="ticket_reopening"),
    path("tickets/<int:ticket_id>/closure/", ticket_life.ticket_closure, name="ticket_closure"),
    path("tickets/<int:ticket_id>/spam/", ticket_life.ticket_spam, name="ticket_spam"),
    path("tickets/<int:ticket_id>/deletion/", ticket_life.ticket_deletion, name="ticket_deletion"),
    path("tickets/<int:ticket_id>/events/<int:event_id>/undo/", ticket_life.ticket_undo, name="ticket_undo"),
    path("tickets/<int:ticket_id>/restoration/", ticket_life.ticket_restoration, name="ticket_restoration"),
]
