"""Errors as problem documents (RFC 9457): type, title, status, detail, and errors by field."""

from http import HTTPStatus
from typing import Any

from django.core import exceptions as core
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cs_platform.lib.outside import storable

UNIQUE = "23505"  # PostgreSQL's code for a row that is there already


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to an error of the API; None lets Django answer with 500."""
    error = _translated(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        **_sayable(_detail(error, response.data)),
    }
    response.content_type = ProblemRenderer.media_type
    return response


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = gettext_lazy("This cannot be done as things stand.")


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = gettext_lazy("This is larger than what is taken here.")


def _translated(error: Exception) -> Exception:
    """What the product itself raises, in the words of the API."""
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, IntegrityError) and getattr(error.__cause__, "pgcode", "") == UNIQUE:
        return Conflict(_("There is such a row already: somebody wrote the same at the same time."))
    if isinstance(error, core.ValidationError):
        if not hasattr(error, "error_dict"):
            # It names no field: what was sent is fine, but does not fit where the row stands.
            return Conflict(" ".join(error.messages))
        fields = {"" if name == NON_FIELD_ERRORS else name: said for name, said in error.message_dict.items()}
        return exceptions.ValidationError(fields)
    return error


def _sayable(words: Any) -> Any:
    """A message may repeat what was sent, and half of a surrogate pair could not be sent back."""
    if isinstance(words, dict):
        return {storable(str(field)): _sayable(text) for field, text in words.items()}
    if isinstance(words, list):
        return [_sayable(text) for text in words]
    return storable(words) if isinstance(words, str) else words


def _detail(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = data if isinstance(data, dict) else {"": data}
        return {"detail": "; ".join(_words(errors)), "errors": errors}
    if isinstance(error, Http404):
        return {"detail": str(error) or _("There is nothing here.")}
    if isinstance(error, PermissionDenied):
        return {"detail": str(error) or _("You may not do this.")}
    return {"detail": str(data.get("detail", "")) if isinstance(data, dict) else str(data)}


def _words(errors: dict[str, Any]) -> list[str]:
    return [
        f"{field}: {' '.join(map(str, messages if isinstance(messages, list) else _words(messages)))}"
        for field, messages in errors.items()
    ]
