"""Jobs: what the reader hires for, one of them, and what happens to it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib import clock
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from hiring.actions.requisitions import (
    CLOSED,
    change_requisition,
    open_requisition,
    set_requisition_state,
)
from hiring.forms.requisitions import RequisitionForm
from hiring.models import Interview, Requisition
from hiring.permissions import can_hire, can_set_rules
from hiring.queries.interviews import planned_of
from hiring.queries.plan import plan
from hiring.queries.requisitions import hiring_page, requisition_page
from hiring.queries.settings import settings_of
from playbooks.forms.people import offered

from .doors import allow_hiring, find_requisition, stale

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
State = Requisition.State
# {state: (name of its address, what is said when it is reached)}
STATES = {
    State.OPEN: ("requisition_opening", gettext_lazy("“%(job)s” is open.")),
    State.ON_HOLD: ("requisition_hold", gettext_lazy("“%(job)s” is on hold. It takes no new applications.")),
    State.FILLED: (
        "requisition_fill",
        gettext_lazy("“%(job)s” is filled. Candidates in the pipeline still wait for an answer."),
    ),
    State.CANCELLED: (
        "requisition_cancellation",
        gettext_lazy("“%(job)s” is cancelled. Candidates in the pipeline still wait for an answer."),
    ),
}


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    """The jobs that the reader hires for with what waits, and the own interviews; a rep has only these."""
    is_closed = request.GET.get("state") == "closed"
    context = {
        "page": hiring_page(request.member, request.GET.get("page"), is_closed),
        "is_closed": is_closed,
        "query": "state=closed" if is_closed else "",
        "hires": can_hire(request.member),
        "sets_rules": can_set_rules(request.member),
    }
    return render(request, "hiring/requisitions/index.html", context)


@READ_OR_POST
@member_required
def new(request: MemberRequest) -> HttpResponse:
    allow_hiring(request)
    first = {"owner": request.member, "seats": 1, "role": "rep"}
    threshold = settings_of(request.member.company_id).threshold
    if _is_picking(request):
        return _picking(request)
    form = RequisitionForm(request.member, request.POST or None, initial=first | {"threshold": threshold})
    if request.method == "POST" and form.is_valid() and (made := _open(request, form)):
        messages.success(
            request, _("“%(job)s” is open, with stages, kits and weights to begin with.") % _named(made)
        )
        return _to_its_page(request, made)
    return _form(request, form)


@require_safe
@member_required
def show(request: MemberRequest, requisition: int) -> HttpResponse:
    found = find_requisition(request, requisition)
    context = {
        "requisition": found,
        "page": requisition_page(request.member, found),
    }
    return render(request, "hiring/requisitions/show.html", context)


@READ_OR_POST
@member_required
def edit(request: MemberRequest, requisition: int) -> HttpResponse:
    found = find_requisition(request, requisition)
    if _is_picking(request):
        return _picking(request, found)
    form = RequisitionForm(request.member, request.POST or None, found)
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Saved."))
        return _to_its_page(request, found)
    return _form(request, form, found)


@require_POST
@member_required
def state(request: MemberRequest, requisition: int, state: str) -> HttpResponse:
    """Opens, holds, fills or cancels; can be taken back. Before a job ends, its planned interviews are asked about."""
    found = find_requisition(request, requisition)
    before, said = found.state, request.POST.get("interviews")
    planned = _planned(request, found) if state in CLOSED and state != before else []
    if planned and said not in ("cancel", "keep"):
        context = {"requisition": found, "planned": planned, "state": State(state)}
        return render(request, "hiring/requisitions/closing.html", context, status=422)
    cancelled = planned if said == "cancel" else []
    changed = set_requisition_state(actor=request.member, requisition=found, state=state, cancelled=cancelled)
    if changed.state != before:
        undo = reverse(f"hiring:{STATES[State(before)][0]}", args=[found.id])
        offer_undo(request, str(STATES[State(state)][1]) % _named(found), undo)
    return redirect("hiring:requisition", found.id)


@require_safe
@member_required
def planned(request: MemberRequest) -> HttpResponse:
    """Seats that are planned in the organisation, by manager."""
    allow_hiring(request)
    rows = plan(request.member, request.member.company.today())
    return render(request, "hiring/requisitions/plan.html", {"rows": rows})


def _planned(request: MemberRequest, found: Requisition) -> list[Interview]:
    """Interviews to come of the job; the candidate of one of them is asked about none of the own."""
    to_come = {"application__requisition": found, "ends_at__gt": clock.now()}
    return planned_of(request.member, **to_come)


def _is_picking(request: MemberRequest) -> bool:
    """Whether somebody is added to the hiring team in the form, before it is sent."""
    return request.method == "POST" and "pick" in request.GET


def _picking(request: MemberRequest, found: Requisition | None = None) -> HttpResponse:
    form = RequisitionForm.while_picking(request.member, request.POST, found)
    return _form(request, form, found, is_picking=True)


def _form(
    request: MemberRequest, form: RequisitionForm, found: Requisition | None = None, is_picking: bool = False
) -> HttpResponse:
    picked = form.picked()
    context = {
        "form": form,
        "requisition": found,
        "people": offered(request.member),
        "picked": picked,
        "is_picking": is_picking,
    }
    status = 422 if is_picking and picked.wrong else page_status(form)
    return render(request, "hiring/requisitions/form.html", context, status=status)


def _named(requisition: Requisition) -> dict[str, str]:
    return {"job": isolated(str(requisition))}


def _to_its_page(request: MemberRequest, requisition: Requisition) -> HttpResponse:
    """Whoever has given a job away does not find its page."""
    if Requisition.objects.visible_to(request.member).filter(id=requisition.id).exists():
        return redirect("hiring:requisition", requisition.id)
    return redirect("hiring:index")


def _open(request: MemberRequest, form: RequisitionForm) -> Requisition | None:
    try:
        return open_requisition(actor=request.member, **form.changes())
    except ValidationError as error:
        take_errors(form, error)
    return None


def _change(request: MemberRequest, found: Requisition, form: RequisitionForm) -> Requisition | None:
    version = form.cleaned_data["version"]
    try:
        return change_requisition(actor=request.member, requisition=found, version=version, **form.changes())
    except EditConflict:
        stale(form)
    except ValidationError as error:
        take_errors(form, error)
    return None
