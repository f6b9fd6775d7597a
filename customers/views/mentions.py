"""The list below a note while somebody is being named in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.queries.people import people_like


@require_safe
@member_required
def mention_options(request: MemberRequest) -> HttpResponse:
    """?q= is what follows the @."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = {"found": people_like(request.member, words)}
    return render(request, "customers/mention/_options.html", page)
