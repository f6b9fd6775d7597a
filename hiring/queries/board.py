"""The pipeline of a requisition: its stages with the candidates in them, and its table.

However many there are, a stage shows those who have been in it the longest; all of them are in the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Application, Offer, Requisition, Stage

from .sealing import Progress, progress_of
from .settings import settings_of

MOST_CARDS = 20
A_DAY = timedelta(days=1)
SOON = timedelta(days=14)
# How many dots fit beside "2 of 4 submitted".
MOST_DOTS = 8


@dataclass(frozen=True)
class Card:
    """Somebody in a stage. days: whole days in it; the words and the bar say the same."""

    application: Any
    days: int
    limit: int
    progress: Progress | None
    today: date

    @property
    def url(self) -> str:
        """Put together by hand, since a board asks for a hundred."""
        return f"/hiring/applications/{self.application.id}/"

    @property
    def over(self) -> int:
        return max(self.days - self.limit, 0) if self.application.is_active else 0

    @property
    def share(self) -> int:
        """Per cent of the limit, for the bar."""
        return min(100, self.days * 100 // self.limit) if self.limit else 100

    @property
    def was_due(self) -> bool:
        on = self.application.next_on
        return on is not None and on < self.today

    @property
    def dots(self) -> list[tuple[int, bool]]:
        """(place, is in) of each scorecard, the ones that are in first: how many, never whose."""
        if self.progress is None or self.progress.total > MOST_DOTS:
            return []
        return [(5 + 10 * at, at < self.progress.submitted) for at in range(self.progress.total)]


@dataclass(frozen=True)
class Column:
    stage: Stage
    cards: list[Card]
    count: int
    following: Stage | None

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Care:
    """Whom we owe an answer, and whose time ends. longest: the one who waits the longest, and days."""

    waiting: int
    longest: Any
    longest_days: int
    promise_days: int
    ending: int
    ending_by: date
    keep_months: int


@dataclass(frozen=True)
class Board:
    requisition: Requisition
    columns: list[Column]
    over: int
    offers_out: int
    days_to_offer: int | None
    offers_made: int
    care: Care

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)

    @property
    def kit(self) -> Any:
        """The kit that the panel asks by, if one is named."""
        panels = [each.stage for each in self.columns if each.stage.kind == Stage.Kind.PANEL]
        return panels[0].kit if panels else None


def board_of(member: Member, requisition: Requisition) -> Board:
    now = clock.now()
    stages = list(requisition.stages.select_related("kit__kit").order_by("position"))
    active = applications_of(member, requisition).filter(state=Application.State.ACTIVE)
    counts = _counts(active, stages, now)
    cards = _cards(member, _longest(active, stages), stages, now)
    days, made = _days_to_offer(requisition)
    return Board(
        requisition=requisition,
        columns=[
            Column(stage, cards.get(stage.id, []), counts.get(stage.id, (0, 0))[0], following)
            for stage, following in zip(stages, [*stages[1:], None], strict=True)
        ],
        over=sum(over for _n, over in counts.values()),
        offers_out=Offer.objects.filter(
            company_id=member.company_id, application__requisition=requisition, state=Offer.State.OUT
        ).count(),
        days_to_offer=days,
        offers_made=made,
        care=_care(member, requisition, active, now),
    )


def applications_of(member: Member, requisition: Requisition) -> QuerySet[Any]:
    """Of one job, but for the reader's own; whoever reads the requisition hires for it."""
    ours = Application.objects.filter(company_id=member.company_id, requisition_id=requisition.id)
    return ours.exclude(candidate__member_id=member.id)


def table_of(member: Member, requisition: Requisition, asked: dict[str, Any]) -> QuerySet[Any]:
    """Rows of the table, the longest in their stage first. asked: stage, state, waiting and ending of its form."""
    now = clock.now()
    rows = applications_of(member, requisition)
    if state := asked.get("state"):
        rows = rows.filter(state=state)
    if stage := asked.get("stage"):
        rows = rows.filter(stage=stage)
    if asked.get("only") == "waiting":
        rows = _waiting(rows.filter(state=Application.State.ACTIVE), settings_of(member.company_id), now)
    elif asked.get("only") == "ending":
        rows = rows.filter(_ends_by(member.company.today() + SOON))
    return rows.select_related("candidate", "stage", "next_by").order_by(
        "stage__position", "stage_since", "id"
    )


