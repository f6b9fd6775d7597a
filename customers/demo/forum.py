"""The files of the company `forum`: a public support forum, with its own days."""

from datetime import datetime
from pathlib import Path

import pandas as pd
from django.utils.translation import gettext as _

from .records import moved, read, up_to, weeks_up_to, write

LEADER, ADMIN, GUEST = "leader@forum.example", "admin@forum.example", "leader@demo.example"
PLACES = {"head@forum.example": LEADER}


def note() -> str:
    return _(
        "Real: three months of questions and answers of a mail program's public support forum (support.mozilla.org, "
        "Mozilla Support contributors; times, topics and flags, no text, people under pseudonyms), moved by whole "
        "weeks to end now; what would lie ahead is left out. Days are those of India, so that this company's "
        "differ from the other's. Made up: nothing but the sign-ins, of which the leader stands in a real "
        "person's place."
    )


def write_files(records: Path, folder: Path, now: datetime) -> None:
    instant = pd.Timestamp(now)
    source = records / "forum"
    tickets, events = read(source / "tickets.csv.gz", PLACES), read(source / "ticket_events.csv.gz", PLACES)
    weeks = weeks_up_to(tickets["opened_at"].max(), instant)
    tickets, events = up_to(moved(tickets, weeks), moved(events, weeks), instant)
    guest = {"email": GUEST, "name": "Head of support", "role": "leader", "started_on": "2015-01-01"}
    staff = pd.concat([read(source / "people.csv", PLACES), pd.DataFrame([guest])], ignore_index=True).fillna(
        ""
    )
    for name, table in {"people": staff, "tickets": tickets, "ticket_events": events}.items():
        write(table, folder / f"{name}.csv.gz")
