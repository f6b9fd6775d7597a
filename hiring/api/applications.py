from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.editing import conflicts, with_etag
from customers.api.fields import MOST, Made, person
from customers.api.filters import ListFilter
from hiring.actions.candidates import apply, close_application, move_application, reopen_application
from hiring.models import Application, Source
from hiring.queries.debrief import debrief_of
from hiring.queries.sealing import Progress, progress_of

from .fields import CandidateId, HiringViewSet, RequisitionId, refuse_others


class ProgressSerializer(serializers.Serializer):
    """How many scorecards of a stage are in; nothing else is known of them before they all are."""

    stage = serializers.IntegerField()
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()


class ApplicationSerializer(serializers.ModelSerializer):
    candidate = serializers.IntegerField(source="candidate_id")
    requisition = serializers.IntegerField(source="requisition_id")
    stage = serializers.CharField(source="stage.name")
    next_by_email = person("next_by")
    scorecards = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "id",
            "external_id",
            "candidate",
            "requisition",
            "stage",
            "state",
            "source",
            "source_detail",
            "applied_at",
            "stage_since",
            "answered_at",
            "closed_at",
            "next_action",
            "next_by_email",
            "next_on",
            "scorecards",
            "version",
        ]

    @extend_schema_field(ProgressSerializer(many=True))
    def get_scorecards(self, application: Application) -> list[dict[str, int]]:
        progress: dict[tuple[int, int], Progress] = self.context["progress"]
        return [
            {"stage": stage, "submitted": its.submitted, "total": its.total}
            for (of, stage), its in sorted(progress.items(), key=lambda item: item[0])
            if of == application.id
        ]


class LineSerializer(serializers.Serializer):
    """An attribute of the composite."""

    attribute = serializers.IntegerField()
    name = serializers.CharField()
    weight = serializers.DecimalField(max_digits=9, decimal_places=3)
    share = serializers.DecimalField(max_digits=9, decimal_places=3)
    n = serializers.IntegerField()
    people = serializers.IntegerField()
    mean = serializers.DecimalField(max_digits=4, decimal_places=3, allow_null=True)
    adds = serializers.DecimalField(max_digits=4, decimal_places=3)


class DebriefSerializer(serializers.Serializer):
    """While a scorecard is outstanding there is only how many are in. Ratings are read as scorecards."""

    is_open = serializers.BooleanField()
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()
    composite = serializers.DecimalField(
        source="reckoning.value", max_digits=4, decimal_places=3, allow_null=True, default=None
    )
    threshold = serializers.DecimalField(
        source="reckoning.threshold", max_digits=3, decimal_places=2, allow_null=True, default=None
    )
    is_enough = serializers.BooleanField(
        source="reckoning.is_enough", allow_null=True, default=None, help_text="To hire or not to hire."
    )
    lacking = serializers.ListField(
        source="reckoning.lacking",
        child=serializers.CharField(),
        default=list,
        help_text="Attributes that too few have rated.",
    )
    lines = LineSerializer(source="reckoning.kept", many=True, default=list)
    seen = serializers.CharField(
        source="reckoning.seen", allow_null=True, default=None, help_text="To be sent with a decision."
    )


class NewApplication(serializers.Serializer):
    candidate = CandidateId()
    requisition = RequisitionId()
    source = serializers.ChoiceField(Source.choices, required=False)  # type: ignore[assignment]
    source_detail = serializers.CharField(max_length=200, allow_blank=True, required=False)


class Seen(serializers.Serializer):
    version = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, help_text="The one that was seen; 409 for an older one."
    )


class Move(Seen):
    stage = serializers.CharField(max_length=80, help_text="The name of a stage of the requisition.")


class Closure(Seen):
    state = serializers.ChoiceField(
        [(state.value, state.label) for state in (Application.State.REJECTED, Application.State.WITHDRAWN)]
    )
    why = serializers.CharField(max_length=400)


class ApplicationFilter(ListFilter):
    """Of the list of applications."""

    requisition = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    candidate = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    state = serializers.ChoiceField(Application.State.choices, required=False)
    stage = serializers.CharField(max_length=80, required=False)
    external_id = serializers.CharField(max_length=200, required=False)

    LOOKUPS = {"requisition": "requisition_id", "candidate": "candidate_id", "stage": "stage__name"}


@extend_schema_view(
    list=extend_schema(summary="Applications", parameters=[ApplicationFilter]),
    retrieve=extend_schema(summary="An application"),
)
class ApplicationViewSet(HiringViewSet):
    """Where candidates stand. Of scorecards only how many are in."""

    queryset = Application.objects.select_related("stage", "next_by", "requisition")
    serializer_class = ApplicationSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**ApplicationFilter(data=self.request.query_params).lookups())
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        application = self.get_object()
        return with_etag(Response(self._shown([application])[0]), application.version)

    @extend_schema(
        summary="Put a candidate forward for a requisition", request=NewApplication, responses={201: Made}
    )
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewApplication)
        refuse_others(self.member, asked["requisition"])
        return Response(Made(apply(actor=self.member, **asked)).data, status=201)

    @extend_schema(summary="Move to another stage", request=Move, responses={201: ApplicationSerializer})
    @action(detail=True, methods=["post"])
    @once
    def move(self, request: Request, pk: str) -> Response:
        application, asked = self._managed(), self.checked(Move)
        stage = application.requisition.stages.filter(name=asked["stage"]).first()
        if stage is None:
            names = ", ".join(application.requisition.stages.values_list("name", flat=True))
            words = _("This requisition has the stages %(names)s.") % {"names": names}
            raise serializers.ValidationError({"stage": [words]})
        with conflicts(request):
            application = move_application(
                actor=self.member, application=application, stage=stage, version=_seen(asked, application)
            )
        return self._told()

    @extend_schema(
        summary="Turn down, or note a withdrawal", request=Closure, responses={201: ApplicationSerializer}
    )
    @action(detail=True, methods=["post"])
    @once
    def closure(self, request: Request, pk: str) -> Response:
        application, asked = self._managed(), self.checked(Closure)
        version = _seen(asked, application)
        with conflicts(request):
            close_application(actor=self.member, application=application, version=version, **asked)
        return self._told()

    @extend_schema(summary="Take a closing back", request=Seen, responses={201: ApplicationSerializer})
    @action(detail=True, methods=["post"])
    @once
    def reopening(self, request: Request, pk: str) -> Response:
        application, asked = self._managed(), self.checked(Seen)
        with conflicts(request):
            reopen_application(actor=self.member, application=application, version=_seen(asked, application))
        return self._told()

    @extend_schema(
        summary="The debrief: how many scorecards are in, then the composite", responses=DebriefSerializer
    )
    @action(detail=True, methods=["get"])
    def debrief(self, request: Request, pk: str) -> Response:
        page = debrief_of(self.member, self.get_object())
        return Response(DebriefSerializer(page).data)

    def _managed(self) -> Application:
        application: Application = self.get_object()
        refuse_others(self.member, application.requisition)
        return application

    def _shown(self, applications: Sequence[Application]) -> Any:
        progress = progress_of(self.member.company_id, [each.id for each in applications])
        return ApplicationSerializer(applications, many=True, context={"progress": progress}).data

    def _told(self) -> Response:
        application = self.get_object()
        return with_etag(Response(self._shown([application])[0], status=201), application.version)


def _seen(asked: dict[str, Any], application: Application) -> int:
    version = asked.pop("version", None)
    return application.version if version is None else version
