"""Edits that lose nothing: which version the editor saw, from `version` in the body or the header If-Match."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.problems import Conflict
from customers.actions import EditConflict

IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "maxLength": 40},
    OpenApiParameter.HEADER,
    description="The ETag of the version that was seen; 412 if there is a newer one.",
)
LARGEST = 2**31 - 1


class Stale(exceptions.APIException):
    status_code = 412


def seen_version(request: Request, in_body: int | None) -> int | None:
    """The version that the editor saw; None if they do not say. The header goes before the body."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return in_body
    match = re.fullmatch(r'(?:W/)?"?(\d{1,10})"?', header, re.ASCII)
    if match is None or int(match[1]) > LARGEST:
        raise exceptions.ValidationError({"If-Match": [_('Send an ETag as it was given, like "7".')]})
    return int(match[1])


@contextmanager
def conflicts(request: Request) -> Iterator[None]:
    """412 for a stale If-Match, 409 for a stale version in the body."""
    try:
        yield
    except EditConflict as conflict:
        words = _("The row has changed: it is version %(version)s now. Read it and decide again.")
        kind = Stale if "If-Match" in request.headers else Conflict
        raise kind(words % {"version": conflict.version}) from conflict


def with_etag(response: Response, version: int) -> Response:
    response["ETag"] = f'"{version}"'
    return response
