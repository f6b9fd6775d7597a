from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.editing import IF_MATCH, conflicts, seen_version, with_etag
from customers.api.fields import MOST, Deadline, Made, Person
from customers.api.filters import ListFilter
from hiring.actions.interviews import (
    cancel_interview,
    change_panel,
    plan_interview,
    reschedule_interview,
)
from hiring.models import Interview, PanelRole

from .fields import ApplicationId, HiringViewSet, refuse_others

MOST_PEOPLE = 12


class PanelistReadSerializer(serializers.Serializer):
    """Somebody on the panel and whether the scorecard is in; more is not known before it may be read."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(PanelRole.choices)
    scorecard = serializers.CharField(help_text="waiting, submitted or excused.")


class InterviewSerializer(serializers.ModelSerializer):
    application = serializers.IntegerField(source="application_id")
    stage = serializers.CharField(source="stage.name")
    kit = serializers.CharField(source="kit.kit.name")
    kit_version = serializers.IntegerField(source="kit.number")
    panel = serializers.SerializerMethodField()

    class Meta:
        model = Interview
        fields = [
            "id",
            "external_id",
            "application",
            "stage",
            "kit",
            "kit_version",
            "state",
            "starts_at",
            "ends_at",
            "zone",
            "place",
            "panel",
            "version",
        ]

    @extend_schema_field(PanelistReadSerializer(many=True))
    def get_panel(self, interview: Interview) -> list[dict[str, str]]:
        return [
            {
                "email": card.member.email,
                "role": card.role,
                "scorecard": "waiting" if card.is_open else card.state,
            }
            for card in sorted(interview.scorecards.all(), key=lambda card: card.id)
        ]


class Panelist(serializers.Serializer):
    email = Person(source="member", required=True, allow_null=False)
    role = serializers.ChoiceField(PanelRole.choices, default=PanelRole.SCORER)


class Planned(serializers.Serializer):
    """When and where."""

    starts_at = Deadline()
    ends_at = Deadline()
    zone = serializers.CharField(max_length=60, required=False, help_text="For the invitation.")
    place = serializers.CharField(max_length=300, allow_blank=True, required=False)
    tells_candidate = serializers.BooleanField(required=False, help_text="Invite the candidate too.")

    def validate_zone(self, zone: str) -> str:
        if zone not in available_timezones():
            raise serializers.ValidationError(_("There is no such zone."))
        return zone


class NewInterview(Planned):
    application = ApplicationId()
    stage = serializers.CharField(
        max_length=80, required=False, help_text="By name; left out, it is the one that it is in."
    )
    panel = Panelist(many=True, min_length=1, max_length=MOST_PEOPLE)  # type: ignore[call-arg]

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["ends_at"] <= asked["starts_at"]:
            raise serializers.ValidationError({"ends_at": _("It ends after it begins.")})
        return asked


class InterviewChange(Planned):
    """Another time or place; what is not sent stays."""

    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class PanelChange(serializers.Serializer):
    """The whole panel from now on: who is not named is taken off."""

    panel = Panelist(many=True, min_length=1, max_length=MOST_PEOPLE)  # type: ignore[call-arg]
    version = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, help_text="The one that was seen; 409 for an older one."
    )


class Cancellation(serializers.Serializer):
    why = serializers.CharField(max_length=400, allow_blank=True, required=False)


class InterviewFilter(ListFilter):
    """Of the list of interviews."""

    application = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    state = serializers.ChoiceField(Interview.State.choices, required=False)
    starts_from = serializers.DateTimeField(required=False)
    starts_before = serializers.DateTimeField(required=False)

    LOOKUPS = {
        "application": "application_id",
        "starts_from": "starts_at__gte",
        "starts_before": "starts_at__lt",
    }


@extend_schema_view(
    list=extend_schema(summary="Interviews", parameters=[InterviewFilter]),
    retrieve=extend_schema(summary="An interview"),
)
class InterviewViewSet(HiringViewSet):
    """Talks with candidates: who asks, when, by which kit."""

    queryset = Interview.objects.select_related(
        "stage", "kit__kit", "application__requisition"
    ).prefetch_related("scorecards__member")
    serializer_class = InterviewSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**InterviewFilter(data=self.request.query_params).lookups())
        return rows

    @extend_schema(summary="Plan an interview", request=NewInterview, responses={201: Made})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewInterview)
        application = asked["application"]
        refuse_others(self.member, application.requisition)
        stages = application.requisition.stages.select_related("kit")
        name = asked.pop("stage", None)
        stage = stages.filter(**({"name": name} if name else {"id": application.stage_id})).first()
        if stage is None or stage.kit is None:
            raise serializers.ValidationError({"stage": [_("Name a stage of this job that has a kit.")]})
        panel = _roles(asked.pop("panel"))
        asked.setdefault("zone", self.member.company.zones().at(asked["starts_at"]).key)
        interview = plan_interview(actor=self.member, stage=stage, kit=stage.kit, panel=panel, **asked)
        return Response(Made(interview).data, status=201)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(
        summary="Move to another time or place; who was invited is told",
        request=InterviewChange(partial=True),
        responses=InterviewSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        interview = self._managed()
        asked = self.checked(InterviewChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        for name in ("starts_at", "ends_at", "zone"):
            asked.setdefault(name, getattr(interview, name))
        if asked["ends_at"] <= asked["starts_at"]:
            raise serializers.ValidationError({"ends_at": [_("It ends after it begins.")]})
        with conflicts(request):
            reschedule_interview(actor=self.member, interview=interview, version=version, **asked)
        return self._told(200)

    @extend_schema(
        summary="Change the panel or its roles", request=PanelChange, responses={201: InterviewSerializer}
    )
    @action(detail=True, methods=["post"])
    @once
    def panel(self, request: Request, pk: str) -> Response:
        interview, asked = self._managed(), self.checked(PanelChange)
        with conflicts(request):
            change_panel(
                actor=self.member,
                interview=interview,
                panel=_roles(asked["panel"]),
                version=asked.get("version"),
            )
        return self._told(201)

    @extend_schema(summary="Cancel", request=Cancellation, responses={201: InterviewSerializer})
    @action(detail=True, methods=["post"])
    @once
    def cancellation(self, request: Request, pk: str) -> Response:
        interview, asked = self._managed(), self.checked(Cancellation)
        cancel_interview(actor=self.member, interview=interview, why=asked.get("why", ""))
        return self._told(201)

    def _managed(self) -> Interview:
        interview: Interview = self.get_object()
        refuse_others(self.member, interview.application.requisition)
        return interview

    def _told(self, status: int) -> Response:
        interview = self.get_object()
        return with_etag(Response(InterviewSerializer(interview).data, status=status), interview.version)


def _roles(panel: list[dict[str, Any]]) -> dict[int, str]:
    return {each["member"].id: each["role"] for each in panel}
