"""`Idempotency-Key`: the same POST sent again is answered again, not done again.

The key is written in the transaction of the deed, first of all: of two at once the second waits at the unique
index until the first is through, and then finds its answer, or does the deed itself if the first failed.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import IdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255


class OtherBody(exceptions.APIException):
    status_code = 422
    default_detail = gettext_lazy(
        "This Idempotency-Key was used for another request. Take a new key for a new request."
    )


def once(handler: Callable[..., Response]) -> Callable[..., Response]:
    """For the POST methods of views. What fails leaves no trace, so it may be sent again under its key."""

    @wraps(handler)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            with transaction.atomic():
                return handler(view, request, *args, **kwargs)
        _check(key)
        digest = digest_of(request)
        with transaction.atomic():
            row, is_new = _claimed(request, key, digest)
            if not is_new:
                return _replayed(row, digest)
            answer = handler(view, request, *args, **kwargs)
            row.status = answer.status_code
            row.answer = json.loads(JSONRenderer().render(answer.data))
            row.save(update_fields=["status", "answer"])
            return answer

    return wrapped


def _check(key: str) -> None:
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST}}}", key):
        words = _("A key is 1 to %(most)s printable ASCII characters without spaces; a UUID is a good one.")
        raise exceptions.ValidationError({HEADER: [words % {"most": LONGEST}]})


def _claimed(request: Request, key: str, digest: str) -> tuple[IdempotencyKey, bool]:
    member: Any = request.user
    mine = {"company_id": member.company_id, "member_id": member.id, "key": key}
    IdempotencyKey.objects.bulk_create(
        [IdempotencyKey(**mine, digest=digest, status=0)], ignore_conflicts=True
    )
    row = IdempotencyKey.objects.get(**mine)
    # A transaction that is through has left a status; a row without one is ours.
    return row, row.status == 0


def _replayed(row: IdempotencyKey, digest: str) -> Response:
    if row.digest != digest:
        raise OtherBody
    return Response(row.answer, status=row.status, headers={REPLAYED: "true"})


def digest_of(request: Request) -> str:
    """Of method, address and body. Of a form with files their content counts, not how it was cut into parts."""
    whole = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        whole.update(request.body)
        return whole.hexdigest()
    for name, values in sorted(request.data.lists()):  # type: ignore[union-attr]
        for value in values:
            whole.update(f"\n{name}:".encode())
            if hasattr(value, "chunks"):
                for chunk in value.chunks():
                    whole.update(chunk)
                value.seek(0)
            else:
                whole.update(str(value).encode("utf-8", "replace"))
    return whole.hexdigest()
