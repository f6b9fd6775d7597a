"""The importer: its pace against the least that could be done with a file, and its memory.

Each import runs in a process of its own, into a company of its own. The least is: parse the file, COPY its
cells into a table of text.
"""

import csv
import io
import json
import random
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median

from bench.place import ROOT, loader
from bench.timing import Result, in_words, taken

TIMES = 4
# fmt: off
COLUMNS = (
    "external_id", "opened_at", "customer_external_id", "requester_email", "subject", "body",
    "status", "category", "priority", "channel", "assignee_email", "first_response_at",
    "first_responder_email", "resolved_at", "resolver_email", "handle_seconds",
    "first_response_due_at",
)
# fmt: on
_numbers = count(1)


def run(rows: int, folder: Path, rounds: int) -> list[Result]:
    """rows: of the smaller file; the larger one has four times as many."""
    small, large = _file(folder, rows), _file(folder, TIMES * rows)
    seconds, copied, memory = [], [], {small: [], large: []}
    for _ in range(rounds):
        for file in (small, large):
            done = _import(file)
            memory[file].append(done["peak_bytes"])
        seconds.append(done["seconds"])
        copied.append(_copy(large))
    flat, steep = median(memory[small]), median(memory[large])
    for file in (small, large):
        file.unlink()
    pace = TIMES * rows / median(seconds)
    return [
        Result(
            "import of tickets / parse and COPY of the same file",
            median(seconds) / median(copied),
            100,
            rounds,
            f"{in_words(median(seconds))} / {in_words(median(copied))}, {pace:,.0f} rows a second",
        ),
        Result(
            f"peak memory of an import: {TIMES * rows:,} rows / {rows:,}",
            steep / flat,
            1.1,
            rounds,
            f"{steep / 2**20:.0f} MB / {flat / 2**20:.0f} MB",
        ),
    ]


def _file(folder: Path, rows: int) -> Path:
    """Tickets of two years as another system would export them."""
    dice = random.Random(rows)
    path = folder / f"tickets-{rows}.csv"
    first = datetime.now(UTC).replace(microsecond=0) - timedelta(days=730)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            opened = first + timedelta(seconds=number * 700 * 86_400 // rows)
            replied = opened + timedelta(seconds=int(dice.lognormvariate(7.2, 1.1)))
            solved = replied + timedelta(seconds=int(dice.lognormvariate(9.2, 1.0)))
            rep, account = f"rep{dice.randrange(40)}@team.example", dice.randrange(rows // 10 + 1)
            customer, requester = f"C{account}", f"r{account}@customer.example"
            words = "The router loses its connection every evening. " * dice.randrange(1, 8)
            line = [
                f"E{number}",
                opened.isoformat(),
                customer,
                requester,
                f"Question {number}",
                words,
                "resolved",
            ]
            line += [f"Category {dice.randrange(12)}", "normal", "email", rep, replied.isoformat(), rep]
            line += [
                solved.isoformat(),
                rep,
                dice.randrange(60, 900),
                (opened + timedelta(hours=1)).isoformat(),
            ]
            writer.writerow(line)
    return path


def _import(file: Path) -> dict:
    """{"seconds", "peak_bytes"} of an import in a process of its own, facts included."""
    from accounts.actions import create_company

    slug = f"import-{next(_numbers)}-{datetime.now(UTC):%H%M%S}"
    create_company(slug=slug, name=slug, zone="UTC", admin_email=f"admin@{slug}.example")
    command = [sys.executable, "-m", "bench.importing", slug, str(file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return json.loads(done.stdout)


def _copy(file: Path) -> float:
    with closing(loader()) as link, link.cursor() as cursor:
        columns = ", ".join(f"{column} text" for column in COLUMNS)
        cursor.execute(f"DROP TABLE IF EXISTS bench_copy; CREATE TABLE bench_copy ({columns})")

        def work() -> None:
            aside = io.StringIO()
            with file.open(newline="") as lines:
                csv.writer(aside).writerows(csv.reader(lines))
            aside.seek(0)
            cursor.copy_expert("COPY bench_copy FROM STDIN (FORMAT csv, HEADER)", aside)

        return taken(work)
