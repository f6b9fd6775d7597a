from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.editing import conflicts, with_etag
from customers.api.fields import MOST, person
from customers.api.filters import ListFilter
from hiring.actions.scorecards import (
    LONGEST,
    Rated,
    Sheet,
    SignHeard,
    Tried,
    declare_no_conflict,
    excuse_scorecard,
    save_scorecard,
    submit_scorecard,
)
from hiring.models import Rating, Recommendation, Sample, Scorecard
from hiring.queries.sealing import readable_cards

from .fields import HiringViewSet

MOST_SIGNS, MOST_PARTS = 50, 50


class SignSerializer(serializers.Serializer):
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    is_warning = serializers.BooleanField()
    quote = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)


class RevisionSerializer(serializers.Serializer):
    value = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    revised_at = serializers.DateTimeField()


class RatingSerializer(serializers.Serializer):
    """value: 1 to 5; null and is_given is "no evidence"."""

    attribute = serializers.CharField(source="attribute.name")
    value = serializers.IntegerField(allow_null=True)
    is_given = serializers.BooleanField()
    evidence = serializers.CharField(allow_blank=True)
    signs = serializers.SerializerMethodField()
    revisions = RevisionSerializer(many=True, source="revisions.all")

    @extend_schema_field(SignSerializer(many=True))
    def get_signs(self, rating: Rating) -> list[dict]:
        signs = [sign for sign in rating.scorecard.signs.all() if sign.attribute_id == rating.attribute_id]
        return list(SignSerializer(sorted(signs, key=lambda sign: sign.id), many=True).data)


class SampleSerializer(serializers.ModelSerializer):
    question = serializers.IntegerField(source="question_id", help_text="A question of the kit, by its id.")

    class Meta:
        model = Sample
        fields = ["question", "first_try", "feedback", "second_try"]


class ScorecardSerializer(serializers.ModelSerializer):
    interview = serializers.IntegerField(source="interview_id")
    application = serializers.IntegerField(source="application_id")
    stage = serializers.CharField(source="stage.name")
    member_email = person("member")
    is_late = serializers.BooleanField()

    class Meta:
        model = Scorecard
        fields = [
            "id",
            "external_id",
            "interview",
            "application",
            "stage",
            "member_email",
            "role",
            "state",
            "recommendation",
            "summary",
            "due_at",
            "submitted_at",
            "is_late",
            "edits",
        ]


class WholeScorecardSerializer(ScorecardSerializer):
    ratings = RatingSerializer(many=True, read_only=True)
    samples = SampleSerializer(many=True, read_only=True)

    class Meta(ScorecardSerializer.Meta):
        fields = [*ScorecardSerializer.Meta.fields, "ratings", "samples"]


class RatingChange(serializers.Serializer):
    attribute = serializers.CharField(max_length=80, help_text="One that the kit asks for, by its name.")
    value = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, required=False)
    is_given = serializers.BooleanField(required=False, help_text="With value null: there was no evidence.")
    evidence = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    signs = SignSerializer(many=True, max_length=MOST_SIGNS, required=False)  # type: ignore[call-arg]


class SampleChange(serializers.Serializer):
    question = serializers.IntegerField(min_value=1, max_value=MOST)
    first_try = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    feedback = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    second_try = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)


class SheetChange(serializers.Serializer):
    """A rating or a sample that is sent is written whole; those that are not sent stay."""

    edits = serializers.IntegerField(
        min_value=0, max_value=MOST, help_text="Of the scorecard as it was read; 409 for an older one."
    )
    recommendation = serializers.ChoiceField(Recommendation.choices, allow_blank=True, required=False)
    summary = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    ratings = RatingChange(many=True, max_length=MOST_PARTS, required=False)  # type: ignore[call-arg]
    samples = SampleChange(many=True, max_length=MOST_PARTS, required=False)  # type: ignore[call-arg]


class Submission(serializers.Serializer):
    edits = serializers.IntegerField(min_value=0, max_value=MOST)


class Excuse(serializers.Serializer):
    why = serializers.CharField(max_length=400)


