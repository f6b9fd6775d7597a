"""The files of the company `demo`: a service desk's month, an airport's answers, a telecom company's customers."""

from datetime import datetime
from pathlib import Path

import pandas as pd
from django.utils.translation import gettext as _

from . import made_up, telco, voices
from .made_up import dice
from .records import moved, read, up_to, weeks_up_to, write

LEADER, MANAGER, REP = "leader@demo.example", "manager@demo.example", "rep@demo.example"
ADMIN = "admin@demo.example"
# The demo's sign-ins take the places of real people, so that each of them sees figures.
PLACES = {
    "head@incidents.example": LEADER,
    "lead70@incidents.example": MANAGER,
    "rep33@incidents.example": REP,
}
# How much of the month comes again, so many times four weeks before. Each takes as long to bring in as it holds.
EARLIER = {1: 0.8}
# Made-up tickets come without what their events say once more: that halves the work of bringing them in.
TOLD_BY_EVENTS = ["resolved_at", "resolver_email", "last_resolved_at", "reopened_count", "closed_at"]
REGULAR = 10  # who resolved fewer tickets owns no customers


def note() -> str:
    return _(
        "Real: the tickets of one month of a company's service desk with their assignments, resolutions, reopenings "
        "and closings (UCI repository 498, CC BY 4.0), the NPS and part of the CSAT answers (an airport's survey, "
        "DataSF, public domain), the customers' contracts, tenure, charges and whether they left (IBM's fictional "
        "telecom company). Everything was moved by whole weeks to end now, and what would lie ahead is left out. "
        "Made up, from a fixed seed: tickets whose number begins with “made-up-”, which repeat part of the month to "
        "have something to compare with; first replies and their deadlines; handling times; shifts; CSAT answers on "
        "tickets and all CES answers; notes and promises; who owns which customer, which caller or airport passenger "
        "is which customer, and when a customer left. The demo's leader, manager and rep stand in the places of "
        "three real people of the records."
    )


def write_files(records: Path, folder: Path, now: datetime) -> None:
    """Writes one file or two of each kind, every time the same for the same instant."""
    instant = pd.Timestamp(now)
    source = records / "incidents"
    staff = _staff(source)
    people = made_up.temperaments(staff.loc[staff["role"] != "leader", "email"].tolist())
    months = _tickets(source, people, instant)
    tickets = pd.concat([tickets for _name, tickets, _events in months], ignore_index=True)
    callers = read(source / "customers.csv")
    accounts = telco.paired(telco.read(records / "telco" / "telco_customer_churn.csv.gz", instant), callers)
    customers = telco.customers(accounts, callers, _owners(months[0][1], staff))
    notes = voices.notes(customers, instant, rep=REP, manager=MANAGER)
    tables = {
        "people": staff,
        "customers": customers,
        "revenue": telco.revenue(accounts),
        "notes-made-up": notes,
        "surveys": _airport(records, callers, instant),
        "surveys-made-up": voices.answers(tickets, people, instant),
        "shifts-made-up": made_up.shifts(tickets, people, instant),
    }
    for name, month_tickets, month_events in months:
        told = month_tickets.drop(columns=TOLD_BY_EVENTS) if name else month_tickets
        tables |= {f"tickets{name}": told, f"ticket_events{name}": month_events}
    for name, table in tables.items():
        write(table, folder / f"{name}.csv.gz")


def _staff(source: Path) -> pd.DataFrame:
    """As in the records, e-mails twice too; the admin reports to the leader."""
    staff = read(source / "people.csv", PLACES)
    admin = {
        "email": ADMIN,
        "name": "Admin",
        "role": "admin",
        "manager_email": LEADER,
        "started_on": "2015-01-01",
    }
    return pd.concat([staff, pd.DataFrame([admin])], ignore_index=True).fillna("")


def _tickets(
    source: Path, people: pd.DataFrame, now: pd.Timestamp
) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """(end of the file's name, tickets, events): the month itself first, then the made-up ones before it."""
    tickets, events = read(source / "tickets.csv.gz", PLACES), read(source / "ticket_events.csv.gz", PLACES)
    weeks = weeks_up_to(tickets["opened_at"].max(), now)
    tickets, events = moved(tickets, weeks), moved(events, weeks)
    months = [("", *up_to(*made_up.with_service(tickets, events, people, dice("service")), now))]
    for month, share in EARLIER.items():
        served = made_up.with_service(tickets, events, people, dice("service", str(month)))
        again = up_to(*made_up.earlier(*served, month, share), now)
        months.append((f"-made-up-{month}", *again))
    return months


def _owners(tickets: pd.DataFrame, staff: pd.DataFrame) -> list[str]:
    """Reps who resolve regularly; with too few records, whoever is a rep."""
    reps = staff.drop_duplicates("email", keep="last").query("role == 'rep'")["email"]
    counts = tickets["resolver_email"].value_counts()
    regular = counts[counts >= REGULAR].index
    return sorted(reps[reps.isin(regular)]) or sorted(reps)


def _airport(records: Path, callers: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """The answers as given; each passenger stands for a caller. A score of 11 means "don't know" and is refused."""
    answers = read(records / "airport_survey" / "surveys.csv.gz")
    answers = moved(answers, weeks_up_to(answers["answered_at"].max(), now))
    passengers = answers["customer_external_id"].unique()
    chosen = dice("passengers").choice(callers["external_id"].to_numpy(), len(passengers))
    is_caller = dict(zip(passengers, chosen, strict=True)) | {"": ""}
    answers["customer_external_id"] = answers["customer_external_id"].map(is_caller)
    return answers[answers["answered_at"] <= now]
