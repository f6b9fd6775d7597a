"""The metric `playbook_coverage`: registered with the metrics app, which asks here for its points and rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from metrics.definitions import Metric, Shape
from metrics.kinds import Kind
from metrics.points import Point, point_of
from metrics.queries import Answer, Present, Scope, present
from metrics.queries.sources import LAST, Place, SourceRow
from metrics.queries.sums import Span
from metrics.registry import Computed

from .queries.coverage import coverage_of
from .queries.parts import COVERED

DAY = timedelta(days=1)
COVERAGE = Metric(
    "playbook_coverage",
    _("Playbook coverage"),
    _(
        "Tickets opened in the period whose scenario has a published playbook that is verified or due, as a share of "
        "all tickets opened in it. A ticket's scenario follows from its category and channel, as they are mapped now. "
        "Playbooks count as they stand on the last day of the period, today at the latest; a playbook that was "
        "verified again later counts as if it had not lapsed between."
    ),
    _("tickets covered by a playbook / tickets opened"),
    Shape.RATE,
    "fraction",
    "up",
    kind=Kind.OPENED,
    is_company_only=True,
    credit=_("Nobody: it is told for the whole company"),
    told_as=(_("Covered"), _("Not covered")),
)


def points(scope: Scope, spans: Sequence[Span], at: Present) -> list[Point]:
    company = Company.objects.get(id=scope.company_id)
    return [_point(company, low, high, at) for low, high in spans]


def _point(company: Company, low: date, high: date, at: Present) -> Point:
    if low >= high:
        return point_of(COVERAGE, low, [0, 0])
    found = coverage_of(company, low, high - DAY, at)
    return point_of(COVERAGE, low, [found.covered, found.n])


_ROWS = """
SELECT day, source_id, seq, rep_id, customer_id, occurred_at, v1, v2,
       EXISTS (SELECT FROM unnest(%(categories)s::int[], %(channels)s::smallint[]) AS c (category, channel)
                WHERE c.category = category_id AND c.channel = channel_id)
  FROM metrics_fact
 WHERE company_id = %(company)s AND kind = %(kind)s AND day >= %(start)s AND day <= %(end)s
   AND (day, source_id, seq) < (%(day)s, %(source)s, %(seq)s)
 ORDER BY day DESC, source_id DESC, seq DESC LIMIT %(limit)s
"""


def rows(asked: Answer, after: Place | None, limit: int) -> list[SourceRow]:
    company = Company.objects.get(id=asked.scope.company_id)
    found = coverage_of(company, asked.start, asked.end, present(company))
    covered = [pair for each in found.scenarios if each.part in COVERED for pair in each.combinations]
    last = after or Place(LAST, 0, 0)
    values: dict[str, Any] = {
        "company": company.id,
        "kind": Kind.OPENED,
        "start": asked.start,
        "end": min(asked.end, last.day),
        "day": last.day,
        "source": last.source_id,
        "seq": last.seq,
        "limit": limit,
        "categories": [category for category, _channel in covered],
        "channels": [channel for _category, channel in covered],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        return [
            SourceRow(Kind.OPENED, Place(day, source, seq), rep, customer, at, v1, v2, is_covered)
            for day, source, seq, rep, customer, at, v1, v2, is_covered in cursor.fetchall()
        ]


COMPUTED = Computed(COVERAGE, points, rows)
