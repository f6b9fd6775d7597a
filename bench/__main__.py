"""`make bench`: measures the product against yardsticks of the same run, as ratios.

SCALE is the number of tickets of the large company (100000). FULL=1 keeps the writers up for five minutes.
Prints a table and writes bench/results.json: [{"name", "ratio", "target", "runs", "ok"}]. The part "pages" also
leaves bench/pages-SCALE.json, with which a run at another scale compares its own.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import place
from bench.timing import Result

PARTS = ("writes", "rollups", "dashboards", "pages", "hiring", "imports", "load")
YEARS = 1_095
TICKETS_A_REP = 2_500


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    scale = int(os.environ.get("SCALE") or 100_000)
    var = (Path(os.environ.get("VAR") or place.ROOT / "var") / "bench").resolve()
    begun = time.monotonic()
    with place.prepared(var, keep=asked.keep):
        results = _measured(scale, var, asked, begun)
    asked.results.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    print(f"\n{_table(results)}\n\n{asked.results} is written; {time.monotonic() - begun:.0f} s in all.")
    return 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--keep", action="store_true", help="work on the data of the last run")
    parser.add_argument("--rounds", type=int, default=0, help="repetitions, in place of what suits the scale")
    parser.add_argument("--results", type=Path, default=place.ROOT / "bench" / "results.json")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return asked


def _measured(scale: int, var: Path, asked: argparse.Namespace, begun: float) -> list[Result]:
    from bench import dashboards, data, hiring, imports, load, pages, rollups, writes

    reps = max(scale // TICKETS_A_REP, data.SPAN)
    sizes = {
        slug: data.Size(days, max(scale * days // YEARS, 1), reps)
        for slug, days in (("days", 10), ("months", 110), ("years", YEARS))
    }
    say(
        begun,
        f"{'Looking up' if asked.keep else 'Making'} {scale:,} tickets of {reps} reps in three years ...",
    )
    made = data.found(sizes) if asked.keep else data.fill(sizes)
    rounds = asked.rounds or (5 if scale <= 200_000 else 3)
    works: dict[str, Callable[[], list[Result]]] = {
        "writes": lambda: writes.run(made, 100 if rounds > 1 else 5),
        "rollups": lambda: rollups.run(made["years"], var / "run", rounds),
        "dashboards": lambda: dashboards.run(made, 10 * rounds),
        "pages": lambda: pages.run(made["years"], 10 * rounds, scale, asked.results.parent),
        "hiring": lambda: hiring.run(made["years"], 10 * rounds, scale, _load_seconds()),
        "imports": lambda: imports.run(min(max(scale // 20, 200), 25_000), var / "run", min(rounds, 2)),
        "load": lambda: load.run(made["years"], var, _load_seconds()),
    }
    results = []
    for part in PARTS:
        if not asked.parts or part in asked.parts:
            say(begun, f"{part} ...")
            results += works[part]()
    return results


def _load_seconds() -> float:
    return float(os.environ.get("LOAD_SECONDS") or (300 if os.environ.get("FULL") == "1" else 60))


def _table(results: list[Result]) -> str:
    width = max(len(result.name) for result in results)
    rows = [f"{'':{width}}    ratio   target  runs  ok   medians"]
    rows += [
        f"{r.name:{width}} {r.ratio:8.2f} {r.target:8.2f} {r.runs:5d}  {'yes' if r.ok else 'NO ':3}  {r.note}"
        for r in results
    ]
    return "\n".join(rows)


def say(begun: float, line: str) -> None:
    print(f"{time.monotonic() - begun:5.0f} s  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
