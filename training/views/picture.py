"""The big picture: what customers who stay are worth, with the company's own figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.outside import number
from training.actions.snapshots import keep_snapshot
from training.forms.picture import KeepScenariosForm, PictureForm, ScenariosForm
from training.models import Enrolment, Snapshot
from training.permissions import can_compare, can_learn
from training.picture import Course
from training.queries.picture import (
    Known,
    Tried,
    drawn,
    kept_scenarios,
    kept_with,
    known,
    then_and_now,
)

TRIED = ("retention", "accounts", "cost")


@require_safe
@member_required
@vary_on_headers("HX-Request")
def picture(request: MemberRequest) -> HttpResponse:
    """?enrolment= is the path from which somebody came; the rest is what they try."""
    found = known(request.member.company)
    is_tried = any(name in request.GET for name in TRIED)
    given = request.GET if is_tried else None
    return _show(request, found, PictureForm(found, given, initial=_start(request, found)))


@require_POST
@member_required
def picture_snapshot(request: MemberRequest) -> HttpResponse:
    """Keeps the figures of now, and what is tried, with the lessons of one's own path."""
    found = known(request.member.company)
    form = PictureForm(found, request.POST)
    path = _path(request, request.POST.get("enrolment", ""), is_asked=True)
    allow(path is not None and can_learn(request.member, path), _("This is for the own path, while it goes."))
    if not form.is_valid():
        return _show(request, found, form)
    keep_snapshot(actor=request.member, known=found, tried=[form.tried], enrolment=path)
    messages.success(request, _("Kept. Later you will see these figures beside those of that day."))
    return redirect(f"{reverse('training:picture')}?enrolment={path.id if path else ''}")


@require_safe
@member_required
def picture_scenarios(request: MemberRequest) -> HttpResponse:
    """Up to three courses side by side; ?kept= is one that was kept."""
    allow(can_compare(request.member), _("Scenarios are for leaders and admins."))
    found = known(request.member.company)
    if kept := number(request.GET.get("kept", "")):
        rows = Snapshot.objects.filter(company_id=request.member.company_id, enrolment=None)
        return _compare(request, found, ScenariosForm(found, _typed(get_object_or_404(rows, id=kept))))
    is_tried = any(name.partition("_")[0] in ("retention", "new", "price") for name in request.GET)
    return _compare(request, found, ScenariosForm(found, request.GET if is_tried else _first(found)))


@require_POST
@member_required
def picture_kept(request: MemberRequest) -> HttpResponse:
    """Keeps scenarios by a name."""
    allow(can_compare(request.member), _("Scenarios are for leaders and admins."))
    found = known(request.member.company)
    form = KeepScenariosForm(found, request.POST)
    if not form.is_valid():
        return _compare(request, found, form)
    kept = keep_snapshot(actor=request.member, known=found, tried=form.tried, name=form.cleaned_data["name"])
    messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
    return redirect(f"{reverse('training:picture_scenarios')}?kept={kept.id}")


def _show(request: MemberRequest, found: Known, form: PictureForm) -> HttpResponse:
    path = _path(request, form["enrolment"].value() or "")
    tried = form.tried
    now = Tried(_("As it is now"), found, Course(found.retention, found.given.new or 0.0))
    kept = kept_with(path) if path else None
    has_moved = tried.course != now.course
    series = [*([(tried.name, tried.curve)] if has_moved else []), (now.name, now.curve)]
    context = {
        "known": found,
        "form": form,
        "tried": tried,
        "now": now,
        "has_moved": has_moved,
        "chart": drawn(series, found),
        "path": path,
        "can_keep": path is not None and can_learn(request.member, path),
        "then": then_and_now(kept, found, tried) if kept else None,
        "can_compare": can_compare(request.member),
    }
    template = "training/picture/_result.html" if request.htmx else "training/picture/show.html"
    return render(request, template, context, status=page_status(form))


def _compare(request: MemberRequest, found: Known, form: ScenariosForm) -> HttpResponse:
    tried = form.tried
    context = {
        "known": found,
        "form": form,
        "scenarios": tried,
        "chart": drawn([(each.name, each.curve) for each in tried], found) if tried else None,
        "kept": kept_scenarios(request.member),
    }
    return render(request, "training/picture/scenarios.html", context, status=page_status(form))


def _start(request: MemberRequest, found: Known) -> dict:
    return {
        "retention": round(100 * found.retention, 1),
        "accounts": "",
        "enrolment": number(request.GET.get("enrolment", "")) or "",
    }


def _path(request: MemberRequest, said: object, *, is_asked: bool = False) -> Enrolment | None:
    """The path that somebody came from; one that they may not see is 404."""
    wanted = number(str(said))
    if wanted is None and not is_asked:
        return None
    rows = Enrolment.objects.visible_to(request.member).select_related("member", "version__programme")
    return get_object_or_404(rows, id=wanted or 0)


def _first(found: Known) -> dict[str, str]:
    """As it is now, and one with five points of retention more."""
    kept = 100 * found.retention
    return {"retention_a": f"{kept:.1f}", "retention_b": f"{min(kept + 5, 100):.1f}"}


def _typed(snapshot: Snapshot) -> dict[str, str]:
    """What was typed, from what was kept."""
    typed = {"name": snapshot.name}
    for key, each in zip("abc", snapshot.tried.get("scenarios", ()), strict=False):
        typed[f"retention_{key}"] = f"{100 * each['retention']:.1f}"
        typed[f"new_{key}"] = f"{each['new']:.1f}"
        typed[f"price_{key}"] = f"{100 * each['price']:.1f}"
    return typed
