from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.fields import MOST, person
from customers.api.filters import ListFilter
from hiring.actions.decisions import LONGEST, approve_decision, decide, send_decision_back
from hiring.models import Decision
from hiring.queries.people import can_manage_requisition
from hiring.queries.sealing import readable_decisions

from .fields import ApplicationId, HiringViewSet, refuse_others


class DecisionSerializer(serializers.ModelSerializer):
    application = serializers.IntegerField(source="application_id")
    decided_by_email = person("decided_by")
    approved_by_email = person("approved_by")
    reckoning = serializers.SerializerMethodField(
        help_text="Lines of the composite as they stood: attribute, weight, n, mean."
    )

    class Meta:
        model = Decision
        fields = [
            "id",
            "application",
            "outcome",
            "state",
            "composite",
            "threshold",
            "reckoning",
            "is_against",
            "reason",
            "decided_by_email",
            "decided_at",
            "approved_by_email",
            "approved_at",
            "answer",
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
    def get_reckoning(self, decision: Decision) -> list[dict]:
        return decision.reckoning


class NewDecision(serializers.Serializer):
    application = ApplicationId()
    outcome = serializers.ChoiceField(Decision.Outcome.choices)
    reason = serializers.CharField(
        max_length=LONGEST, allow_blank=True, default="", help_text="Needed against the composite."
    )
    seen = serializers.CharField(
        max_length=64, help_text="Of the application's debrief: the composite on which this rests."
    )


class SendingBack(serializers.Serializer):
    answer = serializers.CharField(max_length=LONGEST, help_text="What should be looked at again.")


class DecisionStateSerializer(serializers.Serializer):
    """Without a word of it: the answer is kept for a repeated call."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Decision.State.choices)


class DecisionFilter(ListFilter):
    """Of the list of decisions."""

    application = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    state = serializers.ChoiceField(Decision.State.choices, required=False)
    outcome = serializers.ChoiceField(Decision.Outcome.choices, required=False)

    LOOKUPS = {"application": "application_id"}


@extend_schema_view(
    list=extend_schema(summary="Decisions", parameters=[DecisionFilter]),
    retrieve=extend_schema(summary="A decision"),
)
class DecisionViewSet(HiringViewSet):
    """What was decided, with the composite as it stood; not for people whose own scorecard is outstanding."""

    queryset = Decision.objects.all()
    serializer_class = DecisionSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Decision.objects.none()
        rows = readable_decisions(self.member).select_related("decided_by", "approved_by")
        if self.action == "list":
            rows = rows.filter(**DecisionFilter(data=self.request.query_params).lookups())
        return rows

    @extend_schema(
        summary="Decide; to hire or not to hire waits for a second person",
        request=NewDecision,
        responses={201: DecisionStateSerializer},
    )
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewDecision)
        refuse_others(self.member, asked["application"].requisition)
        return _told(decide(actor=self.member, **asked))

    @extend_schema(
        summary="Approve, as the second person", request=None, responses={201: DecisionStateSerializer}
    )
    @action(detail=True, methods=["post"])
    @once
    def approval(self, request: Request, pk: str) -> Response:
        return _told(approve_decision(actor=self.member, decision=self._to_answer()))

    @extend_schema(
        summary="Send back, as the second person",
        request=SendingBack,
        responses={201: DecisionStateSerializer},
    )
    @action(detail=True, methods=["post"], url_path="return")
    @once
    def sending_back(self, request: Request, pk: str) -> Response:
        decision, asked = self._to_answer(), self.checked(SendingBack)
        return _told(send_decision_back(actor=self.member, decision=decision, answer=asked["answer"]))

    def _to_answer(self) -> Decision:
        decision: Decision = self.get_object()
        manages = can_manage_requisition(self.member, decision.application.requisition)
        if not manages or decision.decided_by_id == self.member.id:
            raise exceptions.PermissionDenied(_("A second person who hires for this job answers a decision."))
        return decision


def _told(decision: Decision) -> Response:
    return Response(DecisionStateSerializer(decision).data, status=201)
