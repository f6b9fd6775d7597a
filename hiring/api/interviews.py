from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.fields import MOST, Deadline, Person
from customers.api.filters import ListFilter
from hiring.actions.interviews import cancel_interview, plan_interview
from hiring.models import Interview, PanelRole

from .fields import ApplicationId, HiringViewSet, Made, refuse_others

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


class NewInterview(serializers.Serializer):
    application = ApplicationId()
    stage = serializers.CharField(
        max_length=80, required=False, help_text="By name; left out, it is the one that it is in."
    )
    starts_at = Deadline()
    ends_at = Deadline()
    zone = serializers.CharField(max_length=60, required=False, help_text="For the invitation.")
    place = serializers.CharField(max_length=300, allow_blank=True, required=False)
    tells_candidate = serializers.BooleanField(required=False, help_text="Invite the candidate too.")
    panel = Panelist(many=True, min_length=1, max_length=MOST_PEOPLE)  # type: ignore[call-arg]

    def validate_zone(self, zone: str) -> str:
        if zone not in available_timezones():
            raise serializers.ValidationError(_("There is no such zone."))
        return zone

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["ends_at"] <= asked["starts_at"]:
            raise serializers.ValidationError({"ends_at": _("It ends after it begins.")})
        return asked


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
        panel = {each["member"].id: each["role"] for each in asked.pop("panel")}
        asked.setdefault("zone", self.member.company.zones().at(asked["starts_at"]).key)
        interview = plan_interview(actor=self.member, stage=stage, kit=stage.kit, panel=panel, **asked)
        return Response(Made(interview).data, status=201)

    @extend_schema(summary="Cancel", request=Cancellation, responses={201: InterviewSerializer})
    @action(detail=True, methods=["post"])
    @once
    def cancellation(self, request: Request, pk: str) -> Response:
        interview, asked = self.get_object(), self.checked(Cancellation)
        refuse_others(self.member, interview.application.requisition)
        cancel_interview(actor=self.member, interview=interview, why=asked.get("why", ""))
        return Response(InterviewSerializer(self.get_object()).data, status=201)
