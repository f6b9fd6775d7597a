"""Made-up answers, notes and promises, from a fixed seed. Their text begins with "Made up:"."""

import numpy as np
import pandas as pd

from .made_up import PREFIX, dice

SATISFIED = 0.86
CSAT_SHARE = 0.2
CES_SHARE = 0.025
SLOW = pd.Timedelta(days=3)
PRAISE = ("Quick and friendly.", "Solved at once.", "Clear explanation, thank you.", "Kept me posted.")
COMPLAINT = (
    "It took far too long.",
    "I had to explain it twice.",
    "It came back the next day.",
    "No news for days.",
)
NOTES = {
    "note": ("Prefers e-mail to the phone.", "Asked for a summary of this month's tickets."),
    "call": ("Called about the new office; they plan twenty more seats.", "Talked through the open tickets."),
    "meeting": ("Quarterly review: happy with the answers, less so with the waiting.",),
    "fact": ("The person in charge changes in spring.", "They run their own directory server."),
    "promise": (
        "Send the list of known faults.",
        "Call back with a date for the repair.",
        "Check the invoice.",
    ),
    "risk": ("Is looking at another provider.", "The third outage this month; the tone is sharp."),
}


def answers(tickets: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """CSAT of one in five and CES of one in forty resolved tickets; who is slow or has it come back is liked less."""
    resolved = tickets[tickets["resolved_at"].notna()]
    return pd.concat(
        [
            _answers(
                "csat",
                resolved,
                CSAT_SHARE,
                people,
                now,
                ((5, 4), (0.65, 0.35), (3, 2, 1), (0.45, 0.3, 0.25)),
            ),
            _answers(
                "ces",
                resolved,
                CES_SHARE,
                people,
                now,
                ((7, 6, 5), (0.4, 0.4, 0.2), (4, 3, 2, 1), (0.5, 0.25, 0.15, 0.1)),
            ),
        ],
        ignore_index=True,
    )


def _answers(
    kind: str, resolved: pd.DataFrame, share: float, people, now: pd.Timestamp, scale: tuple
) -> pd.DataFrame:
    numbers = dice("answers", kind)
    asked = resolved[numbers.random(len(resolved)) < share]
    high, high_odds, low, low_odds = scale
    likely = SATISFIED + asked["resolver_email"].map(people["charm"]).fillna(0)
    likely -= 0.1 * (asked["resolved_at"] - asked["opened_at"] > SLOW) + 0.15 * (
        asked["reopened_count"].astype(int) > 0
    )
    is_happy = numbers.random(len(asked)) < likely
    score = np.where(
        is_happy, numbers.choice(high, len(asked), p=high_odds), numbers.choice(low, len(asked), p=low_odds)
    )
    waited = pd.to_timedelta(numbers.lognormal(np.log(6), 1, len(asked)), unit="h")
    said = np.where(is_happy, numbers.choice(PRAISE, len(asked)), numbers.choice(COMPLAINT, len(asked)))
    number = asked["external_id"].str.removeprefix(PREFIX)
    rows = pd.DataFrame(
        {
            "kind": kind,
            "score": score.astype(str),
            "answered_at": (asked["resolved_at"] + waited).dt.floor("s"),
            "external_id": f"{PREFIX}{kind}-" + number,
            "sent_at": asked["resolved_at"],
            "ticket_external_id": asked["external_id"],
            "customer_external_id": asked["customer_external_id"],
            "comment": np.where(
                numbers.random(len(asked)) < 0.3, pd.Series(said, dtype=object).radd("Made up: "), ""
            ),
        }
    )
    return rows[rows["answered_at"] <= now]


def notes(
    customers: pd.DataFrame, now: pd.Timestamp, *, rep: str, manager: str, count: int = 180
) -> pd.DataFrame:
    """Notes by the owners of customers; some of each by the demo's rep, on own customers, and by the manager."""
    numbers = dice("notes")
    present = customers[customers["ended_on"] == ""]
    own = present[present["owner_email"] == rep]
    rest = present.iloc[numbers.permutation(len(present))[:count]]
    chosen = pd.concat([own.iloc[:25], rest], ignore_index=True)
    types = numbers.choice(list(NOTES), len(chosen), p=[0.3, 0.2, 0.1, 0.1, 0.2, 0.1])
    noted = now - pd.to_timedelta(numbers.exponential(12, len(chosen)) + 0.1, unit="D")
    due = (now + pd.to_timedelta(numbers.integers(-3, 22, len(chosen)), unit="D")).strftime("%Y-%m-%d")
    author = chosen["owner_email"].where(numbers.random(len(chosen)) < 0.92, manager)
    return pd.DataFrame(
        {
            "author_email": author,
            "body": [f"Made up: {numbers.choice(NOTES[kind])}" for kind in types],
            "external_id": [f"{PREFIX}note-{number}" for number in range(1, len(chosen) + 1)],
            "customer_external_id": chosen["external_id"],
            "type": types,
            "noted_at": pd.Series(noted).dt.floor("s"),
            "due_on": np.where(types == "promise", due, ""),
        }
    )
