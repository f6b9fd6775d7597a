"""Rows of this app as the API names them, and who may do what."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

from accounts.api.views import TenantViewSet
from accounts.models import Member
from customers.api.fields import MOST
from hiring.models import Application, Candidate, Interview, Requisition
from hiring.queries.people import can_manage_requisition


class HiringViewSet(TenantViewSet):
    """Keys need the scopes `hiring:read` and `hiring:write`."""

    area = "hiring"


class _Row(serializers.IntegerField):
    """A row that the caller may read, by its id."""

    model: Any = None

    def __init__(self, **options: Any):
        super().__init__(**{"min_value": 1, "max_value": MOST, **options})

    def to_internal_value(self, data: Any) -> Any:
        id = super().to_internal_value(data)
        self.run_validators(id)
        row = self.model.objects.visible_to(self.context["request"].user).filter(id=id).first()
        if row is None:
            raise serializers.ValidationError(_("There is no such row, or you may not read it."))
        return row

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Bounds were looked at with the number; a row has none."""
        (is_empty, data) = self.validate_empty_values(data)
        return data if is_empty else self.to_internal_value(data)


class RequisitionId(_Row):
    model = Requisition


class CandidateId(_Row):
    model = Candidate


class ApplicationId(_Row):
    model = Application


class InterviewId(_Row):
    model = Interview


class Made(serializers.Serializer):
    """What was made, by id: answers that are kept for a repeated call hold nothing personal."""

    id = serializers.IntegerField()


class Nothing(serializers.Serializer):
    """Nothing has to be sent."""


def refuse_others(member: Member, requisition: Requisition) -> None:
    if not can_manage_requisition(member, requisition):
        raise exceptions.PermissionDenied(_("This is for whoever hires for this job."))
