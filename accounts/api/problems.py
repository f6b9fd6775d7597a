"""Errors as problem documents (RFC 9457): type, title, status, detail, and errors by field."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to an error of the API; None lets Django answer with 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        **_detail(error, response.data),
    }
    response.content_type = ProblemRenderer.media_type
    return response


def _detail(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = data if isinstance(data, dict) else {"": data}
        words = [f"{field}: {' '.join(map(str, messages))}" for field, messages in errors.items()]
        return {"detail": "; ".join(words), "errors": errors}
    if isinstance(error, Http404):
        return {"detail": str(error) or "There is nothing here."}
    if isinstance(error, PermissionDenied):
        return {"detail": str(error) or "You may not do this."}
    return {"detail": str(data.get("detail", "")) if isinstance(data, dict) else str(data)}
