"""Pages as people open them, against the smallest page of a signed-in person (`/ping/`).

Each is read through the whole WSGI application by whom it is for: the own figures by a rep, the team by its manager,
the rest by the leader. What was measured is kept beside the results, by scale: the next run at another scale tells
how much a page's ratio has grown.
"""

import itertools
import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

from bench import playbooks
from bench.calling import Caller, queries
from bench.data import Made
from bench.serving import PATIENCE, opener, web_server
from bench.statements import COMMON, RARE
from bench.timing import Result, in_words, medians, percentile

TARGETS = {
    "board of a rep": 4,
    "board of a team": 7,
    "board of the company": 12,
    "queue": 5,
    "search, rare word": 10,
    "search, common word": 10,
    "queue, rare word": 10,
    "queue, common word": 10,
    "ticket": 8,
    "saving a ticket": 8,
    "playbook search, rare word": 5,
    "playbook search, common word": 5,
    "playbook search, three letters": 5,
    "playbook search, typo": 5,
    "playbook search, nothing": 5,
    "run page": 5,
}
MOST_QUERIES = 15
GROWTH = 1.2
READERS, PAGES_EACH = 20, 10


def run(company: Made, rounds: int, scale: int, folder: Path) -> list[Result]:
    leader = Caller(company)
    rep, manager = Caller(company, "rep"), Caller(company, "manager")
    ticket = _a_ticket(company)
    work = playbooks.prepared(company, scale, leader)
    addresses = {
        "board of a rep": (rep, f"/dashboards/rep/{rep.member.id}/"),
        "board of a team": (manager, "/team/"),
        "board of the company": (leader, "/company/"),
        "queue": (leader, "/tickets/"),
        "search, rare word": (leader, f"/search/?q={RARE}"),
        "search, common word": (leader, f"/search/?q={COMMON}"),
        "queue, rare word": (leader, f"/tickets/?q={RARE}"),
        "queue, common word": (leader, f"/tickets/?q={COMMON}"),
        "ticket": (leader, f"/tickets/{ticket}/"),
        "playbook search, rare word": (rep, f"/playbooks/search/?q={playbooks.RARE}"),
        "playbook search, common word": (rep, f"/playbooks/search/?q={playbooks.COMMON}"),
        "playbook search, three letters": (rep, "/playbooks/search/?q=pla"),
        "playbook search, typo": (rep, f"/playbooks/search/?q={playbooks.TYPO}"),
        "playbook search, nothing": (rep, f"/playbooks/search/?q={playbooks.NOTHING}"),
        "run page": (leader, f"/playbooks/runs/{work.run}/"),
    }
    works: dict[str, Callable[[], None]] = {"ping": leader.ping}
    works |= {name: caller.page(address) for name, (caller, address) in addresses.items()}
    works["saving a ticket"] = _saving(rep)
    found = medians(works, rounds, warm_up=5)
    return [
        *_ratios(found, rounds),
        *_growth(found, rounds, scale, folder),
        *(_queries(name, works[name]) for name in addresses),
        *_together([(caller.cookies, address) for caller, address in addresses.values()]),
    ]


def _ratios(found: dict[str, float], rounds: int) -> list[Result]:
    ping = found["ping"]
    return [
        Result(f"page: {name} / ping", found[name] / ping, target, rounds,
               f"{in_words(found[name])} / {in_words(ping)}")
        for name, target in TARGETS.items()
    ]  # fmt: skip


def _growth(found: dict[str, float], rounds: int, scale: int, folder: Path) -> list[Result]:
    """Each page's ratio here, against that of a run with fewer tickets, if there was one; keeps ours for the next."""
    ratios = {name: found[name] / found["ping"] for name in TARGETS}
    (folder / f"pages-{scale}.json").write_text(json.dumps(ratios, indent=1) + "\n")
    others = {int(path.stem.removeprefix("pages-")): path for path in folder.glob("pages-*.json")}
    smaller = [other for other in others if other < scale]
    if not smaller:
        return []
    before = json.loads(others[max(smaller)].read_text())
    return [
        Result(f"page: {name}, {scale:,} tickets / {max(smaller):,}", ratio / before[name], GROWTH, rounds,
               f"{ratio:.2f} / {before[name]:.2f} pings")
        for name, ratio in ratios.items()
        if name in before
    ]  # fmt: skip


def _queries(name: str, work: Callable[[], None]) -> Result:
    return Result(f"page: {name}, queries", queries(work), MOST_QUERIES, 1)


def _saving(rep: Caller) -> Callable[[], None]:
    """A call that logs one more ticket of a customer."""
    from customers.models import Customer

    customer = Customer.objects.filter(company_id=rep.company.id).earliest("id")
    numbers = itertools.count(1)

    def work() -> None:
        rep.post(
            "/tickets/new/",
            {
                "once": token_hex(6),
                "customer": str(customer.id),
                "customer_name": customer.name,
                "subject": f"Question about the export {next(numbers)}",
                "body": "The export stops after the first page. " * 5,
                "category_name": "Category 1",
                "channel": "1",
                "priority": "normal",
                "assignee": str(rep.member.id),
            },
        )

    return work


def _a_ticket(company: Made) -> int:
    """The newest with everything: answered, resolved and rated."""
    from customers.models import Survey

    return (
        Survey.objects.filter(company_id=company.id, ticket__resolved_at__isnull=False).latest("id").ticket_id
    )


# --- Many at once -------------------------------------------------------------------------------------------------


def _together(pages: list[tuple[str, str]]) -> list[Result]:
    """Readers who all open pages at the same time, over HTTP from the real web server."""
    with web_server() as site, ThreadPoolExecutor(READERS) as readers:
        begun = time.monotonic()
        done = list(readers.map(lambda number: _read(site, pages, number), range(READERS)))
        seconds = time.monotonic() - begun
    failures = [said for each in done for said, _ in each if said]
    times = [taken for each in done for _, taken in each]
    note = (
        f"{len(times) / seconds:.0f} pages a second, p50 {in_words(percentile(times, 0.5))}, "
        f"p95 {in_words(percentile(times, 0.95))}{'; ' + failures[0] if failures else ''}"
    )
    return [Result(f"pages: errors of {READERS} readers at once", len(failures), 0, len(times), note)]


def _read(site: str, pages: list[tuple[str, str]], number: int) -> list[tuple[str, float]]:
    """What went wrong ("" for nothing) and how long it took, for each of some pages."""
    way, found = opener(), []
    for turn in range(PAGES_EACH):
        cookies, address = pages[(number + turn) % len(pages)]
        begun, said = time.monotonic(), ""
        try:
            request = urllib.request.Request(site + address, headers={"Cookie": cookies})
            with way.open(request, timeout=PATIENCE) as answer:
                answer.read()
                said = "" if answer.url == site + address else f"{address} leads to {answer.url}"
        except OSError as error:  # HTTPError is one
            said = f"{address}: {error}"
        found.append((said, time.monotonic() - begun))
    return found
