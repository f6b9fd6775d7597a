from django.urls import path

from customers.views import imports

urlpatterns = [
    path("imports/", imports.import_index, name="import_index"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/templates/<str:kind>.csv", imports.import_template, name="import_template"),
    path("imports/runs/<int:run_id>/errors/", imports.import_errors, name="import_errors"),
    path("imports/<int:upload_id>/", imports.import_show, name="import_show"),
    path("imports/<int:upload_id>/start/", imports.import_start, name="import_start"),
    path("imports/<int:upload_id>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:upload_id>/cancellation/", imports.import_cancellation, name="import_cancellation"),
]
