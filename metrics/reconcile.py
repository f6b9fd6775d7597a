"""The proof: facts equal their sources, rollups equal their facts, parents equal the sum of their parts.

Level A  facts against each app's independent SQL view of its source rows
Level B  rep days against facts
Level C  team and company days against rep days, histograms against facts

All in one snapshot and in both directions. What has a pending mark, or a due timer, or waits for a
reaction is not wrong but late, and is left out.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection, transaction

from accounts.models import Company
from cs_platform.lib import clock

from . import registry
from .components import NAMES
from .models import Audit, RepDay
from .rebuild import rebuild
from .rollup import HISTOGRAM, ORG_DAY, REP_DAY, SUMS, aggregate

logger = logging.getLogger(__name__)
SAMPLE = 20
COLUMNS = ", ".join(NAMES)


@dataclass
class Finding:
    """One level's result: rows compared, rows that differ, and some of these as (side, row)."""

    level: str
    name: str
    compared: int
    differences: int
    sample: list[list] = field(default_factory=list)


# Moved people whose days are not marked yet, and days of a rep that are marked.
_LATE = """
late AS (SELECT rep_id, day FROM metrics_dirty WHERE company_id = %(company)s),
moved AS (SELECT subject_id AS rep_id FROM accounts_outbox
           WHERE company_id = %(company)s AND verb = 'reporting_line.set'),
late_days AS (SELECT day FROM late UNION SELECT day FROM metrics_hist_dirty WHERE company_id = %(company)s)
"""


def _difference(wanted: str, found: str, columns: str, skip: str = "TRUE") -> str:
    return f"""
WITH {_LATE},
wanted AS MATERIALIZED (SELECT {columns} FROM ({wanted}) w WHERE {skip}),
found AS MATERIALIZED (SELECT {columns} FROM ({found}) w WHERE {skip}),
diff AS (SELECT 'missing' AS side, x.* FROM (TABLE wanted EXCEPT ALL TABLE found) x
         UNION ALL SELECT 'wrong', x.* FROM (TABLE found EXCEPT ALL TABLE wanted) x)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM diff),
       (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') FROM (SELECT * FROM diff LIMIT {SAMPLE}) d)
"""


def _stored(table: str, columns: str, days: str) -> str:
    return f"SELECT {columns} FROM {table} WHERE company_id = %(company)s {days}"


_DAYS = "AND day BETWEEN %(from)s AND %(to)s"
_FACT_DAYS = "AND f.day BETWEEN %(from)s AND %(to)s"
_NOT_LATE = "NOT EXISTS (SELECT FROM late l WHERE l.rep_id = w.rep_id AND l.day = w.day)"
_NOT_MOVED = "NOT EXISTS (SELECT FROM moved m WHERE m.rep_id = w.rep_id)"
_HIST = "company_id, measure, day, bucket, n"

LEVEL_B = _difference(
    aggregate(_FACT_DAYS),
    _stored("metrics_rep_day", REP_DAY, _DAYS),
    REP_DAY,
    f"{_NOT_LATE} AND {_NOT_MOVED}",
)
_TEAMS = f"""
SELECT company_id, 1::smallint AS level, manager_id, day, {SUMS} FROM metrics_rep_day
 WHERE company_id = %(company)s {_DAYS} GROUP BY company_id, manager_id, day"""
_COMPANY = f"""
SELECT company_id, 0::smallint AS level, 0::bigint AS manager_id, day, {SUMS} FROM metrics_org_day
 WHERE company_id = %(company)s AND level = 1 {_DAYS} GROUP BY company_id, day"""
LEVEL_C = _difference(f"{_TEAMS} UNION ALL {_COMPANY}", _stored("metrics_org_day", ORG_DAY, _DAYS), ORG_DAY)
HISTOGRAMS = _difference(
    HISTOGRAM.format(days=_FACT_DAYS),
    _stored("metrics_duration_hist", _HIST, _DAYS),
    _HIST,
    "w.day NOT IN (SELECT day FROM late_days)",
)


