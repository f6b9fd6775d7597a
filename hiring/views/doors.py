"""What several pages of hiring ask at the door."""

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.middleware import MemberRequest
from accounts.views.access import allow
from hiring.models import Requisition
from hiring.permissions import can_hire
from hiring.queries.people import can_manage_requisition


def find_requisition(request: MemberRequest, requisition: int) -> Requisition:
    """404 for a job that the reader does not hire for, 403 for one that they may not change."""
    rows = Requisition.objects.visible_to(request.member).select_related("owner", "manager", "team")
    found = get_object_or_404(rows, id=requisition)
    allow(
        can_manage_requisition(request.member, found),
        _("This job is for its owner, manager and hiring team."),
    )
    return found


def allow_hiring(request: MemberRequest) -> None:
    allow(can_hire(request.member), _("Managers, leaders and admins open jobs and keep questions and kits."))


def stale(form: forms.BaseForm) -> None:
    """Somebody else was faster; what was typed stays."""
    form.add_error(None, _("Somebody has changed this meanwhile. Open it again and repeat your change."))


def small(number: str) -> int | None:
    """A number of an address that a row can have, or none."""
    return int(number) if number.isdecimal() and len(number) < 10 else None


def gone_if(missing: bool) -> None:
    if missing:
        raise Http404
