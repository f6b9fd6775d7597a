"""Addresses of the training app, one module a noun."""

from . import (
    certificates,
    ongoing,
    paths,
    picture,
    programmes,
    questions,
    quizzes,
    ramp,
    rides,
    settings,
)

app_name = "training"
urlpatterns = [
    *paths.urlpatterns,
    *quizzes.urlpatterns,
    *rides.urlpatterns,
    *programmes.urlpatterns,
    *questions.urlpatterns,
    *certificates.urlpatterns,
    *ongoing.urlpatterns,
    *picture.urlpatterns,
    *ramp.urlpatterns,
    *settings.urlpatterns,
]
