"""What the service desk's records do not hold, made up from a fixed seed: replies, deadlines, effort, shifts
and the months before. Every row that has an external_id has one that begins with `made-up-`."""

import zlib

import numpy as np
import pandas as pd

PREFIX = "made-up-"
SEED = 20_160_301
FOUR_WEEKS = pd.Timedelta(weeks=4)
# Minutes to the first reply: the target, and what half of the replies keep within once somebody has the ticket.
TARGETS = {"urgent": (30, 8), "high": (120, 30), "normal": (480, 90), "low": (1440, 240)}
SPREAD = 1.3
HANDLE_SECONDS = 660


def dice(*names: str) -> np.random.Generator:
    """The same numbers for the same names, in every process and for any number of rows before."""
    return np.random.default_rng([SEED, *(zlib.crc32(name.encode()) for name in names)])


def temperaments(emails: list[str]) -> pd.DataFrame:
    """By person: pace (1 is usual, 1.2 takes a fifth longer), charm (more or less satisfied answers)."""
    emails = sorted(set(emails))
    numbers = dice("temperaments")
    return pd.DataFrame(
        {"pace": numbers.lognormal(0, 0.2, len(emails)), "charm": numbers.normal(0, 0.05, len(emails))},
        index=emails,
    )


def with_service(
    tickets: pd.DataFrame, events: pd.DataFrame, people: pd.DataFrame, numbers: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds deadlines of the first response, first replies, and the seconds that resolving took."""
    targets = tickets["priority"].map(lambda priority: TARGETS.get(priority, TARGETS["normal"]))
    due = tickets["opened_at"] + pd.to_timedelta(targets.str[0], unit="min")
    tickets = tickets.assign(first_response_due_at=due)
    events = events.assign(external_id="", body="", seconds=_effort(events, people, numbers))
    replies = _replies(tickets, events, targets.str[1], people, numbers)
    everything = pd.concat([events, replies], ignore_index=True)
    # Ticket by ticket, as in the source: the importer then works a ticket out once.
    place = everything["ticket_external_id"].map(pd.Series(range(len(tickets)), index=tickets["external_id"]))
    return tickets, everything.iloc[place.argsort(kind="stable")].reset_index(drop=True)


def _effort(events: pd.DataFrame, people: pd.DataFrame, numbers: np.random.Generator) -> pd.Series:
    drawn = numbers.lognormal(np.log(HANDLE_SECONDS), 0.7, len(events)) * _pace(events["actor_email"], people)
    return drawn.round().astype(int).astype(str).where(events["event"] == "resolved", "")


def _pace(emails: pd.Series, people: pd.DataFrame) -> pd.Series:
    return emails.map(people["pace"]).fillna(1)


def _replies(
    tickets: pd.DataFrame, events: pd.DataFrame, medians: pd.Series, people, numbers
) -> pd.DataFrame:
    """One by whoever has the ticket then, at the latest with the resolution."""
    assigned = events[events["event"] == "assigned"].sort_values("occurred_at", kind="stable")
    first = assigned.drop_duplicates("ticket_external_id").set_index("ticket_external_id")["occurred_at"]
    begun = tickets["external_id"].map(first).fillna(tickets["opened_at"])
    minutes = medians * numbers.lognormal(0, SPREAD, len(tickets)) * _pace(tickets["assignee_email"], people)
    at = (begun + pd.to_timedelta(minutes, unit="min")).dt.floor("s")
    at = at.where(~(at > tickets["resolved_at"]), tickets["resolved_at"]).dt.as_unit("us")
    replies = pd.DataFrame(
        {
            "ticket_external_id": tickets["external_id"],
            "occurred_at": at,
            "resolver": tickets["resolver_email"],
        }
    )
    holders = assigned[["ticket_external_id", "occurred_at", "assignee_email"]]
    replies = pd.merge_asof(
        replies.sort_values("occurred_at"), holders, on="occurred_at", by="ticket_external_id"
    )
    holder = replies["assignee_email"].fillna("")
    replies["actor_email"] = holder.where(holder != "", replies["resolver"])
    replies = replies[replies["actor_email"] != ""]
    return replies.drop(columns="resolver").assign(
        event="replied",
        assignee_email="",
        seconds="",
        external_id=PREFIX + "reply-" + replies["ticket_external_id"],
        body="Made up: the records do not hold what was written, or when.",
    )


def earlier(
    tickets: pd.DataFrame, events: pd.DataFrame, month: int, share: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A sample of the month again, `month` times four weeks before, up to where the next begins; with new numbers."""
    begin = tickets["opened_at"].min().floor("D")
    fits = (tickets["opened_at"] < begin + FOUR_WEEKS).to_numpy()
    drawn = dice("earlier", str(month)).random(len(tickets)) < share
    tickets = tickets[fits & drawn]
    events = events[events["ticket_external_id"].isin(tickets["external_id"])]
    back, mark = month * FOUR_WEEKS, f"{PREFIX}{month}-"
    nth = events.groupby("ticket_external_id").cumcount().astype(str)
    times = ["opened_at", "first_response_due_at", "resolved_at", "last_resolved_at", "closed_at"]
    return (
        tickets.assign(
            external_id=mark + tickets["external_id"],
            tags="made up",
            **{name: tickets[name] - back for name in times},
        ),
        events.assign(
            ticket_external_id=mark + events["ticket_external_id"],
            external_id=mark + events["ticket_external_id"] + "-" + nth,
            occurred_at=events["occurred_at"] - back,
        ),
    )


def shifts(tickets: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Hours of everybody on each day on which they resolved something; a shift that is not over is left out."""
    done = tickets.loc[
        tickets["resolver_email"].isin(people.index), ["resolver_email", "resolved_at"]
    ].dropna()
    days = done.assign(day=done["resolved_at"].dt.floor("D")).drop_duplicates(["resolver_email", "day"])
    days = days.sort_values(["resolver_email", "day"])
    numbers = dice("shifts")
    habits = pd.DataFrame(
        {
            "start": numbers.integers(6, 11, len(people)),
            "length": numbers.choice([4, 6, 8, 8, 8, 9], len(people)),
        },
        index=people.index,
    )
    started = days["day"] + pd.to_timedelta(days["resolver_email"].map(habits["start"]), unit="h")
    ended = started + pd.to_timedelta(days["resolver_email"].map(habits["length"]), unit="h")
    rows = pd.DataFrame({"email": days["resolver_email"], "started_at": started, "ended_at": ended})
    return rows[rows["ended_at"] <= now]
