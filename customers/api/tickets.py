from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from customers import actions
from customers.actions.intake import category_named
from customers.models import Priority, Status, Ticket, TicketEvent
from customers.models.rules import LONGEST_TAG, LONGEST_TEXT, LONGEST_TIME, MOST_TAGS

from .editing import IF_MATCH, conflicts, seen_version, with_etag
from .fields import (
    MOST,
    ChannelName,
    CustomerNamed,
    Deadline,
    Instant,
    Person,
    external_id,
    fresh_external_id,
    person,
)
from .filters import ListFilter


class TicketSerializer(serializers.ModelSerializer):
    customer_external_id = external_id("customer")
    category = serializers.CharField(source="category.name", allow_null=True, default=None)
    channel = serializers.CharField(source="get_channel_display")
    assignee_email = person("assignee")
    first_responder_email = person("first_responder")
    resolver_email = person("resolver")

    class Meta:
        model = Ticket
        fields = [
            "id",
            "external_id",
            "opened_at",
            "customer_external_id",
            "requester_email",
            "subject",
            "status",
            "category",
            "priority",
            "channel",
            "tags",
            "assignee_email",
            "first_response_at",
            "first_responder_email",
            "resolved_at",
            "resolver_email",
            "last_resolved_at",
            "reopened_count",
            "closed_at",
            "handle_seconds",
            "first_response_due_at",
            "resolution_due_at",
            "version",
        ]


class TicketEventSerializer(serializers.ModelSerializer):
    actor_email = person("actor")
    assignee_email = person("assignee")

    class Meta:
        model = TicketEvent
        fields = [
            "id",
            "occurred_at",
            "event",
            "actor_email",
            "assignee_email",
            "seconds",
            "body",
            "is_public",
        ]


class WholeTicketSerializer(TicketSerializer):
    events = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = [*TicketSerializer.Meta.fields, "body", "events"]

    @extend_schema_field(TicketEventSerializer(many=True))
    def get_events(self, ticket: Ticket) -> list[dict]:
        events = ticket.events.select_related("actor", "assignee").order_by("occurred_at", "id")
        return list(TicketEventSerializer(events, many=True).data)


class TicketFilter(ListFilter):
    """Of the list of tickets."""

    external_id = serializers.CharField(required=False, max_length=200)
    status = serializers.ChoiceField(Status.choices, required=False)
    assignee_email = serializers.EmailField(required=False)
    customer_external_id = serializers.CharField(required=False, max_length=200)
    opened_from = serializers.DateTimeField(required=False)
    opened_before = serializers.DateTimeField(required=False)

    LOOKUPS = {
        "assignee_email": "assignee__email",
        "customer_external_id": "customer__external_id",
        "opened_from": "opened_at__gte",
        "opened_before": "opened_at__lt",
    }

    def validate_assignee_email(self, email: str) -> str:
        return email.lower()


class TicketChange(serializers.Serializer):
    subject = serializers.CharField(max_length=500)
    customer_external_id = CustomerNamed(source="customer")
    requester_email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    category = serializers.CharField(max_length=200, allow_blank=True, allow_null=True, required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    channel = ChannelName(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG),
        max_length=MOST_TAGS,
        allow_empty=True,
        required=False,
    )
    first_response_due_at = Deadline(required=False, allow_null=True)
    resolution_due_at = Deadline(required=False, allow_null=True)
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)

    def validate_requester_email(self, value: str) -> str:
        return value.lower()


class NewTicket(TicketChange):
    external_id = serializers.CharField(max_length=200, required=False)
    body = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    opened_at = Instant(required=False)
    assignee_email = Person(source="assignee")
    version = None  # type: ignore[assignment]

    def validate_external_id(self, value: str) -> str:
        return fresh_external_id(Ticket, self.context["request"].user, value)


class Deed(serializers.Serializer):
    at = Instant(required=False, help_text="When it happened, if not just now.")


class Assignment(Deed):
    assignee_email = Person(source="assignee", required=True)


class Writing(Deed):
    body = serializers.CharField(max_length=LONGEST_TEXT)
    seconds = serializers.IntegerField(
        min_value=0, max_value=LONGEST_TIME, required=False, help_text="Of work that it took; a day at most."
    )


