"""The interview room: one's own scorecard, written while the interview runs."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.actions.scorecards import (
    declare_no_conflict,
    excuse_scorecard,
    gaps_of,
    save_scorecard,
    submit_scorecard,
)
from hiring.forms.room import OverallForm, PartForm, StepForm, WhyForm
from hiring.models import Interview, Scorecard
from hiring.queries.room import OVERALL, Step, card_with_links, labels_of, own_card, sealed, sheets, steps_of

MOST_DOTS = 8
MEANWHILE = gettext_lazy(
    "Another window has saved something else here. Nothing is lost: choose which one stays."
)


@require_safe
@member_required
def room(request: MemberRequest, scorecard: int) -> HttpResponse:
    """?step= names what is shown first."""
    card = find_card(request, scorecard)
    return show(request, card, request.GET.get("step", ""))


@require_POST
@member_required
def step(request: MemberRequest, scorecard: int, step: str) -> HttpResponse:
    """Keeps one step. A script asks for JSON: {edits, mark, at}, 409 with what was saved meanwhile, or 422."""
    card = get_object_or_404(own_card(request.member, scorecard).select_related("interview"))
    if (refusal := _closed(card)) is not None:
        return _refused(request, card, step, refusal)
    form = _form(card, step, request.POST)
    if not form.is_valid():
        return _invalid(request, card, step, form)
    if _is_stale(card, step, form):
        return _conflict(request, card, step, form)
    try:
        card = save_scorecard(actor=request.member, card=card, sheet=form.sheet(), edits=card.edits)
    except EditConflict:
        return _conflict(request, get_object_or_404(own_card(request.member, scorecard)), step, form)
    except ValidationError as error:
        return _refused(request, card, step, " ".join(error.messages))
    if _wants_json(request):
        return JsonResponse({"edits": card.edits, "mark": _mark(form), "at": _time(card)})
    return redirect(f"{_place(card)}?step={form.cleaned_data['go'] or step}")


@require_POST
@member_required
def declaration(request: MemberRequest, scorecard: int) -> HttpResponse:
    """No stake in the candidate, or one, which excuses."""
    card = find_card(request, scorecard)
    if request.POST.get("stake") != "one":
        try:
            declare_no_conflict(actor=request.member, card=card)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(_place(card))
    form = WhyForm(request.POST)
    if not form.is_valid():
        return show(request, card, "", stake=form, status=422)
    try:
        excuse_scorecard(actor=request.member, card=card, why=form.cleaned_data["why"])
        messages.success(
            request, _("You are excused. Whoever planned the interview is told, without the reason.")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_place(card))


@require_POST
@member_required
def submission(request: MemberRequest, scorecard: int) -> HttpResponse:
    """Keeps the last step and puts the scorecard in; what is missing is shown at its place. Twice is once."""
    card = find_card(request, scorecard)
    if card.state == Scorecard.State.SUBMITTED:
        return redirect(_place(card))
    if (refusal := _closed(card)) is not None:
        return _refused(request, card, OVERALL, refusal)
    form = OverallForm(card, request.POST)
    if not form.is_valid():
        return show(request, card, OVERALL, form=form, status=422)
    try:
        if form.cleaned_data["edits"] not in (None, card.edits):
            raise EditConflict(card, card.edits)
        if form.new_mark() != form.initial["mark"]:
            card.edits = save_scorecard(
                actor=request.member, card=card, sheet=form.sheet(), edits=card.edits
            ).edits
        submit_scorecard(actor=request.member, card=card, edits=card.edits)
    except EditConflict:
        words = _(
            "Something was saved in another window after this page was opened. Look through it, then submit."
        )
        return show(request, find_card(request, scorecard), OVERALL, refusal=words, status=409, typed=form)
    except ValidationError as error:
        card = find_card(request, scorecard)
        refusal = "" if gaps_of(card) else " ".join(error.messages)
        return show(request, card, OVERALL, refusal=refusal, tells_gaps=True, status=422)
    messages.success(request, _("Your scorecard is in. It does not change any more."))
    return redirect(_place(card))


def find_card(request: MemberRequest, card_id: int) -> Any:
    return get_object_or_404(card_with_links(request.member, card_id))


def show(
    request: MemberRequest,
    card: Any,
    now: str,
    *,
    form: PartForm | None = None,
    refusal: str = "",
    tells_gaps: bool = False,
    stake: WhyForm | None = None,
    typed: OverallForm | None = None,
    theirs: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page: to read once the card is in or excused, the declaration before the first word, else the room.

    form: of the step that was refused, with what was typed; theirs: what stands there instead.
    """
    progress = sealed(card)
    context: dict[str, Any] = {
        "card": card,
        "progress": progress,
        "dots": [(n < progress.submitted, 6 + 20 * n) for n in range(min(progress.total, MOST_DOTS))],
        "timer": timer_words(card.interview, clock.now()),
        "now": clock.now(),
        "interview": card.interview,
    }
    if not card.is_open:
        return render(request, "hiring/room/read.html", context | {"sheets": sheets(request.member, card)})
    steps = steps_of(card)
    context |= {"steps": steps, "total": sum(len(each.asked) for each in steps)}
    if card.declared_at is None:
        return render(
            request, "hiring/room/declare.html", context | {"stake": stake or WhyForm()}, status=status
        )
    keys = [each.key for each in steps] + [OVERALL]
    now = now if now in keys else _first_open(steps)
    overall = form if isinstance(form, OverallForm) else OverallForm(card)
    if typed is not None:
        overall.initial.update({name: typed.cleaned_data[name] for name in ("recommendation", "summary")})
    gaps = gaps_of(card)
    parts = [_part(card, each, form, gaps if tells_gaps else []) for each in steps]
    context |= {
        "parts": parts,
        "places": _places(steps),
        "overall": overall,
        "here": now,
        "gaps": gaps,
        "tells_gaps": tells_gaps,
        "refusal": refusal,
        "theirs": theirs,
    }
    return render(request, "hiring/room/show.html", context, status=status)


