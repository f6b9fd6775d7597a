from django.urls import path

from hiring.views import takeovers

urlpatterns = [
    path("hiring/import/", takeovers.takeover_index, name="takeovers"),
    path("hiring/import/<int:takeover>/", takeovers.takeover, name="takeover"),
    path("hiring/import/<int:takeover>/start/", takeovers.takeover_start, name="takeover_start"),
    path(
        "hiring/import/<int:takeover>/cancellation/",
        takeovers.takeover_cancellation,
        name="takeover_cancellation",
    ),
]
