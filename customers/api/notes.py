from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from cs_platform.lib import clock
from customers.actions import add_note, change_note, keep_promise, reopen_promise
from customers.models import Note
from customers.models.rules import LONGEST_TEXT
from customers.permissions import can_edit_note

from .editing import IF_MATCH, conflicts, seen_version
from .fields import MOST, CustomerNamed, Instant, TicketNamed, external_id, person


class NoteSerializer(serializers.ModelSerializer):
    author_email = person("author")
    customer_external_id = external_id("customer")
    ticket_external_id = external_id("ticket")
    kept_by_email = person("kept_by")
    version = serializers.IntegerField(read_only=True)

    class Meta:
        model = Note
        fields = [
            "id",
            "author_email",
            "customer_external_id",
            "ticket_external_id",
            "type",
            "body",
            "noted_at",
            "due_on",
            "kept_at",
            "kept_by_email",
            "version",
        ]


class NoteChange(serializers.Serializer):
    body = serializers.CharField(max_length=LONGEST_TEXT)
    type = serializers.ChoiceField(
        Note.Type.choices,
        required=False,
        help_text="If it is not said: a promise with due_on, a note without.",
    )
    due_on = serializers.DateField(
        allow_null=True, required=False, help_text="Of a promise, and needed there."
    )
    is_kept = serializers.BooleanField(required=False, help_text="Of a promise.")
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class NewNote(NoteChange):
    customer_external_id = CustomerNamed(source="customer")
    ticket_external_id = TicketNamed(source="ticket")
    noted_at = Instant(required=False)
    is_kept = None  # type: ignore[assignment]
    version = None  # type: ignore[assignment]

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("customer") and not asked.get("ticket"):
            raise serializers.ValidationError(
                {"customer_external_id": _("A note is on a customer or on a ticket.")}
            )
        return asked


@extend_schema_view(list=extend_schema(summary="Notes"), retrieve=extend_schema(summary="A note"))
class NoteViewSet(TenantViewSet):
    """Notes on customers and tickets; one with a due date is a promise."""

    queryset = Note.objects.select_related("author", "customer", "ticket", "kept_by").with_version()
    serializer_class = NoteSerializer

    @extend_schema(summary="Add a note", request=NewNote, responses={201: NoteSerializer})
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewNote)
        note = add_note(actor=self.member, **asked)
        return Response(NoteSerializer(self.get_queryset().get(id=note.id)).data, status=201)

    @extend_schema(
        summary="Change a note",
        description="Its writer changes what it says, for a day; everybody may keep a promise.",
        request=NoteChange(partial=True),
        responses=NoteSerializer,
        parameters=[IF_MATCH],
    )
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        note, actor = self.get_object(), self.member
        asked = self.checked(NoteChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        is_kept = asked.pop("is_kept", None)
        if asked:
            if not can_edit_note(actor, note, clock.now()):
                raise exceptions.PermissionDenied(_("A note is changed by whoever wrote it, for a day."))
            now = {"body": note.body, "type": note.type, "due_on": note.due_on}
            seen = note.version if version is None else version
            with conflicts(request):
                change_note(actor=actor, note=note, version=seen, **(now | asked))
        if is_kept is not None and is_kept != (note.kept_at is not None):
            (keep_promise if is_kept else reopen_promise)(actor=actor, note=note)
        return Response(NoteSerializer(self.get_object()).data)
