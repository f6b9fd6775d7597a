from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from accounts.api.views import TenantViewSet
from customers.models import Customer, Status, Survey, Ticket, TicketEvent


def person(source: str) -> serializers.EmailField:
    return serializers.EmailField(source=f"{source}.email", allow_null=True, default=None)


class CustomerSerializer(serializers.ModelSerializer):
    owner_email = person("owner")

    class Meta:
        model = Customer
        fields = [
            "id",
            "external_id",
            "name",
            "segment",
            "started_on",
            "ended_on",
            "churn_reason",
            "owner_email",
            "is_stub",
        ]


class TicketSerializer(serializers.ModelSerializer):
    customer_external_id = serializers.CharField(source="customer.external_id", allow_null=True, default=None)
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


class SurveySerializer(serializers.ModelSerializer):
    ticket_external_id = serializers.CharField(source="ticket.external_id", allow_null=True, default=None)
    customer_external_id = serializers.CharField(source="customer.external_id", allow_null=True, default=None)

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


class TicketFilter(serializers.Serializer):
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

    def validate(self, asked: dict) -> dict:
        unknown = sorted(set(self.initial_data) - set(self.fields) - {"cursor", "page_size"})
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                dict.fromkeys(unknown, f"There is no such filter; there are {known}.")
            )
        return asked

    def validate_assignee_email(self, email: str) -> str:
        return email.lower()

    def lookups(self) -> dict:
        self.is_valid(raise_exception=True)
        return {self.LOOKUPS.get(name, name): value for name, value in self.validated_data.items()}


@extend_schema_view(list=extend_schema(summary="Customers"), retrieve=extend_schema(summary="A customer"))
class CustomerViewSet(TenantViewSet):
    """Accounts; stubs are customers whom a file named but nobody entered."""

    queryset = Customer.objects.select_related("owner")
    serializer_class = CustomerSerializer


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


@extend_schema_view(
    list=extend_schema(summary="Survey answers"), retrieve=extend_schema(summary="A survey answer")
)
class SurveyViewSet(TenantViewSet):
    """Answers to CSAT, NPS and CES surveys, with the score that counts."""

    queryset = Survey.objects.select_related("ticket", "customer")
    serializer_class = SurveySerializer
