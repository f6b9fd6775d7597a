from django.http import HttpResponse
from django.shortcuts import render

from accounts.middleware import MemberRequest
from accounts.views.access import admin_required


@admin_required
def import_index(request: MemberRequest) -> HttpResponse:
    return render(request, "customers/import/index.html")
