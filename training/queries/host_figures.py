"""The company's pair of measures, person by person: for the scenario's tickets where there are enough, else for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Company, Member
from cs_platform.lib.words import decimal
from metrics.boards import words
from metrics.components import COMPONENTS
from metrics.definitions import METRICS, Metric, Shape
from metrics.intervals import poisson_rate
from metrics.points import Point, point_of
from metrics.queries import Present, memory
from metrics.queries.sums import components
from playbooks.models import Playbook
from playbooks.queries.coverage import opened, scenario_by_combination

DAYS = 90
ALL = -1  # the whole company, among the sums of its people
Sums = Mapping[int, Mapping[str, int]]
SQL = {component.name: component.sql for component in COMPONENTS}


@dataclass(frozen=True)
class Known:
    """What is known of one person by one measure. low: how low it may truly be, more being better; None if there is
    too little data."""

    low: float | None
    words: str


@dataclass(frozen=True)
class Measured:
    """low: as above. point: of the person; others: of everybody else."""

    low: float | None
    point: Point
    others: Point
    weeks: float


def figures_of(
    company: Company, people: Iterable[Member], keys: Sequence[str], playbook: Playbook | None, at: Present
) -> dict[int, list[Known]]:
    """{member id: what is known by each measure}, of the last 90 days whose outcomes can be known."""
    people = list(people)
    metrics = [METRICS[key] for key in keys if key in METRICS and components(METRICS[key])]
    end = at.complete if any(metric.matures for metric in metrics) else at.today
    start = end - timedelta(days=DAYS - 1)
    asked = (company.id, sorted({name for metric in metrics for name in components(metric)}), start, end)
    wide = memory.remembered(_key("all", asked, at), lambda: _of_all(*asked))
    narrow: Sums = {}
    if playbook is not None:
        pairs = _pairs(company.id, playbook.scenario_id, start, end, at)
        narrow = memory.remembered(
            _key(playbook.scenario_id, (*asked, pairs), at), lambda: _of_scenario(pairs, *asked)
        )
    weeks = {person.id: _weeks(person, start, end) for person in people}
    found: dict[int, list[Known]] = {person.id: [] for person in people}
    for metric in metrics:
        by_scenario = (
            {id: _measured(metric, narrow, id, start, weeks[id]) for id in found} if playbook else {}
        )
        # Counts of a scenario and of everything are no measure of each other: then all are counted in the same way.
        is_alone = metric.shape == Shape.COUNT and any(each.low is not None for each in by_scenario.values())
        for id in found:
            wide_one = None if is_alone else _measured(metric, wide, id, start, weeks[id])
            found[id].append(_known(metric, by_scenario.get(id), wide_one))
    return found


def _known(metric: Metric, narrow: Measured | None, wide: Measured | None) -> Known:
    title = str(metric.title).split(",")[0]
    if narrow and narrow.low is not None:
        where = _("for this scenario")
        return Known(narrow.low, _words(metric, title, narrow, where))
    if wide and wide.low is not None:
        where = _("over all tickets")
        if narrow:
            where = _("over all tickets, too few for this scenario")
        return Known(wide.low, _words(metric, title, wide, where))
    n = max(each.point.n for each in (narrow, wide) if each)
    return Known(None, _("%(title)s: too little data to go by, n %(n)s") % {"title": title, "n": n})


def _words(metric: Metric, title: str, found: Measured, where: str) -> str:
    said = {"title": title, "n": found.point.n, "where": where}
    if metric.shape == Shape.COUNT:
        said["value"] = decimal(found.point.n / found.weeks, 1)
        return _("%(title)s: %(value)s a week, n %(n)s %(where)s") % said
    said["value"] = _unbroken(metric, found.point)
    if found.others.value is None:
        return _("%(title)s %(value)s, n %(n)s %(where)s") % said
    said["others"] = _unbroken(metric, found.others)
    return _("%(title)s %(value)s, n %(n)s %(where)s; others %(others)s") % said


def _unbroken(metric: Metric, point: Point) -> str:
    """A number and its unit stay on one line."""
    return words.in_words(metric, point.value).replace(" ", "\N{NO-BREAK SPACE}")


def _measured(metric: Metric, sums: Sums, person: int, start: date, weeks: float) -> Measured:
    names = components(metric)
    own = [sums.get(person, {}).get(name, 0) for name in names]
    whole = [sums.get(ALL, {}).get(name, 0) for name in names]
    point = point_of(metric, start, own)
    others = point_of(metric, start, [total - part for total, part in zip(whole, own, strict=True)])
    return Measured(low_of(metric, point, weeks), point, others, weeks)


def low_of(metric: Metric, point: Point, weeks: float) -> float | None:
    """The end of the interval that is the worse one, as a number of which more is better. None: too little data."""
    if point.n < metric.minimum_n:
        return None
    low, high = poisson_rate(point.n, weeks) if metric.shape == Shape.COUNT else (point.low, point.high)
    if metric.direction == "down":
        return None if high is None else -high
    return low


def _weeks(person: Member, start: date, end: date) -> float:
    """For how long somebody was there, of these days."""
    begun = max(start, person.started_on or start)
    return max(1, (end - begun).days + 1) / 7


# --- From the figures ---------------------------------------------------------------------------------------------


def _pairs(company_id: int, scenario: int, start: date, end: date, at: Present) -> list[tuple[int, int]]:
    """Categories and channels whose tickets are of a scenario."""
    counted = opened(company_id, start, end, at.version)
    found = scenario_by_combination(company_id, counted)
    return sorted(pair for pair, its in found.items() if its == scenario)


_OF_ALL = """
SELECT r.rep_id, {columns} FROM metrics_rep_day r
 WHERE r.company_id = %(company)s AND r.day BETWEEN %(start)s AND %(end)s AND r.rep_id > 0 GROUP BY 1
