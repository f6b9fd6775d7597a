"""The crash proofs at full length: `python -m bench.chaos`, what `make chaos` runs.

Half an hour of what the suite does in two minutes: fifty kills while everybody writes, a long search by
hypothesis over a desk at work, more generated files against the oracle. Ends with pytest's summary and its
exit code. Every variable below can be set from outside, and arguments go to pytest.
"""

import os
import subprocess
import sys

FULL = {
    "CHAOS_KILLS": "50",
    "CHAOS_SECONDS": "100",
    "CHAOS_DEMO": "1",
    "DESK_EXAMPLES": "300",
    "DESK_STEPS": "60",
    "METRICS_SEEDS": "20",
    "LEAKS": "all",
    "OFFLINE_SECONDS": "60",
}
PROOFS = (
    "tests/chaos",
    "tests/accounts/test_setup_worker.py",
    "tests/customers/test_upload_worker.py",
    "tests/browser/test_hiring_story.py",
    "tests/hiring/test_leaks.py",
    "tests/metrics/test_interleaving.py",
    "tests/metrics/test_stateful.py",
    "tests/metrics/test_against_oracle.py",
)


def main(arguments: list[str]) -> int:
    # One process: the crash proofs mean to have the machine to themselves.
    command = [sys.executable, "-m", "pytest", "-n", "0", *PROOFS, *arguments]
    lengths = {name: os.environ.get(name, full) for name, full in FULL.items()}
    print("Full length:", ", ".join(f"{name}={value}" for name, value in lengths.items()), flush=True)
    return subprocess.run(command, env={**os.environ, **lengths}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
