from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.models import Role
from customers.api.editing import IF_MATCH, conflicts, seen_version, with_etag
from customers.api.fields import MOST, Made, Person, person
from customers.api.filters import ListFilter
from customers.models.rules import LONGEST_TEXT
from hiring.actions.requisitions import change_requisition, open_requisition, set_requisition_state
from hiring.models import Requisition, Stage
from hiring.permissions import can_hire

from .fields import HiringViewSet, refuse_others


class StageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Stage
        fields = ["id", "name", "kind", "limit_days"]


class RequisitionSerializer(serializers.ModelSerializer):
    owner_email = person("owner")
    manager_email = person("manager")
    team = serializers.CharField(source="team.name", allow_null=True, default=None)

    class Meta:
        model = Requisition
        fields = [
            "id",
            "external_id",
            "title",
            "place",
            "state",
            "owner_email",
            "seats",
            "role",
            "manager_email",
            "team",
            "starts_on",
            "threshold",
            "opened_at",
            "closed_at",
            "version",
        ]


class WholeRequisitionSerializer(RequisitionSerializer):
    stages = StageSerializer(many=True, read_only=True)

    class Meta(RequisitionSerializer.Meta):
        fields = [*RequisitionSerializer.Meta.fields, "description", "stages"]


class RequisitionChange(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    place = serializers.CharField(max_length=120, allow_blank=True, required=False)
    description = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    seats = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    role = serializers.ChoiceField(Role.choices, required=False)
    manager_email = Person(source="manager")
    starts_on = serializers.DateField(allow_null=True, required=False)
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class NewRequisition(RequisitionChange):
    version = None  # type: ignore[assignment]


class StateChange(serializers.Serializer):
    state = serializers.ChoiceField(Requisition.State.choices)


class RequisitionFilter(ListFilter):
    """Of the list of requisitions."""

    state = serializers.ChoiceField(Requisition.State.choices, required=False)


@extend_schema_view(
    list=extend_schema(summary="Requisitions", parameters=[RequisitionFilter]),
    retrieve=extend_schema(summary="A requisition with its stages"),
)
class RequisitionViewSet(HiringViewSet):
    """Jobs to be filled that the caller hires for; leaders and admins read all."""

    queryset = Requisition.objects.select_related("owner", "manager", "team")

    def get_serializer_class(self):
        return WholeRequisitionSerializer if self.action == "retrieve" else RequisitionSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**RequisitionFilter(data=self.request.query_params).lookups())
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(summary="Open a requisition", request=NewRequisition, responses={201: Made})
    @once
    def create(self, request: Request) -> Response:
        if not can_hire(self.member):
            raise exceptions.PermissionDenied(_("Managers and leaders open jobs."))
        requisition = open_requisition(actor=self.member, **self.checked(NewRequisition))
        return Response(Made(requisition).data, status=201)

    @extend_schema(
        summary="Change a requisition",
        request=RequisitionChange(partial=True),
        responses=RequisitionSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        requisition = self.get_object()
        refuse_others(self.member, requisition)
        asked = self.checked(RequisitionChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        seen = requisition.version if version is None else version
        with conflicts(request):
            requisition = change_requisition(
                actor=self.member, requisition=requisition, version=seen, **asked
            )
        return with_etag(Response(RequisitionSerializer(requisition).data), requisition.version)

    @extend_schema(
        summary="Open, hold, fill or cancel; applications stay as they are",
        request=StateChange,
        responses={201: RequisitionSerializer},
    )
    @action(detail=True, methods=["post"])
    @once
    def state(self, request: Request, pk: str) -> Response:
        requisition = self.get_object()
        refuse_others(self.member, requisition)
        asked = self.checked(StateChange)
        requisition = set_requisition_state(actor=self.member, requisition=requisition, **asked)
        answer = Response(RequisitionSerializer(self.get_object()).data, status=201)
        return with_etag(answer, requisition.version)
