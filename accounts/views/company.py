from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.middleware import COMPANY_KEY, MemberRequest
from accounts.models import Member
from cs_platform.lib.outside import number


@require_POST
@login_required
def company_switch(request: MemberRequest) -> HttpResponse:
    """Goes on in another company of one's own; any other is not there."""
    company_id = request.POST.get("company", "")
    mine = Member.objects.active().filter(user=request.user)
    if number(company_id) is None or not mine.filter(company_id=int(company_id)).exists():
        raise Http404
    request.session[COMPANY_KEY] = int(company_id)
    return redirect("home")
