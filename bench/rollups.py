"""All rollups computed again, against DuckDB on one thread; and the audit of all, against that."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

from bench.data import Made
from bench.place import loader
from bench.timing import Result, in_words, medians


def run(company: Made, folder: Path, rounds: int) -> list[Result]:
    from metrics.rebuild import rebuild

    duck, facts = _duck(company, folder / "facts.csv")
    works = {
        "duck": duck,
        "rebuild": lambda: rebuild(company.id),
        "audit": lambda: _audit(company),
        "nothing": lambda: _forget(company),
        "anew": lambda: rebuild(company.id),
    }
    found = medians(works, rounds)
    return [
        Result(
            "full rebuild / DuckDB, one thread, same GROUP BY into a table",
            found["rebuild"] / found["duck"],
            4,
            rounds,
            f"{in_words(found['rebuild'])} / {in_words(found['duck'])}, {facts:,} facts",
        ),
        Result(
            "full rebuild from nothing / DuckDB",
            found["anew"] / found["duck"],
            4,
            rounds,
            f"{in_words(found['anew'])} / {in_words(found['duck'])}",
        ),
        Result(
            "full audit (levels B and C) / full rebuild",
            found["audit"] / found["rebuild"],
            1.5,
            rounds,
            f"{in_words(found['audit'])} / {in_words(found['rebuild'])}",
        ),
    ]


def _forget(company: Made) -> None:
    """Leaves no rollups, and no traces of them either, as after a first import."""
    with closing(loader()) as link, link.cursor() as cursor:
        for table in ("metrics_rep_day", "metrics_org_day", "metrics_duration_hist"):
            cursor.execute(f"DELETE FROM {table} WHERE company_id = %s", [company.id])
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _audit(company: Made) -> None:
    """Levels B and C. Level A reads the source rows too, so it has no share in the facts' work."""
    from metrics import registry
    from metrics.reconcile import reconcile

    with mock.patch.object(registry, "sources", return_value=()):
        wrong = {
            finding.name: finding.differences for finding in reconcile(company.id) if finding.differences
        }
    if wrong:
        raise AssertionError(f"The audit found differences: {wrong}")


def _duck(company: Made, file: Path) -> tuple[Callable[[], None], int]:
    """A call that sums the same facts by rep and day in DuckDB, and how many facts there are."""
    import duckdb

    from metrics.components import COMPONENTS, ROLLED

    with closing(loader()) as link, link.cursor() as cursor, file.open("wb") as target:
        columns = "company_id, kind, rep_id, day, v1, v2"
        cursor.copy_expert(
            f"COPY (SELECT {columns} FROM metrics_fact WHERE company_id = {company.id}) TO STDOUT (FORMAT csv, HEADER)",
            target,
        )
    duck = duckdb.connect()
    duck.execute("SET threads = 1")
    duck.execute(f"CREATE TABLE fact AS SELECT * FROM read_csv('{file}')")
    file.unlink()
    sums = ", ".join(f"CAST({component.sql} AS BIGINT) AS {component.name}" for component in COMPONENTS)
    query = (
        f"CREATE OR REPLACE TABLE rep_day AS SELECT company_id, rep_id, day, {sums} FROM fact f"
        f" WHERE f.company_id = {company.id} AND {ROLLED} GROUP BY company_id, rep_id, day"
    )
    return lambda: duck.execute(query) and None, duck.execute("SELECT count(*) FROM fact").fetchall()[0][0]
