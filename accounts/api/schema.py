"""What every operation has in the description: the key of a POST, and the ways in which it may be refused."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from .idempotency import HEADER, LONGEST
from .problems import ProblemRenderer


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. `errors` says what is wrong, by the name of the field; "" is about the whole."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]


KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same request sent again under the same key within 48 hours is answered again, not done again.",
)
ALWAYS = {
    "400": "What was sent is not as it should be; `errors` names the fields.",
    "401": "No key, or one that is not known.",
    "403": "The key's scopes or its member's role do not allow this.",
    "404": "There is no such thing in this company.",
    "406": "Only JSON is spoken here.",
    "429": "Too many calls; `Retry-After` says when.",
}
OF_WRITES = {
    "409": "This cannot be done as things stand: the row has changed, is in another state, or is there already.",
    "413": "Too large.",
    "415": "Not a content type that is read here.",
}
OF_KEYS = {"422": "The Idempotency-Key was used for another request."}
OF_EDITS = {"412": "The row has changed since the version that If-Match names."}


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method == "POST" else []

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bodies = super()._get_response_bodies(*args, **kwargs)
        refusals = dict(ALWAYS)
        if self.method in ("POST", "PATCH", "PUT", "DELETE"):
            refusals |= OF_WRITES
        if self.method == "POST":
            refusals |= OF_KEYS
        if self.method == "PATCH":
            refusals |= OF_EDITS
        for code, words in sorted(refusals.items()):
            shape = self._get_response_for_code(ProblemSerializer, code, [ProblemRenderer.media_type])
            bodies.setdefault(code, shape | {"description": words})
        return bodies
