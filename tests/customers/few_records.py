"""The demo's records, but few of them."""

from pathlib import Path

import pandas as pd

from customers.demo.records import DATA, read, write


def few_records(folder: Path) -> Path:
    """A few records of each source: the demo rep's first tickets, and whatever belongs to them."""
    tickets, events = read(DATA / "incidents/tickets.csv.gz"), read(DATA / "incidents/ticket_events.csv.gz")
    own = tickets[tickets["resolver_email"] == "rep33@incidents.example"]
    few = pd.concat([own.iloc[-20:], tickets.iloc[::450]]).drop_duplicates("external_id").sort_index()
    callers = read(DATA / "incidents/customers.csv")
    tables = {
        "incidents/people.csv": read(DATA / "incidents/people.csv"),
        "incidents/customers.csv": callers[callers["external_id"].isin(few["customer_external_id"])],
        "incidents/tickets.csv.gz": few,
        "incidents/ticket_events.csv.gz": events[events["ticket_external_id"].isin(few["external_id"])],
        "airport_survey/surveys.csv.gz": read(DATA / "airport_survey/surveys.csv.gz").iloc[::60],
        "telco/telco_customer_churn.csv.gz": read(DATA / "telco/telco_customer_churn.csv.gz").iloc[:60],
    }
    questions, replies = read(DATA / "forum/tickets.csv.gz"), read(DATA / "forum/ticket_events.csv.gz")
    questions = questions.iloc[::60]
    tables |= {
        "forum/people.csv": read(DATA / "forum/people.csv").iloc[:12],
        "forum/tickets.csv.gz": questions,
        "forum/ticket_events.csv.gz": replies[replies["ticket_external_id"].isin(questions["external_id"])],
    }
    for name, table in tables.items():
        write(table, folder / f"{name.removesuffix('.gz')}.gz")
        if not name.endswith(".gz"):
            table.to_csv(folder / name, index=False)
    return folder
