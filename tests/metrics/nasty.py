"""Small record sets on which careless counting goes wrong, made from a seed.

Instants cluster: around midnights and changes of the clock, in the same minute or the same second, exactly
one follow-up window or thirty days apart and a second beside it. Files hold bad rows, rows twice, times with
and without an offset, people nobody entered, and e-mail addresses in mixed case.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86_400))
REPS = [f"rep{n}@nasty.example" for n in range(1, 5)]
LEADS = ["lead1@nasty.example", "lead2@nasty.example"]
LEADER = "leader@nasty.example"
STUB = "stranger@elsewhere.example"
TEAM = [*REPS, *LEADS, STUB]
REQUESTERS = ["asker1@x.example", "asker2@x.example", REPS[0], ""]
CUSTOMERS = ["C1", "C2", "C3", ""]
CATEGORIES = ["Billing", "Delivery", ""]
EVENTS = ["assigned", "replied", "noted", "customer_replied", "pending", "held", "resolved", "resolved"]
EVENTS += ["reopened", "reopened", "closed"]


@dataclass(frozen=True)
class Scene:
    """A company's zones, and the local midnight around which things happen."""

    name: str
    zones: tuple[tuple[date, str], ...]
    night: datetime

    @property
    def now(self) -> datetime:
        return self.night + timedelta(days=40, hours=3, seconds=7)


ALWAYS = date(1900, 1, 1)


def scene(zone: str, night: str, *later: tuple[str, str]) -> Scene:
    zones = ((ALWAYS, zone), *((date.fromisoformat(day), other) for day, other in later))
    local = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone))
    return Scene(zone, zones, local.astimezone(UTC))


SCENES = (
    scene("UTC", "2024-02-29"),
    scene("Europe/Berlin", "2024-10-27"),
    scene("Europe/Berlin", "2024-03-31"),
    scene("America/Havana", "2024-11-03"),  # has midnight twice
    scene("Africa/Cairo", "2024-04-26"),  # begins at one o'clock
    scene("Pacific/Apia", "2011-12-31"),  # the day before does not exist
    scene("America/St_Johns", "2006-10-29"),  # goes back at one minute past midnight
    scene("Australia/Lord_Howe", "2024-04-07"),  # by half an hour
    scene("Asia/Kolkata", "2024-06-15"),
    scene(
        "America/Los_Angeles", "2024-05-01", ("2024-05-01", "Asia/Tokyo"), ("2024-05-10", "Pacific/Honolulu")
    ),
)


def records(seed: int, scene: Scene, tickets: int = 30) -> dict[str, list[dict]]:
    """{kind: rows}, every row a dict of cells."""
    return _Nasty(random.Random(f"{scene.name} {scene.night} {seed}"), scene).all(tickets)


