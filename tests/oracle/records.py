"""Import rows as plain data, read from csv or csv.gz in the import format, bad rows refused with a reason."""

import csv
import gzip
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from tests.oracle.zones import Zones

EVENTS = {
    "assigned",
    "replied",
    "noted",
    "customer_replied",
    "pending",
    "held",
    "resolved",
    "reopened",
    "closed",
    "merged",
    "spam",
}
SCALES = {"csat": range(1, 6), "ces": range(1, 8), "nps": range(11)}
# The order of the table of importable records.
KINDS = ("people", "reporting_lines", "customers", "revenue", "tickets", "ticket_events", "surveys", "shifts")


@dataclass(frozen=True)
class Person:
    email: str
    name: str = ""
    role: str = ""
    manager_email: str | None = None
    started_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True)
class Line:
    email: str
    manager_email: str
    from_on: date


@dataclass(frozen=True)
class Customer:
    external_id: str
    name: str = ""
    owner_email: str | None = None
    started_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Revenue:
    customer: str
    month: date  # its first day
    minor: int  # minor units
    currency: str


@dataclass(frozen=True)
class Ticket:
    external_id: str
    opened_at: datetime
    customer: str | None = None
    requester_email: str | None = None
    status: str = ""
    category: str = ""
    assignee_email: str | None = None
    first_response_at: datetime | None = None
    first_responder_email: str | None = None
    resolved_at: datetime | None = None
    resolver_email: str | None = None
    last_resolved_at: datetime | None = None
    reopened_count: int = 0
    closed_at: datetime | None = None
    handle_seconds: int | None = None
    first_response_due_at: datetime | None = None
    merged_into: str | None = None


@dataclass(frozen=True)
class Event:
    ticket: str
    occurred_at: datetime
    event: str
    actor_email: str | None = None
    assignee_email: str | None = None
    seconds: int | None = None
    is_public: bool = True


@dataclass(frozen=True)
class Survey:
    kind: str
    score: int
    answered_at: datetime
    external_id: str | None = None
    ticket: str | None = None
    customer: str | None = None
    rep_email: str | None = None


@dataclass(frozen=True)
class Shift:
    email: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Refusal:
    kind: str
    line: int  # of the file, the header being line 1
    column: str
    reason: str


@dataclass
class Records:
    """What was accepted. Events and surveys keep the order of the files."""

    people: dict[str, Person] = field(default_factory=dict)
    lines: dict[tuple[str, date], Line] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    revenue: dict[tuple[str, date], Revenue] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: dict[object, Event] = field(default_factory=dict)
    surveys: dict[object, Survey] = field(default_factory=dict)
    shifts: dict[tuple[str, datetime], Shift] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


class BadRowError(Exception):
    def __init__(self, column, reason):
        super().__init__(f"{column}: {reason}")
        self.column, self.reason = column, reason


class Row:
    """One row of a file: cells by column, an absent cell and an empty one are the same."""

    def __init__(self, cells, zones):
        self.cells = {key: str(value).strip() for key, value in cells.items() if key and value is not None}
        self.zones = zones

    def text(self, column):
        return self.cells.get(column, "")

    def required(self, column):
        if not self.text(column):
            raise BadRowError(column, "is required")
        return self.text(column)

    def key(self, column):
        return self.text(column) or None

    def email(self, column):
        """'E-mail addresses are compared without case.'"""
        return self.text(column).lower() or None

    def instant(self, column):
        return self._parsed(column, self.zones.instant)

    def day(self, column):
        return self._parsed(column, date.fromisoformat)

    def whole(self, column):
        return self._parsed(column, whole_number)

    def _parsed(self, column, parse):
        if not self.text(column):
            return None
        try:
            return parse(self.text(column))
        except (ValueError, OverflowError) as error:
            raise BadRowError(column, f"cannot be read: {self.text(column)!r}") from error


def whole_number(text):
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def not_negative(number, column):
    if number is not None and number < 0:
        raise BadRowError(column, "is negative")
    return number


def month_start(text):
    return date.fromisoformat(f"{text}-01")


def minor_units(text):
    try:
        return int((Decimal(text) * 100).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError) as error:
        raise ValueError(text) from error


def yes_unless_false(text):
    return text.lower() not in {"false", "f", "no", "n", "0"}


def add_people(records, row, _identity):
    email = row.required("email").lower()
    records.people[email] = Person(
        email,
        row.text("name"),
        row.text("role"),
        row.email("manager_email"),
        row.day("started_on"),
        row.day("left_on"),
    )


def add_reporting_lines(records, row, _identity):
    email, manager = row.required("email").lower(), row.required("manager_email").lower()
    row.required("from_on")
    line = Line(email, manager, row.day("from_on"))
    records.lines[email, line.from_on] = line


def add_customers(records, row, _identity):
    external_id = row.required("external_id")
    records.customers[external_id] = Customer(
        external_id, row.text("name"), row.email("owner_email"), row.day("started_on"), row.day("ended_on")
    )


def add_revenue(records, row, _identity):
    """'one row per customer and month, the later import wins; one currency per company, another is
    refused'"""
    customer = row.required("customer_external_id")
    row.required("month")
    row.required("amount")
    month = row._parsed("month", month_start)
    minor = row._parsed("amount", minor_units)
    known = {known.currency for known in records.revenue.values() if known.currency}
    currency = row.text("currency").upper()
    if currency and known and currency not in known:
        raise BadRowError("currency", f"the company's currency is {known.pop()}")
    records.revenue[customer, month] = Revenue(customer, month, minor, currency)


