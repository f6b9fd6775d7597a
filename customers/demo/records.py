"""Real records as tables: read, moved by whole weeks, cut at now, written for the importer."""

from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent / "data"
WEEK = pd.Timedelta(weeks=1)
TIMES = (
    "opened_at",
    "first_response_at",
    "first_response_due_at",
    "resolved_at",
    "last_resolved_at",
    "closed_at",
    "occurred_at",
    "answered_at",
    "sent_at",
    "noted_at",
    "started_at",
    "ended_at",
)
# Whose deed an instant is: without the one there is no other.
DOERS = {
    "first_response_at": "first_responder_email",
    "resolved_at": "resolver_email",
    "last_resolved_at": "",
    "closed_at": "",
}


def read(path: Path, places: dict[str, str] | None = None) -> pd.DataFrame:
    """A CSV file as text, its times parsed, and people put in the place of others: {e-mail: new e-mail}."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in table.columns:
        if name in TIMES:
            table[name] = pd.to_datetime(table[name], format="ISO8601", utc=True)
        elif places and (name == "email" or name.endswith("_email")):
            table[name] = table[name].replace(places)
    return table


def write(table: pd.DataFrame, path: Path) -> None:
    """Writes gzip CSV, whole or not at all; the same table gives the same bytes."""
    table = table.copy()
    for name in table.columns:
        if name in TIMES:
            table[name] = pd.to_datetime(table[name], utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    table.to_csv(unfinished, index=False, compression={"method": "gzip", "compresslevel": 3, "mtime": 1})
    unfinished.replace(path)


def weeks_up_to(last: pd.Timestamp, now: pd.Timestamp) -> int:
    """By how many whole weeks to move so that `last` falls within the seven days that end now."""
    return int((now - last) // WEEK)


def moved(table: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """The same weekdays and hours, other weeks."""
    return table.assign(**{name: table[name] + weeks * WEEK for name in TIMES if name in table.columns})


def up_to(
    tickets: pd.DataFrame, events: pd.DataFrame, now: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tickets and events as they were known at an instant: what was resolved later is open."""
    tickets = tickets[tickets["opened_at"] <= now].copy()
    events = events[events["ticket_external_id"].isin(tickets["external_id"])]
    ahead = events[events["occurred_at"] > now]
    events = events[events["occurred_at"] <= now]
    _assign_again(tickets, events, ahead, now)
    for at, doer in DOERS.items():
        if at in tickets.columns:
            is_ahead = tickets[at] > now
            tickets.loc[is_ahead, at] = pd.NaT
            if doer in tickets.columns:
                tickets.loc[is_ahead, doer] = ""
    if "last_resolved_at" in tickets.columns:
        tickets["last_resolved_at"] = tickets["last_resolved_at"].fillna(tickets["resolved_at"])
    if "reopened_count" in tickets.columns:
        lost = ahead[ahead["event"] == "reopened"].groupby("ticket_external_id").size()
        left = tickets["reopened_count"].astype(int) - tickets["external_id"].map(lost).fillna(0).astype(int)
        tickets["reopened_count"] = left.clip(lower=0).astype(str)
    return tickets, events


def _assign_again(
    tickets: pd.DataFrame, events: pd.DataFrame, ahead: pd.DataFrame, now: pd.Timestamp
) -> None:
    """The column says who has a ticket in the end; who gets it only later does not have it yet."""
    if "assignee_email" not in tickets.columns:
        return
    assigned = events[events["event"] == "assigned"].drop_duplicates("ticket_external_id", keep="last")
    holders = assigned.set_index("ticket_external_id")["assignee_email"].astype("str")
    so_far = tickets["external_id"].map(holders).astype("str").fillna("")
    later = tickets["external_id"].isin(ahead.loc[ahead["event"] == "assigned", "ticket_external_id"])
    if "first_response_at" in tickets.columns:
        later |= tickets["first_response_at"] > now
    tickets.loc[later, "assignee_email"] = so_far[later]
