"""The benchmarks on a handful of tickets: that they run, and that what they make up is consistent."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.timing import Result, medians, percentile

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    *("record and drain", "full rebuild", "full audit", "import of", "peak memory", "oldest mark", "ping"),
    *(
        "page: board of a rep",
        "page: saving a ticket",
        "page: queue, common word",
        "page: playbook search, common word",
        "page: run page",
        "hiring: board",
        "hiring: reports",
        "hiring: a step saved while",
        "queries",
        "readers at once",
    ),
)
AUDIT = """
import json, sys
from pathlib import Path
from bench import place
with place.prepared(Path(sys.argv[1]) / "bench"):
    from bench import data
    from metrics.reconcile import reconcile
    made = data.fill({"few": data.Size(3, 40, 8), "more": data.Size(30, 400, 16)})
    findings = [finding for company in made.values() for finding in reconcile(company.id)]
    print(json.dumps([[f.level, f.name, f.compared, f.differences] for f in findings]))
"""


@pytest.fixture(scope="module")
def folder():
    """A short path, which the account that the servers run as can reach."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)


def python(folder: Path, *arguments: str) -> str:
    """What a Python process of its own prints, with servers of its own."""
    ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "APP_DATABASE_URL", "REDIS_URL", "TEST_CLOCK", "SECRET_KEY")
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"VAR": str(folder), "SCALE": "300", "LOAD_SECONDS": "2"}
    done = subprocess.run(
        [sys.executable, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.worker
def test_it_measures_everything_and_writes_the_results(folder):
    results = folder / "results.json"
    printed = python(folder, "-m", "bench", "--rounds", "1", "--results", str(results))
    found = json.loads(results.read_text())
    for part in PARTS:
        assert any(part in row["name"] for row in found), part
    for row in found:
        assert set(row) == {"name", "ratio", "target", "runs", "ok"}
        assert row["name"] in printed
        assert row["ratio"] >= 0
        assert row["runs"] > 0
        if "errors" in row["name"]:
            assert row["ok"], row
    assert set(json.loads((folder / "pages-300.json").read_text())) >= {"queue", "ticket", "saving a ticket"}


def test_the_made_up_companies_are_right_to_the_last_fact(folder):
    findings = json.loads(python(folder, "-c", AUDIT, str(folder)))
    assert [finding for finding in findings if finding[3]] == []
    assert all(compared for _level, name, compared, _ in findings if name != "revenue")


def test_a_result_is_ok_up_to_its_target_and_only_if_it_is_valid():
    assert Result("a", 1.1, 1.1, 3).ok
    assert not Result("a", 1.11, 1.1, 3).ok
    assert not Result("a", 0.5, 1.1, 3, is_valid=False).ok


def test_medians_take_turns():
    turns = []
    found = medians({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, rounds=2, warm_up=1)
    assert turns == ["a", "b"] * 3
    assert set(found) == {"a", "b"}
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
