"""Holds the product's tables against the oracle: every component of every rep and team on every day."""

from collections import Counter, defaultdict
from datetime import date

from django.db import connection

from accounts.models import Company, Member
from metrics.components import NAMES
from metrics.kinds import Kind
from metrics.models import Fact, OrgDay, RepDay
from metrics.reconcile import reconcile
from tests.oracle import Oracle

# What a backlog holds is compared as it stands, not as it changes.
SUMMED = [name for name in NAMES if name != "backlog_delta"]
Buckets = dict[tuple, Counter]


def assert_same(company: Company, oracle: Oracle) -> None:
    """Rep days, team days, company days, backlog and revenue of the tables equal those of the oracle."""
    wanted = rep_days_of(oracle)
    assert differences(wanted, stored_rep_days(company)) == []
    assert differences(team_days_of(oracle, wanted), stored_team_days(company)) == []
    assert differences(company_days_of(wanted), stored_company_days(company)) == []
    assert backlog_differences(company, oracle) == []
    assert stored_revenue(company) == revenue_of(oracle)


def assert_proven(company: Company) -> None:
    """Reconciliation finds no difference."""
    findings = reconcile(company.id)
    assert [(f.level, f.name, f.sample) for f in findings if f.differences] == []


def found_at(company: Company) -> set[str]:
    """The levels at which reconciliation finds a difference."""
    return {finding.level for finding in reconcile(company.id) if finding.differences}


def differences(wanted: Buckets, found: Buckets) -> list[tuple]:
    """(bucket, component, wanted, found), a missing bucket being one of zeros."""
    empty: Counter = Counter()
    return [
        (key, name, wanted.get(key, empty)[name], found.get(key, empty)[name])
        for key in sorted(wanted.keys() | found.keys(), key=str)
        for name in SUMMED
        if wanted.get(key, empty)[name] != found.get(key, empty)[name]
    ]


# ---- the oracle's side -------------------------------------------------------------------------------------


def rep_days_of(oracle: Oracle) -> Buckets:
    """{(e-mail or None, day): components}"""
    buckets: Buckets = defaultdict(Counter)

    def add(rep, day, **components):
        buckets[rep, day].update(components)

    for fact in oracle.facts("tickets_opened"):
        add(fact.rep, fact.day, created_n=1)
    for fact in oracle.facts("resolution_time"):
        add(fact.rep, fact.day, res_n=1, res_sum=fact.numerator)
    for fact in oracle.facts("first_response_time"):
        add(fact.rep, fact.day, frt_n=1, frt_sum=fact.numerator)
    for fact in oracle.facts("service_level"):
        add(fact.rep, fact.day, sl_n=1, sl_met=fact.numerator)
    for fact in oracle.facts("handle_time"):
        add(fact.rep, fact.day, aht_n=fact.n, aht_sum=fact.numerator)
    _add_outcomes(oracle, add)
    _add_answers(oracle, add)
    for (rep, day), seconds in oracle.staffed.items():
        add(rep, day, staffed_sum=seconds, staffed_res_n=buckets[rep, day]["res_n"] if seconds else 0)
    return buckets


def _add_outcomes(oracle: Oracle, add) -> None:
    """Every matured resolution; the read side leaves out those of a day that is not complete."""
    for ticket, resolution, day in oracle.first_resolutions():
        if oracle.now < resolution.at + oracle.window:
            continue
        reopened = oracle.reopened_in_window(ticket, resolution)
        followed = oracle.other_ticket_in_window(ticket, resolution)
        add(resolution.rep, day, fcr_n=1, fcr_pos=int(not reopened and not followed), reopen_n=int(reopened))


def _add_answers(oracle: Oracle, add) -> None:
    for first, last in oracle.answers:
        day, score = oracle.zones.day(first.answered_at), last.score
        if first.kind == "nps":
            add(oracle.nps_rep(first), day, nps_n=1, nps_pro=int(score >= 9), nps_det=int(score <= 6))
            continue
        kind, box = first.kind, {"csat": 4, "ces": 5}[first.kind]
        parts = {
            f"{kind}_n": 1,
            f"{kind}_pos": int(score >= box),
            f"{kind}_sum": score,
            f"{kind}_s{score}": 1,
        }
        add(oracle.ticket_survey_rep(first), day, **parts)


