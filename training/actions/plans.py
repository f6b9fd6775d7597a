"""Development plans: opened, kept, reviewed on set dates, closed. Every change moves the version of the plan."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from training.models import DevelopmentPlan, PlanGoal, PlanReview

MOST_GOALS = 20


@transaction.atomic
def open_plan(
    *, actor: Member, member: Member, title: str, every_days: int, review_on: date | None = None
) -> DevelopmentPlan:
    """A plan of somebody. review_on: None for so many days from today on. The same title twice is one open plan."""
    member = Member.objects.select_for_update(no_key=True).get(id=member.id, company_id=actor.company_id)
    if not member.is_active:
        raise ValidationError({"member": _("%(name)s does not work here any more.") % {"name": member.name}})
    mine = DevelopmentPlan.objects.filter(company_id=actor.company_id, member=member, closed_at__isnull=True)
    if found := mine.filter(title=title.strip()).first():
        return found
    today = actor.company.today()
    plan = DevelopmentPlan(
        company_id=actor.company_id,
        member=member,
        title=title.strip(),
        opened_by=actor,
        every_days=every_days,
        review_on=_not_past(review_on, today) or today + timedelta(days=every_days),
    )
    plan.full_clean(exclude=["company"])
    plan.save()
    activity.record("plan.opened", plan, actor=actor, member=member.id)
    return plan


@transaction.atomic
def change_plan(
    *, actor: Member, plan: DevelopmentPlan, version: int | None, title: str, every_days: int, review_on: date
) -> DevelopmentPlan:
    """Another title, rhythm or day of the next review. Raises EditConflict, ValidationError."""
    plan = _taken(actor, plan, version)
    if review_on != plan.review_on:
        _not_past(review_on, actor.company.today())
    plan.title, plan.every_days, plan.review_on = title.strip(), every_days, review_on
    plan.full_clean(exclude=["company"])
    _save(plan, "title", "every_days", "review_on")
    activity.record("plan.changed", plan, actor=actor, member=plan.member_id)
    return plan


@transaction.atomic
def close_plan(*, actor: Member, plan: DevelopmentPlan) -> DevelopmentPlan:
    """No review is due any more. Twice is once."""
    plan = _locked(actor, plan)
    if plan.closed_at is None:
        plan.closed_at = clock.now()
        _save(plan, "closed_at")
        activity.record("plan.closed", plan, actor=actor, member=plan.member_id)
    return plan


@transaction.atomic
def reopen_plan(*, actor: Member, plan: DevelopmentPlan) -> DevelopmentPlan:
    """It goes on. A review that has passed meanwhile is due today."""
    plan = _locked(actor, plan)
    if plan.closed_at is not None:
        plan.closed_at = None
        plan.review_on = max(plan.review_on or actor.company.today(), actor.company.today())
        _save(plan, "closed_at", "review_on")
        activity.record("plan.reopened", plan, actor=actor, member=plan.member_id)
    return plan


@transaction.atomic
def review_plan(
    *, actor: Member, plan: DevelopmentPlan, words: str, version: int | None = None
) -> PlanReview:
    """What was said when it was looked at; the next review is so many days from today on.

    Raises EditConflict, ValidationError.
    """
    plan = _taken(actor, plan, version)
    if not words.strip():
        raise ValidationError({"words": _("Write what was said.")})
    review = PlanReview.objects.create(
        company_id=plan.company_id, plan=plan, by=actor, words=words.strip(), at=clock.now()
    )
    plan.review_on = actor.company.today() + timedelta(days=plan.every_days)
    _save(plan, "review_on")
    activity.record("plan.reviewed", plan, actor=actor, member=plan.member_id)
    return review


# --- Goals --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_goal(
    *,
    actor: Member,
    plan: DevelopmentPlan,
    text: str,
    measure: str = "",
    due_on: date | None = None,
    version: int | None = None,
) -> PlanGoal:
    """One goal more, at the end. The same words twice are one goal. Raises EditConflict, ValidationError."""
    plan = _locked(actor, plan)
    goals = list(plan.goals.all())
    if found := next((goal for goal in goals if goal.text == text.strip() and _is_open(goal)), None):
        return found
    check_version(plan, version)
    _must_be_open(plan)
    if len(goals) >= MOST_GOALS:
        raise ValidationError(_("At most %(most)s goals: open another plan.") % {"most": MOST_GOALS})
    goal = PlanGoal(
        company_id=plan.company_id,
        plan=plan,
        text=text.strip(),
        measure=measure.strip(),
        due_on=due_on,
        position=len(goals),
    )
    goal.full_clean(exclude=["company"])
    goal.save()
    _save(plan)
    activity.record("goal.added", plan, actor=actor, member=plan.member_id, goal=goal.id)
    return goal


@transaction.atomic
def change_goal(*, actor: Member, goal: PlanGoal, version: int | None, **fields: Any) -> PlanGoal:
    """text, measure, due_on and evidence so far. Raises EditConflict, ValidationError."""
    plan, goal = _taken_goal(actor, goal, version)
    if not _is_open(goal):
        raise ValidationError(_("This goal is reached or dropped. Take that back first."))
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.full_clean(exclude=["company"])
    goal.save(update_fields=list(fields))
    _save(plan)
    activity.record("goal.changed", plan, actor=actor, member=plan.member_id, goal=goal.id)
    return goal


@transaction.atomic
def reach_goal(*, actor: Member, goal: PlanGoal, evidence: str, version: int | None = None) -> PlanGoal:
    """It is reached, and this shows it. Twice is once. Raises EditConflict; ValidationError without evidence."""
    plan, goal = _taken_goal(actor, goal, None)
    if goal.reached_at is not None:
        return goal
    check_version(plan, version)
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say what shows that it is reached.")})
    goal.evidence, goal.reached_at, goal.dropped_at = evidence.strip(), clock.now(), None
    goal.full_clean(exclude=["company"])
    goal.save(update_fields=["evidence", "reached_at", "dropped_at"])
    _save(plan)
    activity.record("goal.reached", plan, actor=actor, member=plan.member_id, goal=goal.id)
    return goal


@transaction.atomic
def drop_goal(*, actor: Member, goal: PlanGoal) -> PlanGoal:
    """It is not aimed at any more. Twice is once."""
    plan, goal = _taken_goal(actor, goal, None)
    if goal.reached_at is not None:
        raise ValidationError(_("This goal is reached."))
    if goal.dropped_at is None:
        goal.dropped_at = clock.now()
        goal.save(update_fields=["dropped_at"])
        _save(plan)
        activity.record("goal.dropped", plan, actor=actor, member=plan.member_id, goal=goal.id)
    return goal


@transaction.atomic
def take_up_goal(*, actor: Member, goal: PlanGoal) -> PlanGoal:
    """Not reached after all, or not dropped; the evidence stays. Twice is once."""
    plan, goal = _taken_goal(actor, goal, None)
    if not _is_open(goal):
        goal.reached_at = goal.dropped_at = None
        goal.save(update_fields=["reached_at", "dropped_at"])
        _save(plan)
        activity.record("goal.taken_up", plan, actor=actor, member=plan.member_id, goal=goal.id)
    return goal


# ------------------------------------------------------------------------------------------------------------------


def _locked(actor: Member, plan: DevelopmentPlan) -> DevelopmentPlan:
    return DevelopmentPlan.objects.select_for_update(no_key=True).get(id=plan.id, company_id=actor.company_id)


def _taken(actor: Member, plan: DevelopmentPlan, version: int | None) -> DevelopmentPlan:
    plan = _locked(actor, plan)
    check_version(plan, version)
    _must_be_open(plan)
    return plan


def _taken_goal(actor: Member, goal: PlanGoal, version: int | None) -> tuple[DevelopmentPlan, PlanGoal]:
    """The plan stays locked, so deeds on its goals queue."""
    plan = _taken(actor, goal.plan, version)
    return plan, PlanGoal.objects.get(id=goal.id, company_id=actor.company_id, plan=plan)


def _must_be_open(plan: DevelopmentPlan) -> None:
    if plan.closed_at is not None:
        raise ValidationError(_("This plan is closed. Open it again first."))


def _is_open(goal: PlanGoal) -> bool:
    return goal.reached_at is None and goal.dropped_at is None


def _not_past(day: date | None, today: date) -> date | None:
    if day is not None and day < today:
        raise ValidationError({"review_on": _("This day has passed.")})
    return day


def _save(plan: DevelopmentPlan, *names: str) -> None:
    plan.version += 1
    plan.save(update_fields=[*names, "version"])
