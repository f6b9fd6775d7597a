"""The pipeline of a requisition: its stages with the candidates in them, and its table.

However many there are, a stage shows those who have been in it the longest; all of them are in the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Application, Candidate, Requisition, Source, Stage

from .sealing import Progress, progress_of
from .settings import settings_of

MOST_CARDS = 12
A_DAY = timedelta(days=1)
SOON = timedelta(days=14)
# How many dots fit beside "2 of 4 submitted".
MOST_DOTS = 8
HEARD_AT = Coalesce(F("answered_at"), F("applied_at"))
LONGEST = """
SELECT s.id, s.limit_days, a.id, c.name, a.version, a.stage_since, a.next_action, m.name, a.next_on
  FROM hiring_stage s
 CROSS JOIN LATERAL (
       SELECT * FROM hiring_application a
        WHERE a.company_id = %(company)s AND a.requisition_id = s.requisition_id AND a.state = 'active'
          AND a.stage_id = s.id AND a.candidate_id <> ALL(%(own)s::bigint[])
        ORDER BY a.stage_since, a.id LIMIT %(most)s) a
  JOIN hiring_candidate c ON c.id = a.candidate_id
  LEFT JOIN accounts_member m ON m.id = a.next_by_id
 WHERE s.company_id = %(company)s AND s.requisition_id = %(requisition)s
 ORDER BY s.position, a.stage_since, a.id
"""
LINES = """
SELECT a.id, c.name, a.version, a.state, a.closed_at, a.stage_since, s.id, s.name, s.limit_days, a.next_action,
       m.name, a.next_on, a.source, a.source_detail
  FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS wanted(id, place)
  JOIN hiring_application a ON a.company_id = %(company)s AND a.id = wanted.id
  JOIN hiring_candidate c ON c.id = a.candidate_id
  JOIN hiring_stage s ON s.id = a.stage_id
  LEFT JOIN accounts_member m ON m.id = a.next_by_id
 ORDER BY wanted.place
"""
FIGURES = """
WITH offered AS (
  SELECT m.application_id, min(m.moved_at) AS at
    FROM hiring_stage s JOIN hiring_stagemove m ON m.company_id = s.company_id AND m.stage_id = s.id
   WHERE s.company_id = %(company)s AND s.requisition_id = %(requisition)s AND s.kind = 'offer'
   GROUP BY 1)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.at - a.applied_at)), count(*),
       (SELECT count(*) FROM hiring_offer f JOIN hiring_application a ON a.id = f.application_id
         WHERE f.company_id = %(company)s AND a.requisition_id = %(requisition)s AND f.state = 'out'),
       (SELECT count(*) FROM hiring_candidate c JOIN hiring_application a ON a.company_id = c.company_id
           AND a.candidate_id = c.id
         WHERE c.company_id = %(company)s AND c.keep_until <= %(by)s AND c.erased_at IS NULL
           AND a.requisition_id = %(requisition)s AND c.id <> ALL(%(own)s::bigint[]))
  FROM offered o JOIN hiring_application a ON a.id = o.application_id
"""


@dataclass(frozen=True)
class Card:
    """Somebody in a stage. days: whole days in it; the words and the bar say the same.

    application: the whole row, where there are not hundreds of them.
    """

    id: int
    name: str
    version: int
    is_active: bool
    days: int
    limit: int
    next_action: str
    next_by: str
    next_on: date | None
    progress: Progress | None
    today: date
    application: Any = None

    @property
    def url(self) -> str:
        """Put together by hand, since a board asks for a hundred."""
        return f"/hiring/applications/{self.id}/"

    @property
    def over(self) -> int:
        return max(self.days - self.limit, 0) if self.is_active else 0

    @property
    def share(self) -> int:
        """Per cent of the limit, for the bar."""
        return min(100, self.days * 100 // self.limit) if self.limit else 100

    @property
    def was_due(self) -> bool:
        return self.next_on is not None and self.next_on < self.today

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
    now, by = clock.now(), member.company.today() + SOON
    stages = list(requisition.stages.select_related("kit__kit").order_by("position"))
    rules, own = settings_of(member.company_id), own_files(member)
    active = _but(own, _of_job(requisition)).filter(state=Application.State.ACTIVE)
    counts = _counts(active, stages, rules, now)
    cards = _cards(member, requisition, own, now)
    days, made, out, ending = _figures(requisition, own, by)
    waiting, longest = _wait(active, rules, counts, now)
    return Board(
        requisition=requisition,
        columns=[
            Column(stage, cards.get(stage.id, []), counts.get(stage.id, _Count()).n, following)
            for stage, following in zip(stages, [*stages[1:], None], strict=True)
        ],
        over=sum(each.over for each in counts.values()),
        offers_out=out,
        days_to_offer=days,
        offers_made=made,
        care=Care(
            waiting=waiting,
            longest=longest,
            longest_days=(now - longest.heard_at) // A_DAY if longest else 0,
            promise_days=rules.promise_days,
            ending=ending,
            ending_by=by,
            keep_months=rules.keep_months,
        ),
    )


def own_files(member: Member) -> list[int]:
    """Candidates that the member is: few people are any, so the others are spared a join with all candidates."""
    own = Candidate.objects.filter(company_id=member.company_id, member_id=member.id).order_by()
    return list(own.values_list("id", flat=True))


def applications_of(member: Member, requisition: Requisition) -> QuerySet[Any]:
    """Of one job, but for the reader's own; whoever reads the requisition hires for it."""
    return _but(own_files(member), _of_job(requisition))


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
    return rows.order_by("stage__position", "stage_since", "id")


