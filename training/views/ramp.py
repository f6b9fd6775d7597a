"""How fast people become good."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from training.queries.ramp_page import ramp_page

A_PAGE = 50


@require_safe
@member_required
def ramp(request: MemberRequest) -> HttpResponse:
    """Reps see their own, managers the people below, leaders and admins all."""
    found = ramp_page(request.member)
    people = Paginator(found.people, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "training/ramp/show.html", {"page": found, "people": people})