def _level_a(witness: str) -> str:
    """The facts of one source. One with a timer that is due, or that lies ahead of a change of zone or of the
    follow-up window that waits for its reaction, is about to be derived again."""
    found = f"""SELECT {registry.WITNESSED} FROM metrics_fact
                 WHERE company_id = %(company)s AND kind = ANY(%(kinds)s::smallint[]) {_DAYS}"""
    wanted = f"SELECT {registry.WITNESSED} FROM ({witness}) v WHERE true {_DAYS}"
    not_due = """NOT EXISTS (SELECT FROM metrics_timer t WHERE t.company_id = %(company)s
        AND t.kind = ANY(%(kinds)s::smallint[]) AND t.source_id = w.source_id AND t.due_at <= %(now)s)
        AND NOT EXISTS (SELECT FROM accounts_outbox o WHERE o.company_id = %(company)s
        AND o.verb = 'company.zone_changed' AND w.day >= (o.detail->>'valid_from')::date - 1)
        AND NOT EXISTS (SELECT FROM accounts_outbox o WHERE o.company_id = %(company)s
        AND o.verb = 'company.follow_up_changed' AND w.source_id > coalesce((o.detail->>'after')::bigint, 0))"""
    return _difference(wanted, found, registry.WITNESSED, not_due)


def reconcile(company_id: int, from_day: date | None = None, to_day: date | None = None) -> list[Finding]:
    """Compares every level in one snapshot and keeps what it found in metrics_audit."""
    company = Company.objects.get(id=company_id)
    scope = {
        "company": company_id,
        "from": from_day or date.min,
        "to": to_day or date.max,
        "now": clock.now(),
        "window": company.follow_up_days * 86_400,
    }
    # A savepoint cannot change the isolation, so this must be (and is) the outermost transaction.
    with transaction.atomic(durable=not connection.in_atomic_block), connection.cursor() as cursor:
        if not connection.needs_rollback and len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # Everything is compared with everything here; a plan made for a few rows would never end.
        cursor.execute("SET LOCAL enable_nestloop = off")
        findings = [
            _compare(
                cursor,
                "A",
                source.name,
                _level_a(source.witness),
                scope | {"kinds": [int(k) for k in source.kinds]},
            )
            for source in registry.sources()
        ]
        findings.append(_compare(cursor, "B", "rep days", LEVEL_B, scope))
        findings.append(_compare(cursor, "C", "team and company days", LEVEL_C, scope))
        findings.append(_compare(cursor, "C", "histograms", HISTOGRAMS, scope))
        _keep(company_id, from_day, to_day, findings)
    return findings


def _compare(cursor, level: str, name: str, query: str, scope: dict) -> Finding:
    cursor.execute(query, scope)
    compared, differences, sample = cursor.fetchone()
    return Finding(level, name, compared, differences, json.loads(sample))


def _keep(company_id: int, from_day: date | None, to_day: date | None, findings: list[Finding]) -> None:
    Audit.objects.bulk_create(
        Audit(
            company_id=company_id,
            checked_at=clock.now(),
            from_day=from_day,
            to_day=to_day,
            level=finding.level,
            buckets=finding.compared,
            diffs=finding.differences,
            sample=finding.sample,
        )
        for finding in findings
    )


def companies() -> list[int]:
    return list(Company.objects.order_by("id").values_list("id", flat=True))


def reconcile_recent(company_id: int) -> list[Finding]:
    """The nightly check: the last 35 days, and a thirtieth of the history that moves on every day.

    A difference is a bug: it is logged as an error, and the days it lies in are computed again.
    """
    today = clock.now().date()
    findings = _check_and_mend(company_id, today - timedelta(days=35), today + timedelta(days=1))
    first = RepDay.objects.filter(company_id=company_id).order_by("day").values_list("day", flat=True).first()
    if first is None:
        return findings
    share = max((today - first).days // 30 + 1, 1)
    start = first + timedelta(days=share * (today.toordinal() % 30))
    return findings + _check_and_mend(company_id, start, start + timedelta(days=share))


def _check_and_mend(company_id: int, start: date, end: date) -> list[Finding]:
    findings = reconcile(company_id, start, end)
    wrong = [finding for finding in findings if finding.differences]
    for finding in wrong:
        logger.error(
            "Company %s, %s to %s, level %s, %s: %s differences",
            *(company_id, start, end, finding.level, finding.name, finding.differences),
        )
    if any(finding.level != "A" for finding in wrong):
        rebuild(company_id, start, end)
    return findings
