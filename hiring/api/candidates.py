from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.fields import fresh_external_id
from customers.api.filters import ListFilter
from hiring.actions.candidates import add_candidate, apply
from hiring.models import Candidate, Source

from .fields import HiringViewSet, RequisitionId, refuse_others


class CandidateSerializer(serializers.ModelSerializer):
    class Meta:
        model = Candidate
        fields = [
            "id",
            "external_id",
            "name",
            "email",
            "phone",
            "links",
            "consented_at",
            "keep_until",
            "created_at",
            "erased_at",
            "version",
        ]


class NewCandidate(serializers.Serializer):
    """Somebody who applies for a job."""

    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=60, allow_blank=True, required=False)
    links = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    external_id = serializers.CharField(max_length=200, required=False)
    consent_text = serializers.CharField(
        max_length=4000,
        allow_blank=True,
        required=False,
        help_text="What the candidate agreed to, word by word.",
    )
    requisition = RequisitionId()
    source = serializers.ChoiceField(Source.choices, required=False)  # type: ignore[assignment]
    source_detail = serializers.CharField(max_length=200, allow_blank=True, required=False)

    def validate_external_id(self, value: str) -> str:
        return fresh_external_id(Candidate, self.context["request"].user, value)


class MadeCandidate(serializers.Serializer):
    """Ids only, since the answer is kept for a repeated call."""

    id = serializers.IntegerField()
    application = serializers.IntegerField()


class CandidateFilter(ListFilter):
    """Of the list of candidates."""

    external_id = serializers.CharField(required=False, max_length=200)
    email = serializers.EmailField(required=False)

    def validate_email(self, email: str) -> str:
        return email.lower()


@extend_schema_view(
    list=extend_schema(summary="Candidates", parameters=[CandidateFilter]),
    retrieve=extend_schema(summary="A candidate"),
)
class CandidateViewSet(HiringViewSet):
    """People who applied where the caller hires or interviews; nobody reads the own file."""

    queryset = Candidate.objects.all()
    serializer_class = CandidateSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**CandidateFilter(data=self.request.query_params).lookups())
        return rows

    @extend_schema(
        summary="Add a candidate to a requisition", request=NewCandidate, responses={201: MadeCandidate}
    )
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewCandidate)
        requisition = asked.pop("requisition")
        refuse_others(self.member, requisition)
        came = {name: asked.pop(name) for name in ("source", "source_detail") if name in asked}
        candidate = add_candidate(actor=self.member, company_id=self.member.company_id, **asked)
        application = apply(actor=self.member, candidate=candidate, requisition=requisition, **came)
        return Response(MadeCandidate({"id": candidate.id, "application": application.id}).data, status=201)