class Reply(Writing):
    by_requester = serializers.BooleanField(
        default=False, help_text="The customer wrote it; that reopens a resolved ticket."
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["by_requester"] and "seconds" in asked:
            raise serializers.ValidationError({"seconds": _("The time of a customer is not counted.")})
        return asked


class Resolution(Writing):
    body = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)


def deed(path: str, words: str, request: type[serializers.Serializer]) -> Any:
    """A POST below a ticket that answers with the ticket as it stands then."""

    def decorate(handler: Any) -> Any:
        described = extend_schema(summary=words, request=request, responses={201: TicketSerializer})
        return described(action(detail=True, methods=["post"], url_path=path)(once(handler)))

    return decorate


@extend_schema_view(
    list=extend_schema(summary="Tickets", parameters=[TicketFilter]),
    retrieve=extend_schema(summary="A ticket with its events"),
)
class TicketViewSet(TenantViewSet):
    """Tickets with where they stand; one ticket with everything that happened to it."""

    queryset = Ticket.objects.select_related(
        "customer", "category", "assignee", "first_responder", "resolver"
    )

    def get_serializer_class(self):
        return WholeTicketSerializer if self.action == "retrieve" else TicketSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        return (
            rows.filter(**TicketFilter(data=self.request.query_params).lookups())
            if self.action == "list"
            else rows
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(summary="Log a ticket", request=NewTicket, responses={201: TicketSerializer})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewTicket)
        asked["category"] = category_named(self.member, asked.pop("category", None) or "")
        return _told(actions.log_ticket(actor=self.member, **asked))

    @extend_schema(
        summary="Change a ticket",
        request=TicketChange(partial=True),
        responses=TicketSerializer,
        parameters=[IF_MATCH],
    )
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        ticket, asked = self.get_object(), self.checked(TicketChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        if "category" in asked:
            asked["category"] = category_named(self.member, asked["category"] or "")
        with conflicts(request):
            ticket = actions.change_ticket(actor=self.member, ticket=ticket, version=version, **asked)
        return with_etag(Response(TicketSerializer(ticket).data), ticket.version)

    @deed("replies", "Reply, or pass on what the customer wrote", Reply)
    def replies(self, request: Request, pk: str) -> Response:
        ticket, asked = self.get_object(), self.checked(Reply)
        if asked.pop("by_requester"):
            return _told(actions.receive_reply(actor=self.member, ticket=ticket, **asked))
        return _told(actions.send_reply(actor=self.member, ticket=ticket, **asked))

    @deed("notes", "Add an internal note", Writing)
    def notes(self, request: Request, pk: str) -> Response:
        return self._done(actions.note_on_ticket, Writing)

    @deed("assignment", "Give it to somebody, or to nobody", Assignment)
    def assignment(self, request: Request, pk: str) -> Response:
        return self._done(actions.assign_ticket, Assignment)

    @deed("pending", "Wait for the customer", Deed)
    def pending(self, request: Request, pk: str) -> Response:
        return self._done(actions.pend_ticket, Deed)

    @deed("hold", "Wait for somebody else", Deed)
    def hold(self, request: Request, pk: str) -> Response:
        return self._done(actions.hold_ticket, Deed)

    @deed("resolution", "Resolve", Resolution)
    def resolution(self, request: Request, pk: str) -> Response:
        return self._done(actions.resolve_ticket, Resolution)

    @deed("reopening", "Reopen", Deed)
    def reopening(self, request: Request, pk: str) -> Response:
        return self._done(actions.reopen_ticket, Deed)

    @deed("closure", "Close for good", Deed)
    def closure(self, request: Request, pk: str) -> Response:
        return self._done(actions.close_ticket, Deed)

    def _done(self, what: Any, asked: type[serializers.Serializer]) -> Response:
        return _told(what(actor=self.member, ticket=self.get_object(), **self.checked(asked)))


def _told(ticket: Ticket) -> Response:
    return with_etag(Response(TicketSerializer(ticket).data, status=201), ticket.version)
