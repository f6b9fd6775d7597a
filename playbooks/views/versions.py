"""The versions of a playbook: who wrote and approved what, when and why, and two of them side by side."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from playbooks.queries.versions import compared, history

from .drafts import find_playbook


@require_safe
@member_required
def versions(request: MemberRequest, playbook: int) -> HttpResponse:
    found = find_playbook(request, playbook)
    return render(request, "playbooks/version/index.html", {"playbook": found, "versions": history(found)})


@require_safe
@member_required
def compare(request: MemberRequest, playbook: int, first: int, second: int) -> HttpResponse:
    """From version `first` to `second`; the other way round is the way back."""
    found = find_playbook(request, playbook)
    listed = {version.number: version for version in history(found)}
    if first not in listed or second not in listed:
        raise Http404
    old, new = listed[first], listed[second]
    page = {
        "playbook": found,
        "old": old,
        "new": new,
        "changes": compared(old, new),
        "pair": (old, new),
    }
    return render(request, "playbooks/version/compare.html", page)
