"""Stages of a job, and what weighs how much in its composite."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from hiring.actions.requisitions import set_weights
from hiring.actions.stages import add_stage, change_stage, move_stage, remove_stage
from hiring.forms.requisitions import StageForm, WeightsForm
from hiring.models import Requisition, Stage
from hiring.queries.requisitions import asked_by, stage_rows, weighable, weights_of

from .doors import find_requisition, small, stale

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
MEANWHILE = gettext_lazy("Somebody has changed the stages meanwhile. See how they stand now.")


@READ_OR_POST
@member_required
def stages(request: MemberRequest, requisition: int) -> HttpResponse:
    """All of them in their order; a further one comes at the end."""
    found = find_requisition(request, requisition)
    form = StageForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid() and _add(request, found, form):
        messages.success(request, _("The stage is there, after the others."))
        return redirect("hiring:stages", found.id)
    context = {"requisition": found, "rows": stage_rows(found), "form": form}
    return render(request, "hiring/requisitions/stages.html", context, status=page_status(form))


@READ_OR_POST
@member_required
def stage(request: MemberRequest, requisition: int, stage: int) -> HttpResponse:
    """Name, kind, limit and kit of one."""
    found, each = _find(request, requisition, stage)
    form = StageForm(found, request.POST or None, each)
    if request.method == "POST" and form.is_valid():
        with _told(form):
            change_stage(actor=request.member, stage=each, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("Saved."))
            return redirect("hiring:stages", found.id)
    context = {"requisition": found, "stage": each, "form": form}
    return render(request, "hiring/requisitions/stage.html", context, status=page_status(form))


@require_POST
@member_required
def position(request: MemberRequest, requisition: int, stage: int) -> HttpResponse:
    found, each = _find(request, requisition, stage)
    by = -1 if request.POST.get("by") == "up" else 1
    try:
        move_stage(actor=request.member, stage=each, by=by, version=_seen(request))
    except EditConflict:
        messages.error(request, str(MEANWHILE))
    return redirect("hiring:stages", found.id)


@require_POST
@member_required
def removal(request: MemberRequest, requisition: int, stage: int) -> HttpResponse:
    found, each = _find(request, requisition, stage)
    try:
        remove_stage(actor=request.member, stage=each, version=_seen(request))
    except EditConflict:
        messages.error(request, str(MEANWHILE))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(name)s” is removed.") % {"name": isolated(each.name)})
    return redirect("hiring:stages", found.id)


@READ_OR_POST
@member_required
def weights(request: MemberRequest, requisition: int) -> HttpResponse:
    """Parts, shown as per cents."""
    found = find_requisition(request, requisition)
    rows = weights_of(found)
    given = {row.criterion.attribute_id: row.criterion.weight for row in rows}
    form = WeightsForm(found, weighable(found), given, request.POST or None)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        with _told(form):
            set_weights(actor=request.member, requisition=found, weights=form.weights(), version=version)
        if form.is_valid():
            messages.success(request, _("Saved. Composites are computed with these weights from now on."))
            return redirect("hiring:requisition", found.id)
    context = {
        "requisition": found,
        "form": form,
        "lines": form.lines({row.criterion.attribute_id: row.per_cent for row in rows}, asked_by(found)),
    }
    return render(request, "hiring/requisitions/weights.html", context, status=page_status(form))


def _find(request: MemberRequest, requisition: int, stage: int) -> tuple[Requisition, Stage]:
    found = find_requisition(request, requisition)
    each = get_object_or_404(found.stages.select_related("requisition", "kit__kit"), id=stage)
    return found, each


def _add(request: MemberRequest, found: Requisition, form: StageForm) -> Stage | None:
    with _told(form):
        return add_stage(actor=request.member, requisition=found, **form.cleaned_data)
    return None


@contextmanager
def _told(form: BaseForm) -> Iterator[None]:
    """What an action refuses is said in the form, where all that was typed stays."""
    try:
        yield
    except EditConflict:
        stale(form)
    except ValidationError as error:
        take_errors(form, error)


def _seen(request: MemberRequest) -> int | None:
    return small(request.POST.get("version", ""))
