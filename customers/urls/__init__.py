from . import behind, customers, imports, queue, tickets

app_name = "customers"
urlpatterns = [
    *queue.urlpatterns,
    *tickets.urlpatterns,
    *customers.urlpatterns,
    *imports.urlpatterns,
    *behind.urlpatterns,
]