def team_days_of(oracle: Oracle, rep_days: Buckets) -> Buckets:
    """{(manager's e-mail or None, day): components}"""
    buckets: Buckets = defaultdict(Counter)
    for (rep, day), components in rep_days.items():
        buckets[oracle.manager_on(rep, day) if rep else None, day].update(components)
    return buckets


def company_days_of(rep_days: Buckets) -> Buckets:
    buckets: Buckets = defaultdict(Counter)
    for (_rep, day), components in rep_days.items():
        buckets[(day,)].update(components)
    return buckets


def revenue_of(oracle: Oracle) -> Counter:
    """{(owner, month): minor units}. A file knows one owner of a customer; a desk may know of more."""
    owner_of = getattr(oracle, "revenue_owner", lambda row: oracle.owner(row.customer))
    sums: Counter = Counter()
    for row in oracle.records.revenue.values():
        sums[owner_of(row), row.month] += row.minor
    return sums


# ---- the product's side ------------------------------------------------------------------------------------


def emails(company: Company) -> dict[int, str | None]:
    """{member id: e-mail}; 0 is nobody."""
    return {0: None, **dict(Member.objects.filter(company=company).values_list("id", "email"))}


def _components(row) -> Counter:
    return Counter({name: getattr(row, name) for name in NAMES})


def stored_rep_days(company: Company) -> Buckets:
    names = emails(company)
    rows = RepDay.objects.filter(company=company)
    return {(names[row.rep_id], row.day): _components(row) for row in rows}


def stored_team_days(company: Company) -> Buckets:
    names = emails(company)
    rows = OrgDay.objects.filter(company=company, level=1)
    return {(names[row.manager_id], row.day): _components(row) for row in rows}


def stored_company_days(company: Company) -> Buckets:
    rows = OrgDay.objects.filter(company=company, level=0)
    return {(row.day,): _components(row) for row in rows}


def stored_revenue(company: Company) -> Counter:
    names = emails(company)
    sums: Counter = Counter()
    for fact in Fact.objects.filter(company=company, kind=Kind.REVENUE):
        sums[names[fact.rep_id], fact.day] += fact.v1
    return sums


def backlog_differences(company: Company, oracle: Oracle) -> list[tuple]:
    """What each rep has waiting at the end of every day on which anything changed, and today."""
    today = oracle.zones.day(oracle.now)
    changes = sorted((day, rep, row["backlog_delta"]) for (rep, day), row in _keyed(stored_rep_days(company)))
    found: Counter = Counter()
    wrong = []
    for day in sorted({day for day, _, _ in changes if day <= today} | {today}):
        found = Counter()
        for changed_on, rep, change in changes:
            if changed_on <= day:
                found[rep] += change
        wanted = Counter(rep or "" for rep in oracle.waiting(day))
        reps = sorted(wanted.keys() | found.keys())
        wrong += [(day, rep, wanted[rep], found[rep]) for rep in reps if wanted[rep] != found[rep]]
    return wrong


def _keyed(buckets: Buckets) -> list[tuple[tuple[str, date], Counter]]:
    """Nobody as an empty name, so that rows can be sorted."""
    return [((rep or "", day), row) for (rep, day), row in buckets.items()]


def snapshot(company: Company) -> dict[str, list[tuple]]:
    """Every row of the ledger and of the rollups, as they lie in the tables."""
    tables = ("metrics_fact", "metrics_rep_day", "metrics_org_day", "metrics_duration_hist", "metrics_timer")
    with connection.cursor() as cursor:
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t WHERE company_id = %s ORDER BY 1", [company.id])
            rows[table] = cursor.fetchall()
    return rows
