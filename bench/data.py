"""Made-up companies of a given size, filled by a few statements and right to the last fact.

A company has a tree of people, customers, tickets (as a file without events would state them), answers,
shifts and the facts that the product would derive from them: `reconcile` finds no difference.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench import statements
from bench.place import loader

SPAN = 8  # reports of a manager, managers of a director
CUSTOMERS_A_REP = 25
LOADED = ("metrics_fact", "customers_ticket", "customers_ticketwords")


@dataclass(frozen=True)
class Size:
    """days of history, tickets in all of them, reps who share the tickets."""

    days: int
    tickets: int
    reps: int


@dataclass(frozen=True)
class Made:
    """A company that was filled."""

    id: int
    slug: str
    size: Size
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    def email(self, role: str, number: int = 1) -> str:
        return f"{role}{number}@{self.slug}.example"


def fill(sizes: dict[str, Size]) -> dict[str, Made]:
    """Makes and fills a company for each slug, then computes its rollups."""
    from cs_platform.lib import clock
    from metrics.rebuild import rebuild

    made = {}
    with closing(loader()) as link, link.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        indexes = _drop_indexes(cursor)
        cursor.execute(statements.DROP_KEY)
        for slug, size in sizes.items():
            made[slug] = Made(_company(slug), slug, size, clock.now().replace(microsecond=0))
            _people(cursor, made[slug])
            _records(cursor, made[slug])
        for definition in [statements.ADD_KEY, *indexes]:
            cursor.execute(definition)
        cursor.execute("VACUUM (ANALYZE)")
    for company in made.values():
        rebuild(company.id)
    vacuum()
    return made


def found(sizes: dict[str, Size]) -> dict[str, Made]:
    """The companies that an earlier run has filled."""
    from accounts.models import Company
    from cs_platform.lib import clock

    ids = dict(Company.objects.values_list("slug", "id"))
    return {slug: Made(ids[slug], slug, size, clock.now()) for slug, size in sizes.items()}


def vacuum() -> None:
    """What autovacuum would have done by and by."""
    with closing(loader()) as link, link.cursor() as cursor:
        cursor.execute(
            "VACUUM (ANALYZE) metrics_rep_day, metrics_org_day, metrics_duration_hist, metrics_dirty"
        )


def _company(slug: str) -> int:
    from accounts.actions import create_company

    return create_company(slug=slug, name=slug.title(), zone="UTC", admin_email=f"admin1@{slug}.example").id


def _drop_indexes(cursor) -> list[str]:
    """Indexes are quicker built than kept; those of constraints stay."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = ANY(%s) AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexname::regclass)"
        " ORDER BY i.indexname::regclass::oid",  # of two plans that cost the same the older index wins
        [list(LOADED)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def _people(cursor, company: Made) -> None:
    reps = company.size.reps
    managers = max(reps // SPAN, 1)
    directors = max(managers // SPAN, 1)
    counts = {"leader": 1, "director": directors, "manager": managers, "rep": reps}
    for title, count in counts.items():
        role = "manager" if title == "director" else title
        cursor.execute(
            statements.PEOPLE,
            {"company": company.id, "title": title, "role": role, "count": count} | _names(company),
        )
    since = company.today - timedelta(days=company.size.days + 1)
    for title, above in (
        ("leader", None),
        ("director", "leader"),
        ("manager", "director"),
        ("rep", "manager"),
    ):
        scope = {
            "company": company.id,
            "title": title,
            "above": above,
            "above_count": counts.get(above or "", 1),
        }
        cursor.execute(statements.LINES, scope | _names(company) | {"since": since, "every": 1, "shift": 0})
    # A fourth of the reps moved to the next team 45 days ago.
    scope = {"company": company.id, "title": "rep", "above": "manager", "above_count": managers}
    moved = company.today - timedelta(days=min(45, company.size.days // 2))
    cursor.execute(statements.LINES, scope | _names(company) | {"since": moved, "every": 4, "shift": 1})


def _names(company: Made) -> dict[str, str]:
    return {"domain": f"@{company.slug}.example"}


def _records(cursor, company: Made) -> None:
    size = company.size
    scope = {
        "company": company.id,
        "now": company.now,
        "today": company.today,
        "days": size.days,
        "tickets": size.tickets,
        "customers": size.reps * CUSTOMERS_A_REP,
        "window": 7 * 86_400,
    } | _names(company)
    for statement in (
        statements.CUSTOMERS,
        statements.DRAWN,
        statements.TICKETS,
        statements.ANSWERS,
        statements.SHIFTS,
        statements.FACTS,
        statements.TIMERS,
    ):
        cursor.execute(statement, scope)
