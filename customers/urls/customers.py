from django.urls import path

from customers.views import contacts, customer_merge, customers, erasure, mentions, notes, quick_facts

urlpatterns = [
    path("customers/", customers.customer_index, name="customer_index"),
    path("customers.csv", customers.customer_csv, name="customer_csv"),
    path("customers/new/", customers.customer_new, name="customer_new"),
    path("customers/<int:customer_id>/", customers.customer_show, name="customer_show"),
    path("customers/<int:customer_id>/edit/", customers.customer_edit, name="customer_edit"),
    path("customers/<int:customer_id>/owner/", customers.customer_owner, name="customer_owner"),
    path("customers/<int:customer_id>/revenue/", customers.customer_revenue, name="customer_revenue"),
    path("customers/<int:customer_id>/merge/", customer_merge.customer_merge, name="customer_merge"),
    path("customers/<int:customer_id>/merge/undo/", customer_merge.customer_unmerge, name="customer_unmerge"),
    path("customers/<int:customer_id>/erasure/", erasure.customer_erasure, name="customer_erasure"),
    path("customers/<int:customer_id>/contacts/", contacts.contact_index, name="contact_index"),
    path("customers/<int:customer_id>/contacts/new/", contacts.contact_new, name="contact_new"),
    path("contacts/<int:contact_id>/edit/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:contact_id>/leaving/", contacts.contact_leaving, name="contact_leaving"),
    path("contacts/<int:contact_id>/return/", contacts.contact_return, name="contact_return"),
    path("contacts/<int:contact_id>/erasure/", erasure.contact_erasure, name="contact_erasure"),
    path("customers/<int:customer_id>/facts/new/", quick_facts.fact_new, name="fact_new"),
    path("facts/<int:fact_id>/edit/", quick_facts.fact_edit, name="fact_edit"),
    path("facts/<int:fact_id>/verification/", quick_facts.fact_verification, name="fact_verification"),
    path("facts/<int:fact_id>/removal/", quick_facts.fact_removal, name="fact_removal"),
    path("customers/<int:customer_id>/notes/", notes.note_new, name="note_new"),
    path("mentions/", mentions.mention_options, name="mention_options"),
    path("notes/<int:note_id>/edit/", notes.note_edit, name="note_edit"),
    path("notes/<int:note_id>/history/", notes.note_history, name="note_history"),
    path("notes/<int:note_id>/deletion/", notes.note_deletion, name="note_deletion"),
    path("notes/<int:note_id>/restoration/", notes.note_restoration, name="note_restoration"),
    path("notes/<int:note_id>/kept/", notes.note_kept, name="note_kept"),
    path("notes/<int:note_id>/kept/undo/", notes.note_reopening, name="note_reopening"),
]
