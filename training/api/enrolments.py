from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.fields import Made, Person, person
from training.actions.enrolments import enrol, withdraw
from training.forms.entries import LONGEST
from training.models import Enrolment, Entry, Item
from training.permissions import can_enrol
from training.queries.parts import way_of
from training.queries.people import is_above

from .entries import EntryFilter, EntrySerializer, EntryStateSerializer, NewEntry, say, shown
from .fields import OfSomebody, ProgrammeId, TrainingViewSet, number, refuse, refuse_reps


class EnrolmentSerializer(serializers.ModelSerializer):
    member_email = person("member")
    programme = serializers.IntegerField(source="version.programme_id")
    programme_title = serializers.CharField(source="version.programme.title")
    programme_version = serializers.IntegerField(source="version.number", help_text="It stays on that one.")
    enrolled_by_email = person("enrolled_by")

    class Meta:
        model = Enrolment
        fields = [
            "id",
            "external_id",
            "member_email",
            "programme",
            "programme_title",
            "programme_version",
            "state",
            "why",
            "starts_on",
            "enrolled_by_email",
            "enrolled_at",
            "done",
            "total",
            "completed_at",
            "withdrawn_at",
            "reason",
        ]


class PartSerializer(serializers.Serializer):
    """An item of the path, and how far it is."""

    item = serializers.IntegerField(source="item.id")
    module = serializers.CharField(source="module.title")
    week = serializers.IntegerField(source="module.week")
    kind = serializers.ChoiceField(Item.Kind.choices, source="item.kind")
    title = serializers.CharField(source="item.title")
    is_required = serializers.BooleanField(source="item.is_required")
    due_on = serializers.DateField()
    passed = serializers.IntegerField(source="at.passed", help_text="How often it was done.")
    times = serializers.IntegerField(source="at.times", help_text="How often it has to be done.")
    is_done = serializers.BooleanField()
    is_waived = serializers.BooleanField(source="at.is_waived")
    is_not_yet = serializers.BooleanField(source="at.is_not_yet")
    waits = serializers.BooleanField(source="at.waits", help_text="For another one's word.")
    last_outcome = serializers.ChoiceField(
        Entry.Outcome.choices, source="at.last.outcome", allow_null=True, default=None
    )


class WholeEnrolmentSerializer(EnrolmentSerializer):
    items = PartSerializer(many=True, source="way.parts")

    class Meta(EnrolmentSerializer.Meta):
        fields = [*EnrolmentSerializer.Meta.fields, "items"]


class NewEnrolment(serializers.Serializer):
    member_email = Person(source="member", required=True, allow_null=False)
    programme = ProgrammeId()
    starts_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="Left out: their first day of work, or today. A day off means the next business day.",
    )

    def validate_starts_on(self, day: date | None) -> date | None:
        if day is not None and day < self.context["request"].user.company.today():
            raise serializers.ValidationError(_("The day lies in the past."))
        return day

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        there = Enrolment.objects.filter(
            company_id=asked["programme"].company_id,
            member=asked["member"],
            version__programme=asked["programme"],
        )
        if there.exclude(state=Enrolment.State.WITHDRAWN).exists():
            words = _("Is on this path already, or has completed it.")
            raise serializers.ValidationError({"member_email": [words]})
        return asked


class PathWithdrawal(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST)


class EnrolmentStateSerializer(serializers.Serializer):
    """Without a word about the person: the answer is kept for a repeated call."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Enrolment.State.choices)


class EnrolmentFilter(OfSomebody):
    """Of the list of enrolments."""

    programme = number()
    state = serializers.ChoiceField(Enrolment.State.choices, required=False)

    LOOKUPS = {**OfSomebody.LOOKUPS, "programme": "version__programme_id"}


@extend_schema_view(
    list=extend_schema(summary="Enrolments", parameters=[EnrolmentFilter]),
    retrieve=extend_schema(summary="An enrolment, with how far each of its items is and when it is due"),
)
class EnrolmentViewSet(TrainingViewSet):
    """Who is on which path: the own ones, those of people below, and those in which the caller hosts a ride-along."""

    queryset = Enrolment.objects.select_related("member", "version__programme", "enrolled_by")

    def get_serializer_class(self):
        return WholeEnrolmentSerializer if self.action == "retrieve" else EnrolmentSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.filter(**EnrolmentFilter(data=self.request.query_params).lookups())
        return rows

    def get_object(self) -> Enrolment:
        enrolment: Any = super().get_object()
        if self.action == "retrieve":
            enrolment.way = way_of(enrolment, self.member.company.today())
        return enrolment

    @extend_schema(
        summary="Put somebody on the path of a programme", request=NewEnrolment, responses={201: Made}
    )
    @once
    def create(self, request: Request) -> Response:
        refuse_reps(self.member)
        asked = self.checked(NewEnrolment)
        may = can_enrol(self.member, asked["member"], is_above(self.member, asked["member"].id))
        refuse(may, _("Whoever leads somebody puts them on a path, never oneself."))
        return Response(Made(enrol(actor=self.member, **asked)).data, status=201)

    @extend_schema(
        summary="Take somebody off a path; what was done stays",
        request=PathWithdrawal,
        responses={201: EnrolmentStateSerializer},
    )
    @action(detail=True, methods=["post"])
    @once
    def withdrawal(self, request: Request, pk: str) -> Response:
        enrolment = self.get_object()
        may = can_enrol(self.member, enrolment.member, is_above(self.member, enrolment.member_id))
        refuse(may, _("Whoever leads them takes people off a path, never oneself."))
        enrolment = withdraw(actor=self.member, enrolment=enrolment, **self.checked(PathWithdrawal))
        return Response(EnrolmentStateSerializer(enrolment).data, status=201)

    @extend_schema(
        summary="What was said at the items of a path",
        parameters=[EntryFilter],
        responses=EntrySerializer(many=True),
    )
    @action(detail=True, methods=["get"])
    def entries(self, request: Request, pk: str) -> Response:
        rows = Entry.objects.filter(company_id=self.member.company_id, enrolment=self.get_object())
        rows = rows.filter(**EntryFilter(data=request.query_params).lookups()).select_related("by")
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(shown(self.member, page))

    @extend_schema(
        summary="Say something at an item: done, asked for, judged or waived",
        request=NewEntry,
        responses={201: EntryStateSerializer},
    )
    @entries.mapping.post
    @once
    def add_entry(self, request: Request, pk: str) -> Response:
        enrolment = self.get_object()
        entry = say(self.member, enrolment, self.checked(NewEntry))
        enrolment.refresh_from_db(fields=["state"])
        told = {
            "id": entry.id,
            "kind": entry.kind,
            "outcome": entry.outcome,
            "enrolment_state": enrolment.state,
        }
        return Response(EntryStateSerializer(told).data, status=201)
