from django.urls import path

from customers.views import imports

urlpatterns = [
    path("imports/", imports.import_index, name="import_index"),
]