UNION ALL
SELECT %(all)s, {columns} FROM metrics_org_day r
 WHERE r.company_id = %(company)s AND r.level = 0 AND r.manager_id = 0 AND r.day BETWEEN %(start)s AND %(end)s
"""
_OF_SCENARIO = """
SELECT coalesce(f.rep_id, %(all)s), {columns}
  FROM unnest(%(categories)s::int[], %(channels)s::smallint[]) AS o (category, channel)
  JOIN metrics_fact f ON f.category_id = o.category AND f.channel_id = o.channel
 WHERE f.company_id = %(company)s AND f.kind = ANY(%(kinds)s::smallint[]) AND f.day BETWEEN %(start)s AND %(end)s
 GROUP BY GROUPING SETS ((f.rep_id), ())
"""


def _of_all(company_id: int, names: Sequence[str], start: date, end: date) -> Sums:
    columns = ", ".join(f"coalesce(sum(r.{name}), 0)::bigint" for name in names)
    return _read(_OF_ALL, columns, names, {"company": company_id, "start": start, "end": end})


def _of_scenario(
    pairs: Sequence[tuple[int, int]], company_id: int, names: Sequence[str], start: date, end: date
) -> Sums:
    kinds = {metric.kind for metric in METRICS.values() if set(components(metric)) & set(names)}
    given = {
        "company": company_id,
        "start": start,
        "end": end,
        "kinds": sorted(int(kind) for kind in kinds if kind),
        "categories": [category for category, _channel in pairs],
        "channels": [channel for _category, channel in pairs],
    }
    return _read(_OF_SCENARIO, ", ".join(f"({SQL[name]})::bigint" for name in names), names, given)


def _read(query: str, columns: str, names: Sequence[str], given: dict[str, Any]) -> Sums:
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(query.format(columns=columns), given | {"all": ALL})
        return {person: dict(zip(names, sums, strict=True)) for person, *sums in cursor.fetchall()}


def _key(of: object, asked: Sequence[Any], at: Present) -> str:
    return f"training:hosts:{asked[0]}:{at.version}:{of}:{memory.digest(asked)}"
