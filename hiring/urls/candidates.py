from django.urls import path

from hiring.views import candidates, files, merging

urlpatterns = [
    path(
        "hiring/requisitions/<int:requisition>/candidates/new/",
        candidates.candidate_new,
        name="candidate_new",
    ),
    path("hiring/candidates/<int:candidate>/edit/", candidates.candidate_edit, name="candidate_edit"),
    path("hiring/candidates/<int:candidate>/export/", candidates.candidate_export, name="candidate_export"),
    path(
        "hiring/candidates/<int:candidate>/erasure/", candidates.candidate_erasure, name="candidate_erasure"
    ),
    path(
        "hiring/candidates/<int:candidate>/merge/<int:other>/",
        merging.candidate_merge,
        name="candidate_merge",
    ),
    path(
        "hiring/candidates/<int:candidate>/merge/<int:other>/undo/",
        merging.candidate_unmerge,
        name="candidate_unmerge",
    ),
    path("hiring/candidates/<int:candidate>/files/", files.file_new, name="file_new"),
    path("hiring/files/<int:kept>/", files.file_text, name="file_text"),
    path("hiring/files/<int:kept>/download/", files.file_download, name="file_download"),
    path("hiring/files/<int:kept>/deletion/", files.file_deletion, name="file_deletion"),
]