class SubmittedSerializer(serializers.Serializer):
    """What became of it, and no word of what is in it: the answer is kept for a repeated call."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class ScorecardFilter(ListFilter):
    """Of the list of scorecards."""

    application = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    interview = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    state = serializers.ChoiceField(Scorecard.State.choices, required=False)
    member_email = serializers.EmailField(required=False)

    LOOKUPS = {
        "application": "application_id",
        "interview": "interview_id",
        "member_email": "member__email",
    }


@extend_schema_view(
    list=extend_schema(summary="Scorecards", parameters=[ScorecardFilter]),
    retrieve=extend_schema(summary="A scorecard with ratings"),
)
class ScorecardViewSet(HiringViewSet):
    """The caller's own, and those of others that are not sealed for the caller; a sealed one is not found."""

    queryset = Scorecard.objects.all()

    def get_serializer_class(self):
        return WholeScorecardSerializer if self.action == "retrieve" else ScorecardSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Scorecard.objects.none()
        rows = readable_cards(self.member).select_related("stage", "member")
        if self.action == "list":
            return rows.filter(**ScorecardFilter(data=self.request.query_params).lookups())
        if self.action == "retrieve":
            rows = rows.prefetch_related(
                "ratings__attribute", "ratings__revisions", "ratings__scorecard__signs", "samples"
            )
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["edits"])

    @extend_schema(summary="Write on the own draft", request=SheetChange, responses=ScorecardSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        card, asked = self._own(), self.checked(SheetChange)
        with conflicts(request):
            card = save_scorecard(
                actor=self.member, card=card, sheet=_sheet(card, asked), edits=asked["edits"]
            )
        return with_etag(Response(ScorecardSerializer(self.get_object()).data), card.edits)

    @extend_schema(
        summary="Say that one has no stake in the candidate, before the first word is written",
        request=None,
        responses={201: SubmittedSerializer},
    )
    @action(detail=True, methods=["post"])
    @once
    def declaration(self, request: Request, pk: str) -> Response:
        card = declare_no_conflict(actor=self.member, card=self._own())
        return Response(SubmittedSerializer(card).data, status=201)

    @extend_schema(
        summary="Put the own scorecard in; it never changes again",
        request=Submission,
        responses={201: SubmittedSerializer},
    )
    @action(detail=True, methods=["post"])
    @once
    def submission(self, request: Request, pk: str) -> Response:
        card, asked = self._own(), self.checked(Submission)
        with conflicts(request):
            card = submit_scorecard(actor=self.member, card=card, edits=asked["edits"])
        return Response(SubmittedSerializer(card).data, status=201)

    @extend_schema(
        summary="Step back from the own scorecard, so that nobody waits for it",
        request=Excuse,
        responses={201: SubmittedSerializer},
    )
    @action(detail=True, methods=["post"])
    @once
    def excuse(self, request: Request, pk: str) -> Response:
        card, asked = self._own(), self.checked(Excuse)
        card = excuse_scorecard(actor=self.member, card=card, why=asked["why"])
        return Response(SubmittedSerializer(card).data, status=201)

    def _own(self) -> Scorecard:
        """One of somebody else's is not written, were it read or not."""
        card: Scorecard = self.get_object()
        if card.member_id != self.member.id:
            raise exceptions.PermissionDenied(_("This is the scorecard of somebody else."))
        return card


def _sheet(card: Scorecard, asked: dict[str, Any]) -> Sheet:
    """Raises ValidationError for an attribute or a question that the kit does not have."""
    attributes = {each.name: each.attribute_id for each in card.interview.kit.attributes.all()}
    questions = set(card.interview.kit.questions.values_list("id", flat=True))
    ratings, samples = asked.get("ratings", []), asked.get("samples", [])
    if unknown := [each["attribute"] for each in ratings if each["attribute"] not in attributes]:
        words = _("The kit of this interview asks for %(names)s; “%(name)s” is none of them.")
        said = {"names": ", ".join(attributes), "name": unknown[0]}
        raise serializers.ValidationError({"ratings": [words % said]})
    if any(each["question"] not in questions for each in samples):
        raise serializers.ValidationError({"samples": [_("The kit of this interview has no such question.")]})
    return Sheet(
        ratings={attributes[each["attribute"]]: _rated(each) for each in ratings},
        samples={
            each["question"]: Tried(
                each.get("first_try", ""), each.get("feedback", ""), each.get("second_try", "")
            )
            for each in samples
        },
        recommendation=asked.get("recommendation"),
        summary=asked.get("summary"),
    )


def _rated(each: dict[str, Any]) -> Rated:
    value = each.get("value")
    signs = tuple(
        SignHeard(sign["label"], sign["is_warning"], sign.get("quote", "")) for sign in each.get("signs", [])
    )
    return Rated(value, each.get("is_given", value is not None), each.get("evidence", ""), signs)
