from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from customers.api.fields import MOST, person
from customers.api.filters import ListFilter
from hiring.models import Decision
from hiring.queries.sealing import readable_decisions

from .fields import HiringViewSet


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
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
    def get_reckoning(self, decision: Decision) -> list[dict]:
        return decision.reckoning


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
