from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.parsers import JSONParser
from accounts.api.permissions import HasScope, IsAdmin
from accounts.api.views import TenantViewSet
from customers.actions import uploads as actions
from customers.imports.errors import refused_rows
from customers.imports.intake import discard, receive
from customers.imports.kinds import KINDS
from customers.imports.matching import READY, guess, lacking
from customers.imports.readers import Unreadable
from customers.models import Upload


class RefusedRow(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer):
    read = serializers.IntegerField(source="report.read", default=0)
    added = serializers.IntegerField(source="report.added", default=0)
    changed = serializers.IntegerField(source="report.changed", default=0)
    refused = serializers.IntegerField(source="report.refused", default=0)
    is_partial = serializers.BooleanField(
        source="report.is_partial", default=False, help_text="A trial read only the beginning."
    )
    first_refused = RefusedRow(source="report.first_refused", many=True, default=[])
    has_errors = serializers.SerializerMethodField(help_text="Whether /errors/ has something to say.")

    class Meta:
        model = Upload
        fields = [
            "id",
            "file_name",
            "size",
            "kind",
            "state",
            "share",
            "rows_done",
            "read",
            "added",
            "changed",
            "refused",
            "is_partial",
            "first_refused",
            "has_errors",
            "message",
            "created_at",
            "started_at",
            "finished_at",
        ]

    def get_has_errors(self, upload: Upload) -> bool:
        return bool(upload.run and upload.run.error_file)


class NewImport(serializers.Serializer):
    """One file; `beside` are those that a ready mapping looks things up in."""

    file = serializers.FileField(max_length=300)
    beside = serializers.ListField(child=serializers.FileField(max_length=300), required=False, max_length=20)
    kind = serializers.ChoiceField(
        list(KINDS), required=False, help_text="If the name of the file does not begin with it."
    )
    mapping = serializers.ChoiceField(list(READY), required=False, help_text="Of another program's export.")
    dry_run = serializers.BooleanField(default=False, help_text="Only try it; /start/ imports it afterwards.")


@extend_schema_view(
    list=extend_schema(summary="Imports"),
    retrieve=extend_schema(summary="How far an import is"),
)
class ImportViewSet(TenantViewSet):
    """Files handed in by the browser or the API. For admins; the scope is `import`."""

    queryset = Upload.objects.select_related("run")
    serializer_class = ImportSerializer
    scope = "import"
    permission_classes = [HasScope, IsAdmin]
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(
        summary="Hand a file in",
        request={"multipart/form-data": NewImport},
        responses={202: ImportSerializer},
    )
    @once
    def create(self, request: Request) -> Response:
        asked = self.checked(NewImport)
        uploads = self._received([asked["file"], *asked.get("beside", [])])
        try:
            upload = self._taken(uploads[0], asked)
        except serializers.ValidationError:
            discard(uploads)
            raise
        return Response(ImportSerializer(upload).data, status=202)

    def _received(self, files: list[Any]) -> list[Upload]:
        try:
            return receive(self.member, files, by_api=True)
        except Unreadable as error:
            raise serializers.ValidationError({"file": [str(error)]}) from error

    def _taken(self, upload: Upload, asked: dict[str, Any]) -> Upload:
        found = guess(upload, asked.get("kind"), asked.get("mapping"))
        if not found.kind:
            words = _("Say what is in it: one of %(kinds)s.")
            raise serializers.ValidationError({"kind": [words % {"kinds": ", ".join(KINDS)}]})
        missing = lacking(found)
        if missing:
            words = _("These columns are missing: %(columns)s.")
            raise serializers.ValidationError({"file": [words % {"columns": ", ".join(missing)}]})
        mapping = {"ready": found.ready, "columns": found.columns}
        deed = actions.map_upload if asked["dry_run"] else actions.take_upload
        return deed(actor=self.member, upload=upload, kind=found.kind, mapping=mapping)

    @extend_schema(summary="Import what was tried", request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    @once
    def start(self, request: Request, pk: str) -> Response:
        return self._done(actions.queue_upload)

    @extend_schema(summary="Stop an import", request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    @once
    def cancellation(self, request: Request, pk: str) -> Response:
        return self._done(actions.cancel_upload)

    @extend_schema(
        summary="The refused rows",
        description="CSV with line, column, reason, and the row as JSON.",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    @action(detail=True, methods=["get"])
    def errors(self, request: Request, pk: str) -> StreamingHttpResponse:
        answer = refused_rows(self.get_object().run)
        if answer is None:
            raise NotFound(_("No row of this import was refused, or its file is gone."))
        return answer

    def _done(self, what: Any) -> Response:
        upload = what(actor=self.member, upload=self.get_object())
        return Response(ImportSerializer(upload).data, status=202)
