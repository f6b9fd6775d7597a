from django.http import HttpResponse
from django.shortcuts import render

from accounts.middleware import MemberRequest
from accounts.views.access import member_required


@member_required
def my_day(request: MemberRequest) -> HttpResponse:
    """What waits for the reader today, then the own two figures."""
    return render(request, "home/my_day.html")
