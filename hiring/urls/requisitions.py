"""Addresses of jobs, their stages and weights."""

from django.urls import URLPattern, path

from hiring.models import Requisition
from hiring.views import requisitions, stages

JOB = "hiring/requisitions/<int:requisition>/"
STAGE = f"{JOB}stages/<int:stage>/"

urlpatterns: list[URLPattern] = [
    path("hiring/", requisitions.index, name="index"),
    path("hiring/plan/", requisitions.planned, name="plan"),
    path("hiring/requisitions/new/", requisitions.new, name="requisition_new"),
    path(JOB, requisitions.show, name="requisition"),
    path(f"{JOB}edit/", requisitions.edit, name="requisition_edit"),
    *(
        path(f"{JOB}{deed}/", requisitions.state, {"state": state}, name=f"requisition_{deed}")
        for deed, state in (
            ("opening", Requisition.State.OPEN),
            ("hold", Requisition.State.ON_HOLD),
            ("fill", Requisition.State.FILLED),
            ("cancellation", Requisition.State.CANCELLED),
        )
    ),
    path(f"{JOB}weights/", stages.weights, name="weights"),
    path(f"{JOB}stages/", stages.stages, name="stages"),
    path(STAGE, stages.stage, name="stage"),
    path(f"{STAGE}position/", stages.position, name="stage_position"),
    path(f"{STAGE}removal/", stages.removal, name="stage_removal"),
]
