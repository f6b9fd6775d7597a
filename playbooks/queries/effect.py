"""What a playbook comes to: its runs step by step, and the tickets with and without it, before and after a version.

Nothing here says that a playbook is the cause: who runs one on which ticket is chosen by people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from metrics.boards import words
from metrics.comparison import Change, compare, headline
from metrics.definitions import METRICS, Metric, Shape
from metrics.intervals import Z
from metrics.kinds import Kind
from metrics.points import Point, point_of
from metrics.queries import Present, present
from playbooks.models import Playbook, Version

from .coverage import DAY, DAYS, opened, scenario_by_combination
from .steps_taken import Runs, StepTaken, runs_of, steps_taken

COMPARED = ("fcr", "csat", "handle_time")
OUT = (Version.State.PUBLISHED, Version.State.SUPERSEDED)


@dataclass(frozen=True)
class Compared:
    """A metric of two groups of tickets. One with too few observations is not told."""

    metric: Metric
    first: Point
    second: Point

    @property
    def texts(self) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        """(value, interval, n) of each."""
        return self._text(self.first), self._text(self.second)

    def _text(self, point: Point) -> tuple[str, str, str]:
        n = words.observations(self.metric, point.n)
        if point.n < self.metric.minimum_n:
            return "–", "", _("%(n)s, too few to tell") % {"n": n}
        value = words.in_words(self.metric, headline(self.metric, point))
        return value, words.interval_in_words(self.metric, point), n

    @cached_property
    def change(self) -> Change:
        return compare(self.metric, self.first, self.second)

    @property
    def verdict(self) -> str:
        if self.first.n < self.metric.minimum_n or self.second.n < self.metric.minimum_n:
            return _("Too few to compare")
        if not self.change.is_clear or self.change.difference is None:
            return _("No clear difference")
        apart = words.difference(self.metric, self.change.difference)
        if self.change.difference > 0:
            return _("%(apart)s more") % {"apart": apart}
        return _("%(apart)s less") % {"apart": apart}


@dataclass(frozen=True)
class Effect:
    """versions: newest first, those that were published. days: before and after the chosen version."""

    playbook: Playbook
    versions: Sequence[Version]
    version: Version | None
    runs: Runs
    steps: Sequence[StepTaken]
    by_run: Sequence[Compared]
    by_version: Sequence[Compared]
    start: date
    end: date
    days: int


def effect(playbook: Playbook, number: int | None = None) -> Effect:
    """Of the last 90 days. number: of the version to look at, else the newest."""
    company = playbook.company
    at = present(company)
    start, end = at.today - (DAYS - 1) * DAY, at.today
    since = at.zones.instant(datetime.combine(start, time.min))
    rows = Version.objects.filter(company_id=company.id, playbook=playbook, state__in=OUT)
    versions = list(rows.order_by("-number"))
    version = next((each for each in versions if each.number == number), versions[0] if versions else None)
    published = at.zones.day(version.published_at) if version and version.published_at else None
    days = min(DAYS, (end - published).days) if published else 0
    by_version: list[Compared] = []
    if published and days:
        split = (published - days * DAY, published, published + days * DAY)
        by_version = _compared(playbook, split[0], split[2] - DAY, at, "g.day >= %(split)s", split[1])
    return Effect(
        playbook,
        versions,
        version,
        runs_of(playbook, version, since),
        steps_taken(version, since) if version else [],
        _compared(playbook, start, end, at, "g.ticket IN (SELECT ticket_id FROM ran)", start),
        by_version,
        start,
        end,
        days,
    )


# The ranks between which the true median lies 95 times in 100, as metrics.queries.percentiles has them.
_GROUPS = """
WITH ran AS (
  SELECT r.ticket_id FROM playbooks_run r
    JOIN playbooks_version v ON v.company_id = r.company_id AND v.id = r.version_id
   WHERE r.company_id = %(company)s AND v.playbook_id = %(playbook)s AND r.ticket_id IS NOT NULL AND NOT r.is_trial),
given AS MATERIALIZED (
  SELECT f.kind, f.v1, f.day, CASE WHEN f.kind = %(csat)s THEN s.ticket_id ELSE f.source_id END AS ticket
    FROM unnest(%(categories)s::int[], %(channels)s::smallint[]) AS o (category, channel)
    JOIN metrics_fact f ON f.category_id = o.category AND f.channel_id = o.channel
    LEFT JOIN customers_survey s ON f.kind = %(csat)s AND s.company_id = f.company_id AND s.id = f.source_id
   WHERE f.company_id = %(company)s AND f.kind = ANY(%(kinds)s::smallint[]) AND f.day >= %(start)s AND f.day <= %(end)s
     AND (f.kind <> %(handle)s OR f.v2 = 1)),
grouped AS MATERIALIZED (SELECT g.kind, g.v1, {group} AS is_first FROM given g),
size AS (SELECT kind, is_first, count(*) AS n FROM grouped GROUP BY kind, is_first)
SELECT g.kind, g.is_first, s.n, sum(g.v1)::bigint, count(*) FILTER (WHERE g.v1 >= 4),
       percentile_cont(ARRAY[0.5, greatest(0, 0.5 - %(z)s / (2 * sqrt(s.n))), least(1, 0.5 + %(z)s / (2 * sqrt(s.n)))])
         WITHIN GROUP (ORDER BY g.v1)
  FROM grouped g JOIN size s ON s.kind = g.kind AND s.is_first = g.is_first
 GROUP BY g.kind, g.is_first, s.n
"""


def _compared(
    playbook: Playbook, start: date, end: date, at: Present, group: str, split: date
) -> list[Compared]:
    """Of the scenario's tickets those of a group against the others."""
    company_id = playbook.company_id
    counted = opened(company_id, start, end, at.version)
    pairs = [
        pair
        for pair, scenario in scenario_by_combination(company_id, counted).items()
        if scenario == playbook.scenario_id
    ]
    values: dict[str, Any] = {
        "company": company_id,
        "playbook": playbook.id,
        "categories": [category for category, _channel in pairs],
        "channels": [channel for _category, channel in pairs],
        "kinds": [int(METRICS[key].kind or 0) for key in COMPARED],
        "csat": int(Kind.CSAT),
        "handle": int(Kind.HANDLE),
        "start": start,
        "end": end,
        "split": split,
        "z": Z,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(group=group), values)
        found = {(kind, bool(is_first)): row for kind, is_first, *row in cursor.fetchall()}
    return [
        Compared(
            METRICS[key],
            _point(METRICS[key], start, found.get((METRICS[key].kind, True))),
            _point(METRICS[key], start, found.get((METRICS[key].kind, False))),
        )
        for key in COMPARED
    ]


def _point(metric: Metric, start: date, row: list | None) -> Point:
    n, total, top, shares = row or (0, 0, 0, (None, None, None))
    if metric.shape != Shape.DURATION:
        return point_of(metric, start, [top if metric.kind == Kind.CSAT else total, n])
    point = point_of(metric, start, [total, n])
    point.median, point.median_low, point.median_high = shares
    return point
