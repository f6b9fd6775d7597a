"""Development plans: whose they are, how far their goals are, and which reviews are due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from accounts.models import Member
from training.models import DevelopmentPlan, PlanGoal, PlanReview

A_PAGE, REVIEWS_SHOWN, COUNTED = 50, 100, 1000


@dataclass(frozen=True)
class PlansPage:
    """own: the reader's own, the open ones first. others: of people they may see, open or closed."""

    own: list[DevelopmentPlan]
    others: Page
    today: date


@dataclass(frozen=True)
class GoalRow:
    goal: PlanGoal
    is_open: bool
    is_late: bool


@dataclass(frozen=True)
class PlanPage:
    plan: DevelopmentPlan
    goals: list[GoalRow]
    reviews: list[PlanReview]
    reached: int
    counted: int
    is_due: bool
    days_late: int
    today: date


def plans_page(member: Member, *, is_closed: bool, number: str | None) -> PlansPage:
    rows = _counted(member)
    own = rows.filter(member=member).order_by(F("closed_at").desc(nulls_first=True), "review_on", "id")
    others = rows.exclude(member=member).filter(closed_at__isnull=not is_closed)
    others = others.order_by("-closed_at", "id") if is_closed else others.order_by("review_on", "id")
    return PlansPage(list(own), Paginator(others, A_PAGE).get_page(number), member.company.today())


def plan_page(plan: DevelopmentPlan, today: date) -> PlanPage:
    goals = [_row(goal, today) for goal in plan.goals.all()]
    late = (today - plan.review_on).days if plan.review_on else 0
    is_due = plan.closed_at is None and plan.review_on is not None and late >= 0
    return PlanPage(
        plan=plan,
        goals=goals,
        reviews=list(plan.reviews.select_related("by")[:REVIEWS_SHOWN]),
        reached=sum(row.goal.reached_at is not None for row in goals),
        counted=sum(row.goal.dropped_at is None for row in goals),
        is_due=is_due,
        days_late=late if is_due else 0,
        today=today,
    )


def _counted(member: Member) -> QuerySet[DevelopmentPlan]:
    return (
        DevelopmentPlan.objects.visible_to(member)
        .select_related("member")
        .annotate(
            reached=Count("goals", filter=Q(goals__reached_at__isnull=False)),
            goal_count=Count("goals", filter=Q(goals__dropped_at__isnull=True)),
        )
    )


def _row(goal: PlanGoal, today: date) -> GoalRow:
    is_open = goal.reached_at is None and goal.dropped_at is None
    return GoalRow(goal, is_open, is_open and goal.due_on is not None and goal.due_on < today)


# --- What waits for somebody --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewDue:
    """A review of a plan that is due. own: whether the plan is the reader's."""

    plan: int
    title: str
    name: str
    own: bool
    review_on: date


@dataclass(frozen=True)
class ReviewsLate:
    """Of a team or company: how many reviews are overdue, and the one that waits the longest."""

    count: int
    plan: int
    title: str
    name: str
    since: date


def reviews_due(member: Member, today: date, most: int) -> list[ReviewDue]:
    """Of the own plans and of those one opened for others, in one statement; the oldest first."""
    rows = _due(member.company_id, today).filter(Q(member=member) | Q(opened_by=member))
    named = rows.order_by("review_on", "id").values_list(
        "id", "title", "member__name", "member_id", "review_on"
    )
    return [
        ReviewDue(plan, title, name, whose == member.id, day or today)
        for plan, title, name, whose, day in named[:most]
    ]


def reviews_late(company_id: int, today: date, team: Collection[int] | None = None) -> ReviewsLate | None:
    """team: ids of people, None for the whole company. Overdue is a review whose day has passed."""
    rows = _due(company_id, today).filter(review_on__lt=today)
    if team is not None:
        rows = rows.filter(member_id__in=team)
    found = list(
        rows.order_by("review_on", "id").values_list("id", "title", "member__name", "review_on")[:COUNTED]
    )
    if not found:
        return None
    plan, title, name, since = found[0]
    return ReviewsLate(len(found), plan, title, name, since or today)


def _due(company_id: int, today: date) -> QuerySet[DevelopmentPlan]:
    return DevelopmentPlan.objects.filter(
        company_id=company_id, closed_at__isnull=True, review_on__lte=today, member__is_active=True
    )