def timer_words(interview: Interview, now: datetime) -> str:
    """Where an interview stands on the clock."""
    length = round((interview.ends_at - interview.starts_at).total_seconds() / 60)
    gone = int((now - interview.starts_at).total_seconds() // 60)
    if gone < 0:
        return _("%(at)s, %(n)s min") % {
            "at": date_format(timezone.localtime(interview.starts_at), "H:i"),
            "n": length,
        }
    return _("%(n)s of %(total)s min") % {"n": min(gone, length), "total": length}


def _part(card: Any, step: Step, form: PartForm | None, gaps: list[Any]) -> dict[str, Any]:
    own = form if isinstance(form, StepForm) and form.step.key == step.key else StepForm(step, card.edits)
    return {
        "step": step,
        "form": own,
        "gap": next((g.words for g in gaps if g.attribute == step.attribute), ""),
    }


def _places(steps: list[Step]) -> list[dict[str, str]]:
    """Where each step leads back and on: keys and names."""
    all_ = [(each.key, each.name) for each in steps] + [(OVERALL, _("Overall and submit"))]
    around = zip([("", ""), *all_[:-1]], all_, [*all_[1:], ("", "")], strict=True)
    return [
        {"key": key, "back": back[0], "back_name": back[1], "on": on[0], "on_name": on[1]}
        for back, (key, _name), on in around
    ]


def _first_open(steps: list[Step]) -> str:
    return next((each.key for each in steps if not each.content.rating), OVERALL if steps else "")


def _form(card: Any, step: str, data: Any) -> Any:
    if step == OVERALL:
        return OverallForm(card, data)
    if not step.isdecimal() or len(step) > 17:
        raise Http404
    return StepForm(labels_of(card, int(step)), card.edits, data)


def _mark(form: Any) -> str:
    return form.new_mark() if isinstance(form, OverallForm) else form.content().mark


def _is_stale(card: Any, step: str, form: Any) -> bool:
    """Whether somebody who saved in between has written on this very step."""
    if form.cleaned_data["edits"] in (None, card.edits):
        return False
    stood = OverallForm(card).initial["mark"] if step == OVERALL else _stored(card, step).content.mark
    return stood not in (form.cleaned_data["mark"], _mark(form))


def _stored(card: Any, step: str) -> Step:
    found = steps_of(card, int(step))
    if not found:
        raise Http404
    return found[0]


def _closed(card: Any) -> str | None:
    """Why nothing can be written on it, if so."""
    if card.state == Scorecard.State.SUBMITTED:
        return _("This scorecard is in; it does not change any more.")
    if card.state == Scorecard.State.EXCUSED:
        return _("You were excused from this scorecard.")
    if card.declared_at is None:
        return _("Say first whether you have a stake in this candidate.")
    return None


def _refused(request: MemberRequest, card: Any, step: str, words: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": words}, status=422)
    messages.error(request, words)
    return show(request, find_card(request, card.id), step, status=422)


def _invalid(request: MemberRequest, card: Any, step: str, form: Any) -> HttpResponse:
    if _wants_json(request):
        told = [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
        return JsonResponse({"message": " ".join(told)}, status=422)
    return show(request, find_card(request, card.id), step, form=_full(card, step, form), status=422)


def _conflict(request: MemberRequest, card: Any, step: str, form: Any) -> HttpResponse:
    """What was typed stays in its fields, what was saved meanwhile stands beside; the next save is meant."""
    card = find_card(request, card.id)
    if step == OVERALL:
        context: dict[str, Any] = {"overall": card}
        mark = OverallForm(card).initial["mark"]
    else:
        stored = _stored(card, step)
        context, mark = {"content": stored.content}, stored.content.mark
    theirs = render_to_string("hiring/room/_theirs.html", context | {"place": f"{_place(card)}?step={step}"})
    if _wants_json(request):
        answer = {"edits": card.edits, "mark": mark, "html": theirs, "message": str(MEANWHILE)}
        return JsonResponse(answer, status=409)
    data = request.POST.copy()
    data["edits"], data["mark"] = str(card.edits), mark
    form = _full(card, step, form, data)
    return show(request, card, step, form=form, refusal=str(MEANWHILE), theirs=theirs, status=409)


def _full(card: Any, step: str, form: Any, data: Any = None) -> Any:
    """The same form with all that belongs to its step."""
    if step == OVERALL:
        return OverallForm(card, data) if data is not None else form
    return StepForm(_stored(card, step), card.edits, data if data is not None else form.data)


def _wants_json(request: MemberRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _place(card: Any) -> str:
    return reverse("hiring:room", args=[card.id])


def _time(card: Any) -> str:
    return date_format(timezone.localtime(card.saved_at), "H:i")
