from django.http import HttpResponse
from django.shortcuts import render

from accounts.middleware import MemberRequest
from accounts.views.access import member_required


@member_required
def ticket_index(request: MemberRequest) -> HttpResponse:
    return render(request, "customers/queue/index.html")