def in_rows(member: Member, applications: Iterable[Any]) -> list[Card]:
    """Rows of a table as cards."""
    now, today, found = clock.now(), member.company.today(), list(applications)
    progress = progress_of(member.company_id, [each.id for each in found])
    return [
        Card(
            each,
            ((each.closed_at or now) - each.stage_since) // A_DAY,
            each.stage.limit_days,
            progress.get((each.id, each.stage_id)),
            today,
        )
        for each in found
    ]


def _counts(active: QuerySet[Any], stages: list[Stage], now: datetime) -> dict[int, tuple[int, int]]:
    """{stage: (how many, how many of them longer than planned)}."""
    late = [Q(stage_id=stage.id, stage_since__lte=now - (stage.limit_days + 1) * A_DAY) for stage in stages]
    is_over = reduce(Q.__or__, late, Q(pk__in=[]))
    rows = active.order_by().values_list("stage_id").annotate(n=Count("id"), over=Count("id", filter=is_over))
    return {stage: (n, over) for stage, n, over in rows}


def _longest(active: QuerySet[Any], stages: list[Stage]) -> list[int]:
    """Ids of those who have been in each stage the longest: a look at the index for each stage, in one statement."""
    parts = [
        active.filter(stage_id=stage.id)
        .order_by("stage_since", "id")
        .values_list("id", flat=True)[:MOST_CARDS]
        for stage in stages
    ]
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])


def _cards(member: Member, ids: list[int], stages: list[Stage], now: datetime) -> dict[int, list[Card]]:
    rows = Application.objects.filter(id__in=ids).select_related("candidate", "next_by")
    limits = {stage.id: stage.limit_days for stage in stages}
    progress, today = progress_of(member.company_id, ids), member.company.today()
    cards: dict[int, list[Card]] = {}
    for each in rows.order_by("stage_since", "id"):
        card = Card(
            each,
            (now - each.stage_since) // A_DAY,
            limits[each.stage_id],
            progress.get((each.id, each.stage_id)),
            today,
        )
        cards.setdefault(each.stage_id, []).append(card)
    return cards


def _days_to_offer(requisition: Requisition) -> tuple[int | None, int]:
    """Median days from the application to the first offer stage, and of how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM m.at - a.applied_at)), count(*)
              FROM hiring_application a
              JOIN (SELECT m.application_id, min(m.moved_at) AS at
                      FROM hiring_stagemove m JOIN hiring_stage s ON s.id = m.stage_id
                     WHERE m.company_id = %(company)s AND s.requisition_id = %(requisition)s AND s.kind = 'offer'
                     GROUP BY 1) m ON m.application_id = a.id
            """,
            {"company": requisition.company_id, "requisition": requisition.id},
        )
        seconds, n = cursor.fetchone()
    return (None if seconds is None else round(seconds / 86_400)), n


def _care(member: Member, requisition: Requisition, active: QuerySet[Any], now: datetime) -> Care:
    rules, today = settings_of(member.company_id), member.company.today()
    late = _waiting(active, rules, now)
    waiting = late.count()
    longest = late.select_related("candidate").order_by("heard_at", "id").first() if waiting else None
    return Care(
        waiting=waiting,
        longest=longest,
        longest_days=(now - longest.heard_at) // A_DAY if longest else 0,
        promise_days=rules.promise_days,
        ending=applications_of(member, requisition).filter(_ends_by(today + SOON)).count(),
        ending_by=today + SOON,
        keep_months=rules.keep_months,
    )


def _waiting(active: QuerySet[Any], rules: Any, now: datetime) -> QuerySet[Any]:
    """Who last heard from us longer ago than we promise."""
    return active.annotate(heard_at=Coalesce(F("answered_at"), F("applied_at"))).filter(
        heard_at__lte=now - rules.promise_days * A_DAY
    )


def _ends_by(day: date) -> Q:
    return Q(candidate__keep_until__lte=day, candidate__erased_at__isnull=True)
