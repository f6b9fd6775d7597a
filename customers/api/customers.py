from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from accounts.models import Member
from customers.actions import change_customer, enter_customer, set_owner
from customers.models import Customer

from .editing import IF_MATCH, conflicts, seen_version, with_etag
from .fields import MOST, Person, external_id, fresh_external_id, person
from .filters import ListFilter


class CustomerSerializer(serializers.ModelSerializer):
    owner_email = person("owner")
    merged_into_external_id = external_id("merged_into")

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
            "merged_into_external_id",
            "erased_at",
            "version",
        ]


class CustomerFilter(ListFilter):
    """Of the list of customers."""

    merged = serializers.BooleanField(
        default=False, help_text="Those that were merged into another, instead of those that stand."
    )


class CustomerChange(serializers.Serializer):
    name = serializers.CharField(max_length=300)
    segment = serializers.CharField(max_length=100, allow_blank=True, required=False)
    started_on = serializers.DateField(allow_null=True, required=False)
    ended_on = serializers.DateField(allow_null=True, required=False)
    churn_reason = serializers.CharField(max_length=300, allow_blank=True, required=False)
    owner_email = Person(source="owner")
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class NewCustomer(CustomerChange):
    external_id = serializers.CharField(max_length=200, required=False)
    version = None  # type: ignore[assignment]

    def validate_external_id(self, value: str) -> str:
        return fresh_external_id(Customer, self.context["request"].user, value)


@extend_schema_view(
    list=extend_schema(summary="Customers", parameters=[CustomerFilter]),
    retrieve=extend_schema(summary="A customer"),
)
class CustomerViewSet(TenantViewSet):
    """Accounts; stubs are customers whom a file named but nobody entered."""

    queryset = Customer.objects.select_related("owner", "merged_into")
    serializer_class = CustomerSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action != "list" or getattr(self, "swagger_fake_view", False):
            return rows
        asked = CustomerFilter(data=self.request.query_params).lookups()
        return rows.filter(merged_into__isnull=not asked["merged"])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(summary="Enter a customer", request=NewCustomer, responses={201: CustomerSerializer})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewCustomer)
        customer = enter_customer(actor=self.member, **asked)
        return Response(CustomerSerializer(customer).data, status=201)

    @extend_schema(
        summary="Change a customer",
        request=CustomerChange(partial=True),
        responses=CustomerSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        customer = self.get_object()
        asked = self.checked(CustomerChange, partial=True)
        with conflicts(request):
            customer = _changed(self.member, customer, request, asked)
        return with_etag(Response(CustomerSerializer(customer).data), customer.version)


@transaction.atomic
def _changed(actor: Member, customer: Customer, request: Request, changes: dict[str, Any]) -> Customer:
    """The owner has a history of their own, so that is a second deed in the same transaction."""
    version = seen_version(request, changes.pop("version", None))
    has_owner, owner = "owner" in changes, changes.pop("owner", None)
    customer = change_customer(actor=actor, customer=customer, version=version, **changes)
    if has_owner and owner != customer.owner:
        set_owner(actor=actor, customer=customer, owner=owner)
    return customer