@dataclass(frozen=True)
class Line:
    """A row of the table: a card, and what a board does not show of it."""

    card: Card
    stage: str
    state: str
    source: str
    source_detail: str


def lines_of(member: Member, ids: Iterable[int]) -> list[Line]:
    """Some rows of the table, in the order given. Of thousands only those of the page are joined with anything."""
    found, now, today = list(ids), clock.now(), member.company.today()
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"company": member.company_id, "ids": found})
        rows = cursor.fetchall()
    progress = progress_of(member.company_id, found)
    states, sources = dict(Application.State.choices), dict(Source.choices)
    return [
        Line(
            Card(
                id=id,
                name=name or str(Candidate()),
                version=version,
                is_active=state == Application.State.ACTIVE,
                days=((closed or now) - since) // A_DAY,
                limit=limit,
                next_action=action,
                next_by=by or "",
                next_on=on,
                progress=progress.get((id, stage)),
                today=today,
            ),
            stage_name,
            "" if state == Application.State.ACTIVE else str(states[state]),
            str(sources[source]),
            detail,
        )
        for (
            id, name, version, state, closed, since, stage, stage_name, limit, action, by, on, source, detail
        ) in rows
    ]  # fmt: skip


def in_rows(member: Member, applications: Iterable[Any]) -> list[Card]:
    """Whole applications as cards."""
    found = list(applications)
    progress = progress_of(member.company_id, [each.id for each in found])
    return [card_of(member, each, progress.get((each.id, each.stage_id))) for each in found]


def card_of(member: Member, application: Any, progress: Progress | None) -> Card:
    next_by = application.next_by
    return Card(
        id=application.id,
        name=str(application.candidate),
        version=application.version,
        is_active=application.is_active,
        days=((application.closed_at or clock.now()) - application.stage_since) // A_DAY,
        limit=application.stage.limit_days,
        next_action=application.next_action,
        next_by=next_by.name if next_by else "",
        next_on=application.next_on,
        progress=progress,
        today=member.company.today(),
        application=application,
    )


@dataclass(frozen=True)
class _Count:
    """Of a stage: how many, how many longer than planned, how many wait for an answer too long."""

    n: int = 0
    over: int = 0
    waiting: int = 0


def _counts(active: QuerySet[Any], stages: list[Stage], rules: Any, now: datetime) -> dict[int, _Count]:
    late = [Q(stage_id=stage.id, stage_since__lte=now - (stage.limit_days + 1) * A_DAY) for stage in stages]
    counted = active.annotate(heard_at=HEARD_AT).order_by().values_list("stage_id")
    rows = counted.annotate(
        n=Count("id"),
        over=Count("id", filter=reduce(Q.__or__, late, Q(pk__in=[]))),
        waiting=Count("id", filter=Q(heard_at__lte=now - rules.promise_days * A_DAY)),
    )
    return {stage: _Count(*counts) for stage, *counts in rows}


def _cards(member: Member, requisition: Requisition, own: list[int], now: datetime) -> dict[int, list[Card]]:
    """{stage: those who have been in it the longest}: a look at the index for each stage, in one statement."""
    today = member.company.today()
    with connection.cursor() as cursor:
        cursor.execute(
            LONGEST,
            {
                "company": member.company_id,
                "requisition": requisition.id,
                "own": own,
                "most": MOST_CARDS,
            },
        )
        rows = cursor.fetchall()
    progress = progress_of(member.company_id, [row[2] for row in rows])
    cards: dict[int, list[Card]] = {}
    for stage, limit, id, name, version, since, action, by, on in rows:
        days = (now - since) // A_DAY
        card = Card(
            id, name, version, True, days, limit, action, by or "", on, progress.get((id, stage)), today
        )
        cards.setdefault(stage, []).append(card)
    return cards


def _figures(requisition: Requisition, own: list[int], by: date) -> tuple[int | None, int, int, int]:
    """Median days from the application to the first offer stage, of how many; offers out; files that end by a day."""
    asked: dict[str, Any] = {
        "company": requisition.company_id,
        "requisition": requisition.id,
        "own": own,
        "by": by,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, asked)
        seconds, made, out, ending = cursor.fetchone()
    return (None if seconds is None else round(seconds / 86_400)), made, out, ending


def _of_job(requisition: Requisition) -> QuerySet[Any]:
    return Application.objects.filter(company_id=requisition.company_id, requisition_id=requisition.id)


def _but(own: list[int], applications: QuerySet[Any]) -> QuerySet[Any]:
    return applications.exclude(candidate_id__in=own) if own else applications


def _wait(active: QuerySet[Any], rules: Any, counts: dict[int, _Count], now: datetime) -> tuple[int, Any]:
    """How many wait for an answer too long, and who does so the longest."""
    waiting = sum(each.waiting for each in counts.values())
    if not waiting:
        return 0, None
    # Found before anything is joined to it.
    first = _waiting(active, rules, now).order_by("heard_at", "id").values("id")[:1]
    longest = Application.objects.annotate(heard_at=HEARD_AT).select_related("candidate")
    return waiting, longest.filter(id=Subquery(first)).first()


def _waiting(active: QuerySet[Any], rules: Any, now: datetime) -> QuerySet[Any]:
    """Who last heard from us longer ago than we promise."""
    return active.annotate(heard_at=HEARD_AT).filter(heard_at__lte=now - rules.promise_days * A_DAY)


def _ends_by(day: date) -> Q:
    return Q(candidate__keep_until__lte=day, candidate__erased_at__isnull=True)
