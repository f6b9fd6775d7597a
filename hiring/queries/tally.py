"""What reports count over thousands of applications, remembered until something that it rests on changes.

Numbers and ids only: names are looked up by whoever shows them. Of scorecards only settled ones are counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

from hiring.models import COUNTED, Application
from metrics.queries.memory import digest, remembered

from .agreement import Agreement, Leniency, Rated, by_attribute, leniency, overall
from .sealing import settled_cards

T = TypeVar("T")

# How long each visit to a stage lasted, and whether it led on: to a later stage, or to a hire.
VISITS = """
WITH visit AS (
  SELECT m.application_id, m.stage_id, m.moved_at,
         lead(m.moved_at) OVER following AS until,
         lead(m.stage_id) OVER following AS next_stage_id,
         lead(m.outcome) OVER following AS outcome
    FROM hiring_stagemove m
   WHERE m.company_id = %(company)s AND m.application_id = ANY(ARRAY(
         SELECT a.id FROM hiring_application a
          WHERE a.company_id = %(company)s AND a.requisition_id = ANY(%(requisitions)s)
            AND a.candidate_id <> ALL(%(own)s::bigint[])))
  WINDOW following AS (PARTITION BY m.application_id ORDER BY m.moved_at, m.id))
SELECT s.kind,
       count(v.until),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM v.until - v.moved_at)::float8),
       count(DISTINCT v.application_id) FILTER (WHERE v.until IS NOT NULL),
       count(DISTINCT v.application_id) FILTER (WHERE n.position > s.position OR v.outcome = 'hired'),
       count(DISTINCT v.application_id) FILTER (WHERE v.until IS NULL)
  FROM visit v
  JOIN hiring_stage s ON s.company_id = %(company)s AND s.id = v.stage_id
  LEFT JOIN hiring_stage n ON n.company_id = %(company)s AND n.id = v.next_stage_id
 GROUP BY s.kind
"""
SOURCES = """
SELECT a.source, count(*),
       count(*) FILTER (WHERE EXISTS (SELECT FROM hiring_interview i WHERE i.company_id = a.company_id
                                       AND i.application_id = a.id AND i.state = 'held')),
       count(*) FILTER (WHERE EXISTS (SELECT FROM hiring_offer o WHERE o.company_id = a.company_id
                                       AND o.application_id = a.id)),
       count(*) FILTER (WHERE a.state = 'hired'),
       count(*) FILTER (WHERE a.state <> 'active')
  FROM hiring_application a
 WHERE a.company_id = %(company)s AND a.requisition_id = ANY(%(requisitions)s)
   AND a.candidate_id <> ALL(%(own)s::bigint[])
 GROUP BY 1 ORDER BY 2 DESC, 1
"""
RATINGS = """
SELECT r.scorecard_id, r.attribute_id, r.value FROM hiring_rating r
 WHERE r.company_id = %(company)s AND r.scorecard_id = ANY(%(cards)s) AND r.value IS NOT NULL
"""
# The same as long as nothing has changed that is counted: moves only grow, and ratings of a scorecard that is in stay.
STANDS = """
SELECT (SELECT ARRAY[count(*), bit_xor(hash_record_extended(
               ROW(a.id, a.requisition_id, a.candidate_id, a.source, a.state), 0))]
          FROM hiring_application a WHERE a.company_id = %(company)s),
       (SELECT ARRAY[count(*), max(m.id)] FROM hiring_stagemove m WHERE m.company_id = %(company)s),
       (SELECT ARRAY[count(*), bit_xor(hash_record_extended(ROW(s.id, s.kind, s.position), 0))]
          FROM hiring_stage s WHERE s.company_id = %(company)s),
       (SELECT ARRAY[count(*), bit_xor(hash_record_extended(ROW(i.id, i.application_id, i.state), 0))]
          FROM hiring_interview i WHERE i.company_id = %(company)s),
       (SELECT ARRAY[count(*), bit_xor(hash_record_extended(ROW(o.id, o.application_id), 0))]
          FROM hiring_offer o WHERE o.company_id = %(company)s),
       (SELECT ARRAY[count(*), bit_xor(hash_record_extended(
               ROW(c.id, c.application_id, c.member_id, c.role, c.state = 'submitted', c.state = 'excused'), 0))]
          FROM hiring_scorecard c WHERE c.company_id = %(company)s)
"""


@dataclass(frozen=True)
class Tally:
    """visits: {kind: n, median seconds, left, went on, there}. sources: name, n, interviewed, offered, hired, closed.

    agreement: by attribute, and of all together, which is None where nothing was rated.
    """

    visits: dict[str, tuple[Any, ...]]
    sources: list[tuple[Any, ...]]
    together: Agreement | None
    agreement: dict[int, Agreement]
    leniency: list[Leniency]


def tally(company_id: int, requisitions: Sequence[int], own: Sequence[int]) -> Tally:
    """Of some jobs, but for candidates that the reader is. What did not change is not counted again for the rest."""
    asked = {"company": company_id, "requisitions": sorted(requisitions), "own": sorted(own)}
    applications, moves, stages, interviews, offers, cards = _rows(STANDS, asked)[0]

    def known(count: Callable[[dict[str, Any]], T], *rests_on: object) -> T:
        key = f"hiring{count.__name__}:{digest(asked, applications, *rests_on)}"
        return remembered(key, lambda: count(asked))

    return Tally(
        known(_visits, moves, stages),
        known(_sources, interviews, offers),
        *known(_agreement, cards),
    )


def _visits(asked: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {kind: tuple(rest) for kind, *rest in _rows(VISITS, asked)}


def _sources(asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    return _rows(SOURCES, asked)


def _agreement(asked: dict[str, Any]) -> tuple[Agreement | None, dict[int, Agreement], list[Leniency]]:
    ratings = _ratings(asked)
    return overall(ratings) if ratings else None, by_attribute(ratings), leniency(ratings)


def _ratings(asked: dict[str, Any]) -> list[Rated]:
    applications = Application.objects.filter(
        company_id=asked["company"], requisition_id__in=asked["requisitions"]
    ).exclude(candidate_id__in=asked["own"])
    cards = settled_cards(asked["company"]).filter(
        application_id__in=applications.order_by().values("id"), role__in=COUNTED
    )
    of = {card: (application, person) for card, application, person in
          cards.values_list("id", "application_id", "member_id")}  # fmt: skip
    rows = _rows(RATINGS, {"company": asked["company"], "cards": list(of)}) if of else []
    return [Rated(*of[card], attribute, value) for card, attribute, value in rows]


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall()
