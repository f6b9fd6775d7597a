from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from metrics.actions import set_focus
from metrics.boards.lanes import aims_of
from metrics.forms import FocusForm
from metrics.models import Lane
from metrics.permissions import can_set_focus


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def focus(request: MemberRequest) -> HttpResponse:
    """What the company looks at first, and its targets."""
    if not can_set_focus(request.member):
        raise PermissionDenied(_("What the company looks at first is for its leaders and admins to say."))
    aims = aims_of(request.member.company_id)
    form = FocusForm(request.POST or None, initial=FocusForm.as_typed(aims))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for lane in Lane:
                metric, target = form.aim(lane)
                set_focus(actor=request.member, lane=lane, metric=metric, target=target)
        messages.success(request, _("Saved. Every board begins with these now."))
        return redirect("company")
    return render(request, "metrics/focus.html", {"form": form}, status=422 if form.errors else 200)
