from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from customers.actions import answer_survey
from customers.models import Survey

from .fields import CustomerNamed, Instant, Person, TicketNamed, external_id

LONGEST_COMMENT = 100_000


class SurveySerializer(serializers.ModelSerializer):
    ticket_external_id = external_id("ticket")
    customer_external_id = external_id("customer")

    class Meta:
        model = Survey
        fields = [
            "id",
            "kind",
            "score",
            "first_answered_at",
            "sent_at",
            "ticket_external_id",
            "customer_external_id",
            "comment",
            "is_made_up",
        ]


class NewAnswer(serializers.Serializer):
    """An answer; with the external_id of an earlier one it is another answer to the same question."""

    kind = serializers.ChoiceField(Survey.Kind.choices)
    score = serializers.IntegerField(
        min_value=0, max_value=10, help_text="CSAT 1 to 5, NPS 0 to 10, CES 1 to 7."
    )
    comment = serializers.CharField(max_length=LONGEST_COMMENT, allow_blank=True, required=False)
    external_id = serializers.CharField(max_length=200, required=False)
    answered_at = Instant(required=False)
    sent_at = Instant(required=False)
    ticket_external_id = TicketNamed(source="ticket")
    customer_external_id = CustomerNamed(source="customer")
    rep_email = Person(source="stated_rep")

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        # The identity that an import gives to such a row, so that the two ways in meet.
        external_id = asked.pop("external_id", "")
        asked["identity"] = f"{asked['kind']}:x:{external_id}" if external_id else ""
        return asked


@extend_schema_view(
    list=extend_schema(summary="Survey answers"), retrieve=extend_schema(summary="A survey answer")
)
class SurveyViewSet(TenantViewSet):
    """Answers to CSAT, NPS and CES surveys, with the score that counts."""

    queryset = Survey.objects.select_related("ticket", "customer")
    serializer_class = SurveySerializer

    @extend_schema(summary="Record an answer", request=NewAnswer, responses={201: SurveySerializer})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewAnswer)
        survey = answer_survey(actor=self.member, company_id=self.member.company_id, **asked)
        return Response(SurveySerializer(survey).data, status=201)
