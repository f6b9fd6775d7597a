"""Development plans: the list, one of them, its goals and reviews."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from customers.actions.conflict import EditConflict
from training.actions import plans as actions
from training.forms.people import to_choose
from training.forms.plans import EvidenceForm, GoalEditForm, GoalForm, NewPlanForm, PlanForm, ReviewForm
from training.models import DevelopmentPlan, PlanGoal
from training.permissions import can_keep_plan, can_open_plan
from training.queries.people import is_above
from training.queries.plans import plan_page, plans_page

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
OFFERED = 200
WHO_OPENS = gettext_lazy("You can open a plan for yourself and for people who report to you.")
WHO_KEEPS = gettext_lazy("Whose plan it is keeps it, and who is above.")
MEANWHILE = gettext_lazy(
    "Somebody has changed this plan meanwhile. What you wrote is kept: send it again to overwrite."
)


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    is_closed = request.GET.get("state") == "closed"
    page = plans_page(request.member, is_closed=is_closed, number=request.GET.get("page"))
    context = {"page": page, "is_closed": is_closed, "query": "state=closed" if is_closed else ""}
    return render(request, "training/plans/index.html", context)


@READ_OR_POST
@member_required
def new(request: MemberRequest) -> HttpResponse:
    """?person= names whom it is for."""
    form = NewPlanForm(request.member, request.POST or None, {"member": _person(request)})
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["member"]
        if can_open_plan(request.member, person, is_above(request.member, person.id)):
            try:
                made = actions.open_plan(actor=request.member, **form.cleaned_data)
                messages.success(request, _("The plan is open. Give it a goal."))
                return redirect("training:plan", made.id)
            except ValidationError as error:
                take_errors(form, error)
        else:
            form.add_error("member", str(WHO_OPENS))
    people = to_choose(request.member).order_by("name", "id")[:OFFERED] if request.member.leads_people else []
    context = {"form": form, "people": people}
    return render(request, "training/plans/new.html", context, status=page_status(form))


@require_safe
@member_required
def show(request: MemberRequest, plan: int) -> HttpResponse:
    return _page(request, _find(request, plan))


@READ_OR_POST
@member_required
def edit(request: MemberRequest, plan: int) -> HttpResponse:
    found = _find(request, plan)
    form = PlanForm.of(found, request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _try(
            request,
            form,
            actions.change_plan,
            plan=found,
            version=form.cleaned_data["version"],
            **form.changes(),
        )
        if status == 302:
            messages.success(request, _("Saved."))
            return redirect("training:plan", found.id)
    context = {"plan": found, "form": form, "title": _("Change the plan")}
    return render(request, "training/plans/form.html", context, status=max(status, page_status(form)))


@require_POST
@member_required
def closing(request: MemberRequest, plan: int) -> HttpResponse:
    found = _find(request, plan)
    actions.close_plan(actor=request.member, plan=found)
    offer_undo(request, _("The plan is closed."), reverse("training:plan_reopening", args=[found.id]))
    return redirect("training:plan", found.id)


@require_POST
@member_required
def reopening(request: MemberRequest, plan: int) -> HttpResponse:
    found = _find(request, plan)
    actions.reopen_plan(actor=request.member, plan=found)
    messages.success(request, _("The plan goes on."))
    return redirect("training:plan", found.id)


@require_POST
@member_required
def review(request: MemberRequest, plan: int) -> HttpResponse:
    """What was said; the next review moves on."""
    found = _find(request, plan)
    return _deed(
        request, found, "review", ReviewForm(request.POST), actions.review_plan, _("Noted. The next review is set."),
        plan=found,
    )  # fmt: skip


@require_POST
@member_required
def goal_new(request: MemberRequest, plan: int) -> HttpResponse:
    found = _find(request, plan)
    return _deed(
        request, found, "goal", GoalForm(request.POST), actions.add_goal, _("The goal is added."), plan=found
    )


@READ_OR_POST
@member_required
def goal(request: MemberRequest, plan: int, goal: int) -> HttpResponse:
    """Text, measure and day of a goal, and evidence so far."""
    found = _find(request, plan)
    row = _goal(found, goal)
    form = GoalEditForm.of(row, request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = _try(request, form, actions.change_goal, goal=row, version=version, **form.changes())
        if status == 302:
            messages.success(request, _("Saved."))
            return redirect("training:plan", found.id)
    context = {"plan": found, "form": form, "title": _("Change the goal")}
    return render(request, "training/plans/form.html", context, status=max(status, page_status(form)))


@require_POST
@member_required
def reaching(request: MemberRequest, plan: int, goal: int) -> HttpResponse:
    """Reached, with what shows it."""
    found = _find(request, plan)
    row = _goal(found, goal)
    back = reverse("training:goal_taking_up", args=[found.id, row.id])
    form = EvidenceForm(request.POST)
    return _deed(
        request, found, f"reach-{row.id}", form, actions.reach_goal, _("The goal is reached."), back, goal=row
    )


@require_POST
@member_required
def dropping(request: MemberRequest, plan: int, goal: int) -> HttpResponse:
    found = _find(request, plan)
    row = _goal(found, goal)
    try:
        actions.drop_goal(actor=request.member, goal=row)
        back = reverse("training:goal_taking_up", args=[found.id, row.id])
        offer_undo(request, _("The goal is dropped."), back)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:plan", found.id)


@require_POST
@member_required
def taking_up(request: MemberRequest, plan: int, goal: int) -> HttpResponse:
    """Undoes that a goal was reached or dropped."""
    found = _find(request, plan)
    try:
        actions.take_up_goal(actor=request.member, goal=_goal(found, goal))
        messages.success(request, _("The goal is open again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:plan", found.id)


def _person(request: MemberRequest) -> Member:
    wanted = request.GET.get("person", "")
    found = (
        to_choose(request.member).filter(id=wanted).first() if wanted.isascii() and wanted.isdigit() else None
    )
    return found or request.member


def _find(request: MemberRequest, plan: int) -> DevelopmentPlan:
    rows = DevelopmentPlan.objects.visible_to(request.member).select_related("member", "opened_by")
    found = get_object_or_404(rows, id=plan)
    allow(can_keep_plan(request.member, found, is_above(request.member, found.member_id)), str(WHO_KEEPS))
    return found


def _goal(plan: DevelopmentPlan, goal: int) -> PlanGoal:
    return get_object_or_404(plan.goals.select_related("plan"), id=goal)


def _deed(
    request: MemberRequest, found: DevelopmentPlan, name: str, form: Any, action: Any, told: str, undo: str = "",
    **about: Any,
) -> HttpResponse:  # fmt: skip
    """A form that stands on the plan's page: refused it is shown there again, with what was written."""
    if not form.is_valid():
        return _page(request, found, (name, form), 422)
    status = _try(request, form, action, **about, **form.cleaned_data)
    if status != 302:
        return _page(request, _find(request, found.id), (name, form), status)
    if undo:
        offer_undo(request, told, undo)
    else:
        messages.success(request, told)
    return redirect("training:plan", found.id)


def _try(request: MemberRequest, form: Any, action: Any, **given: Any) -> int:
    """302 if it is done, 409 if somebody was quicker, 422 if it was refused."""
    try:
        action(actor=request.member, **given)
    except EditConflict as conflict:
        form.data = form.data.copy()
        form.data["version"] = str(conflict.version)
        messages.warning(request, str(MEANWHILE))
        return 409
    except ValidationError as error:
        take_errors(form, error)
        return 422
    return 302


def _page(
    request: MemberRequest,
    found: DevelopmentPlan,
    refused: tuple[str, BaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    name, form = refused or ("", None)
    seen = {"version": found.version}
    context = {
        "plan": found,
        "page": plan_page(found, request.member.company.today()),
        "refused": name,
        "reached": int(name.removeprefix("reach-")) if name.startswith("reach-") else 0,
        "evidence": form,
        "review": form if name == "review" else ReviewForm(initial=seen),
        "goal_form": form if name == "goal" else GoalForm(initial=seen),
    }
    return render(request, "training/plans/show.html", context, status=status)
