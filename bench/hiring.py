"""Hiring: the pages of a job with 5,000 people in its pipeline, and 50 interviews that are written down at once.

Pages are read by the manager who hires for the job. A step of the interview room is saved twice over: within this
process, in one room after the other, and over HTTP, where 50 people write at the pace of the room's autosave and each
takes a `/ping/` in between: both sides of that ratio wait in the same queue.
"""

import itertools
import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from urllib.parse import urlencode

from bench import applicants
from bench.calling import TOKEN, Caller, queries
from bench.data import Made
from bench.serving import PATIENCE, opener, web_server
from bench.timing import Result, in_words, medians, percentile

APPLICATIONS, INTERVIEWS = 5_000, 50
MOST_QUERIES = 15
TARGETS = {
    "the jobs": 12,
    "board": 12,
    "table": 8,
    "candidate": 8,
    "debrief": 8,
    "reports": 12,
    "reports of one job": 12,
    "a step of the room saved": 8,
}
# Between two savings of somebody who writes all the time; the room's script saves 1.5 s after the last key.
PAUSE = 3.0
EVIDENCE = "He asked what the customer had tried, said it back in other words, and came back a day later. "


def run(company: Made, rounds: int, scale: int, seconds: float) -> list[Result]:
    manager = Caller(company, "manager")
    people = _interviewers(company)
    pool = applicants.found(company, manager.member) or applicants.fill(
        company, manager.member, [each.member.id for each in people], max(min(scale // 20, APPLICATIONS), 120)
    )
    rooms = _rooms(company, pool, people)
    saving = itertools.cycle(rooms)
    addresses = {
        "the jobs": "/hiring/",
        "board": f"/hiring/requisitions/{pool.requisition.id}/board/",
        "table": f"/hiring/requisitions/{pool.requisition.id}/board/?view=table&state=active",
        "candidate": f"/hiring/applications/{pool.application.id}/",
        "debrief": f"/hiring/applications/{pool.application.id}/debrief/",
        "reports": "/hiring/reports/",
        "reports of one job": f"/hiring/reports/?requisition={pool.requisition.id}",
    }
    works: dict[str, Callable[[], None]] = {"ping": manager.ping}
    works |= {name: manager.page(address) for name, address in addresses.items()}
    works["a step of the room saved"] = lambda: next(saving).save()
    found = medians(works, rounds, warm_up=3)
    ping = found["ping"]
    return [
        *(
            Result(f"hiring: {name} / ping", found[name] / ping, target, rounds,
                   f"{in_words(found[name])} / {in_words(ping)}")
            for name, target in TARGETS.items()
        ),
        *(Result(f"hiring: {name}, queries", queries(works[name]), MOST_QUERIES, 1) for name in TARGETS),
        *_at_once(rooms, seconds),
    ]  # fmt: skip


@dataclass
class Room:
    """Somebody's scorecard of an interview that goes on. sent: how often it was saved."""

    caller: Caller
    card: int
    attribute: int
    edits: int
    mark: str = ""
    sent: int = 0
    took: list[tuple[float, float]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/hiring/scorecards/{self.card}/steps/{self.attribute}/"

    def fields(self) -> dict[str, str]:
        """What the page sends: the whole step, with a longer answer each time."""
        self.sent += 1
        return {
            "rating": str(1 + self.sent % 5),
            "evidence": EVIDENCE * (1 + self.sent % 20),
            "sign-0": "on",
            "quote-0": f"I called them back, {self.sent} times.",
            "quote-1": "",
            "edits": str(self.edits),
            "mark": self.mark,
        }

    def take(self, answer: bytes) -> None:
        told = json.loads(answer)
        self.edits, self.mark = told["edits"], told["mark"]

    def save(self) -> None:
        self.take(self.caller.post(self.path, self.fields(), wanted=200, HTTP_ACCEPT="application/json"))


def _interviewers(company: Made) -> list[Caller]:
    """Everybody who interviews; with few reps some of them sit in more than one room."""
    return [Caller(company, "rep", number) for number in range(1, min(company.size.reps, INTERVIEWS) + 1)]


def _rooms(company: Made, pool: applicants.Pool, people: list[Caller]) -> list[Room]:
    """50 interviews that began ten minutes ago, of candidates in the panel's stage."""
    from hiring.actions.interviews import plan_interview
    from hiring.actions.scorecards import declare_no_conflict
    from hiring.models import Application, Scorecard

    stage = pool.requisition.stages.get(kind="panel")
    in_stage = Application.objects.filter(requisition=pool.requisition, state="active").order_by(
        "-stage__position"
    )
    attributes = list(stage.kit.attributes.values_list("attribute_id", flat=True))
    rooms = []
    for number, application in enumerate(in_stage.exclude(id=pool.application.id)[:INTERVIEWS]):
        caller = people[number % len(people)]
        interview = plan_interview(
            actor=pool.requisition.owner,
            application=application,
            stage=stage,
            kit=stage.kit,
            starts_at=company.now - timedelta(minutes=10),
            ends_at=company.now + timedelta(minutes=35),
            zone="UTC",
            panel={caller.member.id: "lead", people[(number + 1) % len(people)].member.id: "scorer"},
        )
        card = Scorecard.objects.get(interview=interview, member=caller.member)
        card = declare_no_conflict(actor=caller.member, card=card)
        rooms.append(Room(caller, card.id, attributes[number % len(attributes)], card.edits))
    return rooms


def _at_once(rooms: list[Room], seconds: float) -> list[Result]:
    with web_server() as site, ThreadPoolExecutor(len(rooms)) as writers:
        failures = [
            said
            for said in writers.map(lambda n: _write(site, rooms[n], n, seconds), range(len(rooms)))
            if said
        ]
    saves, pings = zip(*(pair for room in rooms for pair in room.took), strict=True)
    note = (
        f"{in_words(median(saves))} / {in_words(median(pings))}, p95 {in_words(percentile(list(saves), 0.95))};"
        f" {len(saves) / seconds:.0f} savings a second"
    )
    return [
        Result(f"hiring: a step saved while {len(rooms)} people write / ping", median(saves) / median(pings),
               TARGETS["a step of the room saved"], len(saves), note),
        Result(f"hiring: errors of {len(rooms)} people who write at once", len(failures), 0, len(saves),
               failures[0] if failures else ""),
    ]  # fmt: skip


def _write(site: str, room: Room, number: int, seconds: float) -> str:
    """Saves and pings until the time is over; what went wrong, or nothing."""
    way, cookies = opener(), {"Cookie": room.caller.cookies}
    time.sleep(PAUSE * number / INTERVIEWS)
    begun = time.monotonic()
    for turn in itertools.count():
        try:
            saved, answer = _timed(way, _request(site, room, cookies))
            room.take(answer)
            pinged, _nothing = _timed(way, urllib.request.Request(f"{site}/ping/", headers=cookies))
        except (OSError, ValueError) as error:  # HTTPError is one
            return f"{room.path}: {error}"
        room.took.append((saved, pinged))
        left = begun + (turn + 1) * PAUSE - time.monotonic()
        if time.monotonic() + max(left, 0) >= begun + seconds:
            return ""
        time.sleep(max(left, 0))
    return ""


def _request(site: str, room: Room, cookies: dict[str, str]) -> urllib.request.Request:
    body = urlencode(room.fields() | {"csrfmiddlewaretoken": TOKEN}).encode()
    headers = {**cookies, "Accept": "application/json"}
    return urllib.request.Request(site + room.path, body, headers)


def _timed(way: urllib.request.OpenerDirector, request: urllib.request.Request) -> tuple[float, bytes]:
    begun = time.perf_counter()
    with way.open(request, timeout=PATIENCE) as answer:
        content = answer.read()
    return time.perf_counter() - begun, content
