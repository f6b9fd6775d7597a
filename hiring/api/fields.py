"""Rows of this app as the API names them, and who may do what."""

from django.utils.translation import gettext as _
from rest_framework import exceptions

from accounts.api.views import TenantViewSet
from accounts.models import Member
from customers.api.fields import RowId
from hiring.models import Application, Candidate, Interview, Requisition
from hiring.queries.people import can_manage_requisition


class HiringViewSet(TenantViewSet):
    """Keys need the scopes `hiring:read` and `hiring:write`."""

    area = "hiring"


class RequisitionId(RowId):
    model = Requisition


class CandidateId(RowId):
    model = Candidate


class ApplicationId(RowId):
    model = Application


class InterviewId(RowId):
    model = Interview


def refuse_others(member: Member, requisition: Requisition) -> None:
    if not can_manage_requisition(member, requisition):
        raise exceptions.PermissionDenied(_("This is for whoever hires for this job."))
