from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from customers.actions import change_contact, enter_contact, mark_contact_left, take_contact_back
from customers.models import Contact

from .fields import CustomerNamed, external_id, fresh_external_id


class ContactSerializer(serializers.ModelSerializer):
    customer_external_id = external_id("customer")

    class Meta:
        model = Contact
        fields = [
            "id",
            "external_id",
            "customer_external_id",
            "name",
            "email",
            "phone",
            "title",
            "left_at",
        ]


class ContactChange(serializers.Serializer):
    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=60, allow_blank=True, required=False)
    title = serializers.CharField(max_length=100, allow_blank=True, required=False)
    has_left = serializers.BooleanField(required=False, help_text="Whether they work there no more.")


class NewContact(ContactChange):
    external_id = serializers.CharField(max_length=200, required=False)
    customer_external_id = CustomerNamed(source="customer", required=True, allow_null=False)
    has_left = None  # type: ignore[assignment]

    def validate_external_id(self, value: str) -> str:
        return fresh_external_id(Contact, self.context["request"].user, value)


@extend_schema_view(list=extend_schema(summary="Contacts"), retrieve=extend_schema(summary="A contact"))
class ContactViewSet(TenantViewSet):
    """People at customers."""

    queryset = Contact.objects.select_related("customer")
    serializer_class = ContactSerializer

    @extend_schema(summary="Enter a contact", request=NewContact, responses={201: ContactSerializer})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewContact)
        contact = enter_contact(actor=self.member, **asked)
        return Response(ContactSerializer(contact).data, status=201)

    @extend_schema(
        summary="Change a contact", request=ContactChange(partial=True), responses=ContactSerializer
    )
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        contact, actor = self.get_object(), self.member
        asked = self.checked(ContactChange, partial=True)
        has_left = asked.pop("has_left", None)
        if has_left is not None and has_left != (contact.left_at is not None):
            (mark_contact_left if has_left else take_contact_back)(actor=actor, contact=contact)
        contact = change_contact(actor=actor, contact=contact, **asked) if asked else self.get_object()
        return Response(ContactSerializer(contact).data)