class _Nasty:
    def __init__(self, rng: random.Random, scene: Scene):
        self.rng, self.scene = rng, scene
        self.seen: list[datetime] = [scene.night]

    def all(self, tickets: int) -> dict[str, list[dict]]:
        rows: dict[str, list[dict]] = {"people": self.people(), "reporting_lines": self.lines()}
        rows["customers"] = [
            {"external_id": name, "owner_email": self.rng.choice([*TEAM[:3], STUB, ""])}
            for name in CUSTOMERS
            if name
        ]
        rows["revenue"] = self.revenue()
        rows["tickets"], rows["ticket_events"] = [], []
        for number in range(1, tickets + 1):
            self.ticket(f"T{number}", rows)
        self.repeat(rows["tickets"], "subject")
        self.shuffle_between_tickets(rows["ticket_events"])
        rows["ticket_events"] += self.impossible_events()
        rows["surveys"] = self.surveys(tickets)
        rows["shifts"] = self.shifts()
        return rows

    # ---- instants ----------------------------------------------------------------------------------------------

    def instant(self, after: datetime | None = None, width: timedelta = 20 * DAY) -> datetime:
        """Often beside another one, at a telling distance; never before `after`, never later than now."""
        rng = self.rng
        if rng.random() < 0.6:
            distance = rng.choice(
                [timedelta(0), timedelta(0), MINUTE, HOUR, DAY, 7 * DAY, -7 * DAY, 30 * DAY]
            )
            found = rng.choice(self.seen) + distance + rng.choice([-1, 0, 0, 0, 1]) * SECOND
        else:
            found = self.scene.night + rng.uniform(-0.4, 0.6) * width
            found = found.replace(microsecond=rng.choice([0, 0, 0, 999_999]))
        if after is not None and found < after:
            found = after + rng.choice([timedelta(0), SECOND, 59 * SECOND, 5 * MINUTE, 3 * HOUR, 2 * DAY])
        found = min(found, self.scene.now - HOUR)
        found = max(found, after) if after is not None else found
        self.seen.append(found)
        return found

    def cell(self, instant: datetime) -> str:
        """ISO 8601, with an offset or in the company's zone where that is not ambiguous."""
        zone = ZoneInfo(self.scene.zones[0][1])
        local = instant.astimezone(zone)
        naive = local.replace(tzinfo=None)
        is_plain = (
            len(self.scene.zones) == 1 and naive.replace(tzinfo=zone, fold=0).astimezone(UTC) == instant
        )
        if is_plain and self.rng.random() < 0.3:
            return naive.isoformat()
        return self.rng.choice([instant, local]).isoformat().replace("+00:00", "Z")

    def somebody(self, *others: str) -> str:
        email = self.rng.choice([*TEAM, *others])
        return email.upper() if self.rng.random() < 0.1 else email

    # ---- people ------------------------------------------------------------------------------------------------

    def people(self) -> list[dict]:
        started = (self.scene.night - 5 * DAY).date().isoformat()
        rows = [{"email": LEADER, "role": "leader"}]
        rows += [{"email": lead, "role": "manager", "manager_email": LEADER} for lead in LEADS]
        for number, rep in enumerate(REPS):
            starts = started if number == 1 else ""
            rows.append(
                {"email": rep, "role": "rep", "manager_email": LEADS[number % 2], "started_on": starts}
            )
        return rows

    def lines(self) -> list[dict]:
        """Some move to the other manager, some on the 15th, some on the very night."""
        night = self.scene.night.date()
        days = [night.replace(day=15), night, night + DAY, night + 9 * DAY]
        moves = [
            (rep, self.rng.choice([*LEADS, LEADER]), day)
            for rep in REPS[:3]
            for day in self.rng.sample(days, 2)
        ]
        return [{"email": rep, "manager_email": lead, "from_on": day.isoformat()} for rep, lead, day in moves]

    # ---- tickets -----------------------------------------------------------------------------------------------

    def ticket(self, name: str, rows: dict[str, list[dict]]) -> None:
        opened = self.instant()
        row = {
            "external_id": name,
            "opened_at": self.cell(opened),
            "requester_email": self.rng.choice(REQUESTERS),
            "customer_external_id": self.rng.choice(CUSTOMERS),
            "category": self.rng.choice(CATEGORIES),
            "assignee_email": self.somebody(""),
        }
        if self.rng.random() < 0.5:
            row["first_response_due_at"] = self.cell(self.instant(opened))
        if self.rng.random() < 0.6:
            self.state(row, opened)
        if self.rng.random() < 0.7:
            self.events(name, opened, row["requester_email"], rows["ticket_events"])
        rows["tickets"].append(row)

    def state(self, row: dict, opened: datetime) -> None:
        """What the columns say of its life, in accord with the events or not."""
        rng = self.rng
        row["status"] = rng.choice(
            ["", "open", "pending", "on_hold", "resolved", "closed", "closed", "merged", "spam"]
        )
        if rng.random() < 0.2:
            row["merged_into_external_id"] = rng.choice(["T1", "T2", "T999"])
        if rng.random() < 0.5:
            row["first_response_at"] = self.cell(self.instant(opened))
            row["first_responder_email"] = self.somebody("", row["requester_email"])
        if rng.random() < 0.7:
            resolved = self.instant(opened)
            row["resolved_at"], row["resolver_email"] = (
                self.cell(resolved),
                self.actor("", row["requester_email"]),
            )
            if rng.random() < 0.5:
                row["last_resolved_at"] = self.cell(self.instant(resolved))
        if rng.random() < 0.3:
            row["closed_at"] = self.cell(self.instant(opened))
        row["reopened_count"] = rng.choice(["", "0", "0", "1", "2"])
        row["handle_seconds"] = rng.choice(["", "0", "30", "600"])

    def events(self, name: str, opened: datetime, requester: str, rows: list[dict]) -> None:
        at = opened
        for _number in range(self.rng.randint(1, 9)):
            if self.rng.random() < 0.7:
                at = self.instant(at) if self.rng.random() < 0.7 else at
            event = (
                self.rng.choice(EVENTS) if self.rng.random() < 0.97 else self.rng.choice(["merged", "spam"])
            )
            row = {"ticket_external_id": name, "occurred_at": self.cell(at), "event": event}
            row["actor_email"] = self.actor(event, requester)
            if event == "assigned":
                row["assignee_email"] = self.somebody("", "")
            if event == "replied" and self.rng.random() < 0.2:
                row["is_public"] = "false"
            if self.rng.random() < 0.4 and row["actor_email"].lower() != requester:
                row["seconds"] = self.rng.choice(["0", "1", "300"])
            rows.append(row)

    def actor(self, event: str, requester: str) -> str:
        """The requester writes and does nothing else; the rest is somebody's or nobody's work."""
        if event == "customer_replied":
            return requester
        if event == "replied" and self.rng.random() < 0.4:
            return requester
        return self.rng.choice(
            ["", *[email for email in (self.somebody(), self.somebody()) if email.lower() != requester]]
        )

    def shuffle_between_tickets(self, rows: list[dict]) -> None:
        """Tickets lie mixed in the file, and one in four is told backwards."""
        by_ticket: dict[str, list[dict]] = {}
        for row in rows:
            by_ticket.setdefault(row["ticket_external_id"], []).append(row)
        for told in by_ticket.values():
            if self.rng.random() < 0.25:
                told.reverse()
        order = [row["ticket_external_id"] for row in rows]
        self.rng.shuffle(order)
        rows[:] = [by_ticket[name].pop(0) for name in order]

    def impossible_events(self) -> list[dict]:
        early = (self.scene.night - 300 * DAY).isoformat()
        return [
            {"ticket_external_id": "T404", "occurred_at": self.scene.night.isoformat(), "event": "resolved"},
            {"ticket_external_id": "T1", "occurred_at": early, "event": "resolved", "actor_email": REPS[0]},
        ]

    def repeat(self, rows: list[dict], *changed: str) -> None:
        """Some rows stand in the file twice; the last one counts."""
        for row in self.rng.sample(rows, min(3, len(rows))):
            rows.append({**row, **dict.fromkeys(changed, "again")})

    # ---- answers, shifts, money --------------------------------------------------------------------------------

    def surveys(self, tickets: int) -> list[dict]:
        rows = []
        for number in range(1, 25):
            kind = self.rng.choice(["csat", "nps", "ces"])
            ticket = f"T{self.rng.randint(1, tickets)}" if self.rng.random() < 0.6 else ""
            at = self.instant()
            for _again in range(self.rng.choice([1, 1, 2, 4])):
                rows.append(self.answer(kind, f"S{number % 20}", at, ticket))
                at = min(
                    at + self.rng.choice([-DAY, HOUR, DAY, 30 * DAY, 30 * DAY + SECOND, 0 * DAY]),
                    self.scene.now,
                )
        self.rng.shuffle(rows)
        rows += [{**self.answer("csat", "", self.instant(), ""), "rep_email": REPS[0]}] * 2
        rows.append({**self.answer("nps", "S99", self.instant(), ""), "score": "11"})
        rows.append({**self.answer("csat", "S98", self.instant(), ""), "score": "0"})
        return rows

    def answer(self, kind: str, external_id: str, at: datetime, ticket: str) -> dict:
        low, high = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}[kind]
        return {
            "kind": kind,
            "external_id": external_id,
            "score": str(self.rng.randint(low, high)),
            "answered_at": at.isoformat(),
            "ticket_external_id": ticket,
            "customer_external_id": self.rng.choice(CUSTOMERS),
            "rep_email": self.rng.choice(["", "", *REPS]),
        }

    def shifts(self) -> list[dict]:
        rows = []
        for rep in REPS:
            for _number in range(4):
                start = min(self.instant().replace(microsecond=0), self.scene.now - 5 * DAY)
                length = self.rng.choice([SECOND, 8 * HOUR, 23 * HOUR, 30 * HOUR, 4 * DAY])
                rows.append(
                    {"email": rep, "started_at": start.isoformat(), "ended_at": (start + length).isoformat()}
                )
        return rows

    def revenue(self) -> list[dict]:
        first = (self.scene.night - 40 * DAY).date().replace(day=1)
        months = [first, (first + 32 * DAY).replace(day=1)]
        rows = [
            {"customer_external_id": name, "month": f"{month:%Y-%m}", "amount": amount, "currency": "EUR"}
            for month in months
            for name, amount in zip(["C1", "C2", "C3", "C7"], self.amounts(), strict=True)
        ]
        rows.append({**rows[0], "amount": "77.77"})
        return [*rows, {**rows[1], "currency": "USD"}]

    def amounts(self) -> list[str]:
        return [self.rng.choice(["0", "-5", "100", "99.99", "0.01"]) for _ in range(4)]
