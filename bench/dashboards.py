"""Figures through the API, against the smallest page of a signed-in person.

Both go through the whole WSGI application with every middleware, without the network. Figures are read
with an API key, as other programs read them; `/ping/` with the session of the same person.
"""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from bench.calling import Caller
from bench.data import Made
from bench.timing import Result, in_words, medians

METRICS = ("csat", "fcr", "tickets_resolved", "resolution_time")
DAYS = 90
TARGETS = {"rep": 4, "team": 5, "tree": 5, "company": 8}


def run(companies: dict[str, Made], rounds: int) -> list[Result]:
    """The figures of the largest company ("years") and of one with a shorter history ("months")."""
    large, short = Reader(companies["years"]), Reader(companies["months"])
    works = {"ping": large.ping}
    for who in TARGETS:
        works |= {f"{who} {metric}": large.figure(who, metric) for metric in METRICS}
        works[f"{who} tickets_resolved by week"] = large.figure(who, "tickets_resolved", "week")
        works[f"{who} resolution_time by week"] = large.figure(who, "resolution_time", "week")
    works |= {f"short {metric}": short.figure("company", metric) for metric in METRICS}
    found = medians(works, rounds, warm_up=5)
    ping = found["ping"]
    return [
        *(
            Result(
                f"API, {DAYS} days: {name} / ping",
                seconds / ping,
                TARGETS[name.split()[0]],
                rounds,
                f"{in_words(seconds)} / {in_words(ping)}",
            )
            for name, seconds in found.items()
            if name.split()[0] in TARGETS
        ),
        *(_history(metric, companies, found, rounds) for metric in METRICS),
    ]


def _history(metric: str, companies: dict[str, Made], found: dict[str, float], rounds: int) -> Result:
    long, short = found[f"company {metric}"], found[f"short {metric}"]
    days = f"{companies['years'].size.days} days of history / {companies['months'].size.days}"
    return Result(
        f"API, company {metric}: {days}", long / short, 1.3, rounds, f"{in_words(long)} / {in_words(short)}"
    )


class Reader(Caller):
    """The leader of a company, with a session and a key."""

    def __init__(self, company: Made):
        from accounts.actions import create_api_key

        super().__init__(company)
        self.key = create_api_key(actor=None, member=self.member, scopes=["read"])

    def figure(self, who: str, metric: str, grain: str = "total") -> Callable[[], None]:
        """A call that reads a metric of the last 90 days."""
        people = {"rep": ("rep", "rep"), "team": ("manager", "manager"), "tree": ("manager", "director")}
        level, title = people.get(who, ("company", ""))
        asked = {"level": level, "grain": grain, "to": self.company.today.isoformat()}
        asked["from"] = (self.company.today - timedelta(days=DAYS - 1)).isoformat()
        if title:
            asked["person"] = self.company.email(title)
        if who == "tree":
            asked["scope"] = "tree"
        query, key = urlencode(asked), f"Bearer {self.key}"
        return lambda: self.get(f"/api/v1/metrics/{metric}/", query, 200, HTTP_AUTHORIZATION=key)
