"""The page of a run, its panel on other pages, and the moves."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions import EditConflict, come_by
from customers.models import Customer, Ticket
from playbooks.actions import runs as actions
from playbooks.forms.runs import HandForm, MoveForm, NoteForm, PlaceForm, SkipForm, StepForm, StopForm
from playbooks.graph import Refused
from playbooks.models import Run, Version
from playbooks.queries.lists import readable
from playbooks.queries.runs import place_of, run_page, runs_with_links, visible_runs

# What is done to a run: the last part of its address, what is sent, and the action.
DEEDS: dict[str, tuple[type[MoveForm], Callable[..., Run]]] = {
    "step": (StepForm, actions.move_on),
    "completion": (MoveForm, actions.complete_run),
    "skip": (SkipForm, actions.skip_step),
    "handover": (HandForm, actions.hand_over),
    "takeover": (MoveForm, actions.take_over),
    "note": (NoteForm, actions.note_in_run),
    "undo": (MoveForm, actions.undo_move),
    "stop": (StopForm, actions.abandon_run),
}


@require_safe
@member_required
def run(request: MemberRequest, run: int) -> HttpResponse:
    """?seen= is what an open panel asks every few seconds: 204 while nobody has moved on."""
    if request.htmx and "seen" in request.GET:
        known = get_object_or_404(visible_runs(request.member).only("moves"), id=run)
        if request.GET["seen"] == str(known.moves):
            return HttpResponse(status=204)
    return show(request, find_run(request, run))


@require_POST
@member_required
def start(request: MemberRequest, playbook: int) -> HttpResponse:
    """On a ticket, on a customer or alone; trial=1 tries the newest version, a draft too."""
    found = get_object_or_404(readable(request.member), id=playbook)
    form = PlaceForm(request.POST)
    asked = form.cleaned_data if form.is_valid() else {}
    versions = Version.objects.visible_to(request.member).filter(playbook=found).select_related("playbook")
    is_trial = bool(asked.get("trial"))
    if not is_trial:
        versions = versions.filter(state=Version.State.PUBLISHED)
    version = get_object_or_404(versions.order_by("-number")[:1])
    begun = actions.start_run(
        actor=request.member,
        version=version,
        ticket=_row(request, Ticket, asked.get("ticket")),
        customer=_row(request, Customer, asked.get("customer")),
        is_trial=is_trial,
    )
    return show(request, find_run(request, begun.id)) if request.htmx else redirect("playbooks:run", begun.id)


@require_POST
@member_required
def move(request: MemberRequest, run: int, deed: str) -> HttpResponse:
    """One move. Whoever has not seen the last one is answered 409 with where it stands, and keeps what was typed."""
    found = find_run(request, run)
    form_class, act = DEEDS[deed]
    asks: dict[str, Any] = {"member": request.member} if form_class is HandForm else {}
    form = form_class(request.POST, **asks)
    if not form.is_valid():
        return show(request, found, deed=deed, refusal=_said_by(form), status=422)
    try:
        moved = act(actor=request.member, run=found, **form.said())
    except EditConflict:
        words = _("Somebody has moved on meanwhile; this is where it stands now.")
        return show(request, find_run(request, run), deed=deed, refusal=words, status=409)
    except (Refused, ValidationError) as refused:
        words = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        return show(request, find_run(request, run), deed=deed, refusal=words, status=422)
    if not request.htmx:
        return redirect("playbooks:run", moved.id)
    return show(request, find_run(request, run), is_mine=True)


@require_POST
@member_required
def presence(request: MemberRequest, run: int) -> HttpResponse:
    """A sign every few seconds that somebody has the run open; answers who else has."""
    found = get_object_or_404(visible_runs(request.member).only("id"), id=run)
    others = come_by(actor=request.member, place=f"run:{found.id}")
    return render(request, "customers/ticket/_here.html", {"others": others})


def find_run(request: MemberRequest, run_id: int) -> Run:
    return get_object_or_404(runs_with_links(request.member), id=run_id)


def show(
    request: MemberRequest,
    run: Run,
    *,
    deed: str = "",
    refusal: str = "",
    is_mine: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The panel for htmx, else the page. deed: what was refused, and why; is_mine: the reader has just moved."""
    context: dict[str, Any] = {
        "page": run_page(request.member, run, request.member.company.today()),
        "run": run,
        "deed": deed,
        "refusal": refusal,
        "is_mine": is_mine,
        "typed": request.POST.get("text", ""),
        "chosen": request.POST.get("receiver", ""),
    }
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    if not is_part:
        context["place"] = place_of(run)
    template = "playbooks/run/_panel.html" if is_part else "playbooks/run/show.html"
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _said_by(form: Form) -> str:
    """The first refusal, with the name of its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


def _row(request: MemberRequest, model: Any, row_id: int | None) -> Any:
    return get_object_or_404(model.objects.visible_to(request.member), id=row_id) if row_id else None