def add_tickets(records, row, _identity):
    external_id = row.required("external_id")
    row.required("opened_at")
    ticket = Ticket(
        external_id=external_id,
        opened_at=row.instant("opened_at"),
        customer=row.key("customer_external_id"),
        requester_email=row.email("requester_email"),
        status=row.text("status").lower(),
        category=row.text("category"),
        assignee_email=row.email("assignee_email"),
        first_response_at=row.instant("first_response_at"),
        first_responder_email=row.email("first_responder_email"),
        resolved_at=row.instant("resolved_at"),
        resolver_email=row.email("resolver_email"),
        last_resolved_at=row.instant("last_resolved_at"),
        reopened_count=not_negative(row.whole("reopened_count"), "reopened_count") or 0,
        closed_at=row.instant("closed_at"),
        handle_seconds=not_negative(row.whole("handle_seconds"), "handle_seconds"),
        first_response_due_at=row.instant("first_response_due_at"),
        merged_into=row.key("merged_into_external_id"),
    )
    for column in ("first_response_at", "resolved_at", "last_resolved_at", "closed_at"):
        moment = getattr(ticket, column)
        if moment is not None and moment < ticket.opened_at:
            raise BadRowError(column, "is before opened_at")
    records.tickets[external_id] = ticket


def add_ticket_events(records, row, identity):
    """'an unknown ticket makes a bad row'; 'An event before opened_at is a bad row.'"""
    ticket_id, name = row.required("ticket_external_id"), row.required("event")
    row.required("occurred_at")
    event = Event(
        ticket=ticket_id,
        occurred_at=row.instant("occurred_at"),
        event=name,
        actor_email=row.email("actor_email"),
        assignee_email=row.email("assignee_email"),
        seconds=not_negative(row.whole("seconds"), "seconds"),
        is_public=yes_unless_false(row.text("is_public")),
    )
    if name not in EVENTS:
        raise BadRowError("event", f"unknown event {name!r}")
    if ticket_id not in records.tickets:
        raise BadRowError("ticket_external_id", "unknown ticket")
    if event.occurred_at < records.tickets[ticket_id].opened_at:
        raise BadRowError("occurred_at", "is before opened_at")
    records.events[identity] = event


def add_surveys(records, row, identity):
    """'A score outside the scale is a bad row. 0 is an answer.'"""
    kind = row.required("kind").lower()
    row.required("score")
    row.required("answered_at")
    if kind not in SCALES:
        raise BadRowError("kind", f"unknown kind {kind!r}")
    survey = Survey(
        kind=kind,
        score=row.whole("score"),
        answered_at=row.instant("answered_at"),
        external_id=row.key("external_id"),
        ticket=row.key("ticket_external_id"),
        customer=row.key("customer_external_id"),
        rep_email=row.email("rep_email"),
    )
    if survey.score not in SCALES[kind]:
        raise BadRowError("score", "outside the scale")
    if survey.ticket and survey.ticket not in records.tickets:
        raise BadRowError("ticket_external_id", "unknown ticket")
    # The same external_id with a later answered_at is a later answer, with the same one a correction.
    if survey.external_id:
        identity = (survey.kind, survey.external_id, survey.answered_at)
    records.surveys[identity] = survey


def add_shifts(records, row, _identity):
    email = row.required("email").lower()
    row.required("started_at")
    row.required("ended_at")
    shift = Shift(email, row.instant("started_at"), row.instant("ended_at"))
    if shift.ended_at < shift.started_at:
        raise BadRowError("ended_at", "is before started_at")
    records.shifts[email, shift.started_at] = shift  # identified by e-mail and start


ADD = {
    "people": add_people,
    "reporting_lines": add_reporting_lines,
    "customers": add_customers,
    "revenue": add_revenue,
    "tickets": add_tickets,
    "ticket_events": add_ticket_events,
    "surveys": add_surveys,
    "shifts": add_shifts,
}


def identity_of(cells, ordinals):
    """'A row without external_id is identified by its values plus its ordinal among equal rows of its
    kind'"""
    if cells.get("external_id"):
        return cells["external_id"]
    values = tuple(sorted((key, str(value).strip()) for key, value in cells.items() if key and value))
    ordinals[values] = ordinals.get(values, 0) + 1
    return values, ordinals[values]


def add_file(records, kind, rows, zones):
    ordinals = {}
    for line, cells in enumerate(rows, start=2):
        try:
            ADD[kind](records, Row(cells, zones), identity_of(cells, ordinals))
        except BadRowError as bad:
            records.refused.append(Refusal(kind, line, bad.column, bad.reason))


def build(rows_by_kind, zones=None):
    """Records from {kind: [row, ...]}, a row being a dict of cells as a file holds them."""
    unknown = set(rows_by_kind) - set(KINDS)
    if unknown:
        raise ValueError(f"unknown kinds: {sorted(unknown)}")
    records = Records()
    for kind in KINDS:
        add_file(records, kind, rows_by_kind.get(kind, ()), Zones(zones))
    return records


def load(folder, zones=None):
    """Records from a folder of csv or csv.gz files, each recognised by its name; others are left alone."""
    records = Records()
    for kind in KINDS:
        for path in sorted([*Path(folder).glob(f"{kind}*.csv"), *Path(folder).glob(f"{kind}*.csv.gz")]):
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
                add_file(records, kind, csv.DictReader(file), Zones(zones))
    return records
