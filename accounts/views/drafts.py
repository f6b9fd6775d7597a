"""Drafts: what is being written is kept with every pause, so that no lost session or connection loses it."""

import json

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from accounts.actions import drop_draft, save_draft
from accounts.middleware import MemberRequest
from accounts.queries import draft_of
from accounts.views.access import member_required

MOST_BYTES = 200_000


@require_http_methods(["GET", "PUT", "DELETE"])
@member_required
def draft(request: MemberRequest, place: str) -> HttpResponse:
    """GET {"content", "saved_at"} or 204; PUT {"content": {field: text}}; DELETE."""
    if request.method == "PUT":
        return _put(request, place)
    if request.method == "DELETE":
        drop_draft(actor=request.member, place=place)
        return HttpResponse(status=204)
    found = draft_of(request.member, place)
    if found is None:
        return HttpResponse(status=204)
    return JsonResponse({"content": found.content, "saved_at": found.saved_at})


def _put(request: MemberRequest, place: str) -> HttpResponse:
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"detail": "This draft is too long."}, status=413)
    try:
        content = json.loads(request.body)["content"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"detail": 'Send {"content": {field: text}}.'}, status=400)
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        return JsonResponse({"detail": "Each field of a draft is text."}, status=400)
    saved = save_draft(actor=request.member, place=place, content=content)
    return JsonResponse({"saved_at": saved.saved_at})
