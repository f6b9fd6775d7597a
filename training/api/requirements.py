from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.models import Role
from customers.api.filters import ListFilter
from playbooks.api.fields import TeamNamed, team
from training.actions.requirements import require
from training.models import Level, Requirement

from .fields import PlaybookId, TrainingViewSet, number, refuse_reps


class RequirementSerializer(serializers.ModelSerializer):
    team = team("team")
    playbook = serializers.IntegerField(source="playbook_id")
    playbook_title = serializers.CharField(source="playbook.title")

    class Meta:
        model = Requirement
        fields = ["id", "role", "team", "playbook", "playbook_title", "level"]


class NewRequirement(serializers.Serializer):
    role = serializers.ChoiceField(Role.choices)
    team = TeamNamed(help_text="By name; left out or null: in any team.")
    playbook = PlaybookId()
    level = serializers.ChoiceField(
        Level.choices, allow_blank=True, help_text="Empty: they are not to know it any more."
    )


class SetRequirement(serializers.Serializer):
    """Without an id it was dropped."""

    id = serializers.IntegerField(allow_null=True)
    level = serializers.ChoiceField(Level.choices, allow_blank=True)


class RequirementFilter(ListFilter):
    """Of the list of requirements."""

    role = serializers.ChoiceField(Role.choices, required=False)
    playbook = number()

    LOOKUPS = {"playbook": "playbook_id"}


@extend_schema_view(
    list=extend_schema(summary="Requirements", parameters=[RequirementFilter]),
    retrieve=extend_schema(summary="A requirement"),
)
class RequirementViewSet(TrainingViewSet):
    """Up to which level people of a role are to know a process; for who sets training up."""

    queryset = Requirement.objects.select_related("team", "playbook")
    serializer_class = RequirementSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_reps(self.member)

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**RequirementFilter(data=self.request.query_params).lookups())
        return rows

    @extend_schema(
        summary="Set what a role is to know, or drop it",
        request=NewRequirement,
        responses={201: SetRequirement},
    )
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewRequirement)
        row = require(actor=self.member, **asked)
        told = {"id": row.id if row else None, "level": asked["level"]}
        return Response(SetRequirement(told).data, status=201)
