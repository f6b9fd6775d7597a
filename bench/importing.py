"""Imports one file into a company and prints {"seconds", "peak_bytes"}: started by `bench.imports`."""

import json
import resource
import sys
from pathlib import Path

import django


def main(slug: str, file: Path) -> None:
    django.setup()
    from accounts.models import Company
    from bench.timing import taken
    from customers.imports.engine import import_file

    company = Company.objects.get(slug=slug)
    reports = []
    seconds = taken(lambda: reports.append(import_file(company, file, "tickets")))
    if reports[0].failure or reports[0].refused:
        sys.exit(f"{reports[0].failure} {reports[0].refused} rows refused, see {reports[0].error_file}")
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes()}))


def peak_bytes() -> int:
    """The most memory this process ever held. What getrusage says may be the parent's, from before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
