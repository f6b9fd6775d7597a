from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.editing import IF_MATCH, conflicts, seen_version, with_etag
from customers.api.fields import MOST, Made, Person, fresh_external_id
from customers.api.filters import ListFilter
from hiring.actions.candidates import add_candidate, apply, change_candidate
from hiring.actions.merging import merge_candidates, unmerge_candidate
from hiring.models import Candidate, Source
from hiring.queries.candidates import can_care_for
from hiring.queries.merging import CHOSEN

from .fields import CandidateId, HiringViewSet, RequisitionId, refuse_others


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


class CandidateChange(serializers.Serializer):
    """Facts about the person, whatever the job; those that are not sent stay."""

    name = serializers.CharField(max_length=200, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=60, allow_blank=True, required=False)
    links = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    member_email = Person(source="member", help_text="Works here already; nobody opens their own file.")
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class Merging(serializers.Serializer):
    other = CandidateId(help_text="The entry that goes into this one.")
    version = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, help_text="Of this entry, as it was seen."
    )
    other_version = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, help_text="Of the other entry, as it was seen."
    )
    from_other = serializers.MultipleChoiceField(
        choices=[(name, name) for name in CHOSEN],
        required=False,
        help_text="What is taken over from the other although this one has its own.",
    )


class Separation(serializers.Serializer):
    other = serializers.IntegerField(
        min_value=1, max_value=MOST, help_text="The entry that went into this one."
    )


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
            asked = CandidateFilter(data=self.request.query_params).lookups()
            # An entry that was merged into another leads to that one.
            for name, value in asked.items():
                gone = Candidate.objects.filter(company_id=self.member.company_id, **{name: value})
                gone = gone.filter(merged_into__isnull=False).order_by()
                rows = rows.filter(Q(**{name: value}) | Q(id__in=gone.values("merged_into_id")))
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

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

    @extend_schema(
        summary="Change facts about a candidate",
        request=CandidateChange(partial=True),
        responses=CandidateSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        candidate = self._cared_for(self.get_object())
        asked = self.checked(CandidateChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        seen = candidate.version if version is None else version
        with conflicts(request):
            candidate = change_candidate(actor=self.member, candidate=candidate, version=seen, **asked)
        return with_etag(Response(CandidateSerializer(candidate).data), candidate.version)

    @extend_schema(
        summary="Merge another entry of the same person into this one", request=Merging, responses={201: Made}
    )
    @action(detail=True, methods=["post"])
    @once
    def merging(self, request: Request, pk: str) -> Response:
        kept, asked = self._cared_for(self.get_object()), self.checked(Merging)
        gone = self._cared_for(asked["other"])
        versions = (asked.get("version", kept.version), asked.get("other_version", gone.version))
        chosen = asked.get("from_other", ())
        with conflicts(request):
            kept = merge_candidates(
                actor=self.member, kept=kept, gone=gone, versions=versions, from_gone=chosen
            )
        return Response(Made(kept).data, status=201)

    @extend_schema(summary="Take a merge back, within 30 days", request=Separation, responses={201: Made})
    @action(detail=True, methods=["post"])
    @once
    def separation(self, request: Request, pk: str) -> Response:
        kept, asked = self._cared_for(self.get_object()), self.checked(Separation)
        gone = kept.merged.filter(id=asked["other"]).first()
        if gone is None:
            raise serializers.ValidationError({"other": [_("This entry did not go into that one.")]})
        return Response(Made(unmerge_candidate(actor=self.member, gone=gone)).data, status=201)

    def _cared_for(self, candidate: Candidate) -> Candidate:
        if not can_care_for(self.member, candidate):
            words = _("Whoever hires for all the jobs that this person applied for may do this.")
            raise exceptions.PermissionDenied(words)
        return candidate
