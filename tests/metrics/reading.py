"""Asks product and oracle the same questions: metric x level x person x period x grain, to the digit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isclose

from accounts.models import Company, Member
from metrics.queries import Level, Scope, answer
from tests.oracle import METRICS, Oracle
from tests.oracle.metrics import MATURING, NOBODY, RETENTION


@dataclass(frozen=True)
class Question:
    metric: str
    level: str
    person: str | None
    scope: str
    start: date
    end: date
    grain: str


def wrong_answers(company: Company, oracle: Oracle, periods: list[tuple[date, date]]) -> list[tuple]:
    """(question, start of the bucket, field, wanted, found) of all that differ."""
    members = dict(Member.objects.filter(company=company).values_list("email", "id"))
    return [
        (question, *wrong)
        for question in questions(sorted(members), periods)
        for wrong in _wrong(company, oracle, question, members)
    ]


def questions(people: list[str], periods: list[tuple[date, date]]) -> Iterator[Question]:
    """Totals for everybody in every period; days, weeks and months for some in the first."""
    scopes = [("company", None, "team"), ("rep", NOBODY, "team"), ("manager", NOBODY, "team")]
    scopes += [(level, person, "team") for person in people for level in ("rep", "manager")]
    scopes += [("manager", person, "tree") for person in people]
    for metric in METRICS:
        for scope in scopes:
            for period in periods:
                yield Question(metric, *scope, *period, "total")
        grains = ("month",) if metric in RETENTION else ("day", "week", "month")
        for grain in grains:
            for scope in (scopes[0], scopes[1], *scopes[-3:]):
                yield Question(metric, *scope, *periods[0], grain)


def _wrong(company: Company, oracle: Oracle, asked: Question, members: dict[str, int]) -> Iterator[tuple]:
    who = (asked.level, asked.person, asked.scope)
    if asked.grain == "total":
        wanted = {asked.start: oracle.point(asked.metric, *who, asked.start, asked.end)}
    else:
        wanted = dict(oracle.buckets(asked.metric, *who, asked.start, asked.end, asked.grain))
    scope = Scope(company.id, Level(asked.level), members.get(asked.person or "", 0), asked.scope == "tree")
    given = answer(company, asked.metric, scope, asked.start, asked.end, asked.grain)
    if given.complete_through != oracle.complete_through(asked.metric):
        yield asked.start, "complete_through", oracle.complete_through(asked.metric), given.complete_through
    found = {point.start: point for point in given.points}
    for start in wanted:
        # Buckets that begin after the last complete day need not be shown.
        if start in found or asked.metric not in MATURING or wanted[start].n:
            for name, *pair in _different(asked.metric, wanted[start], found.get(start)):
                yield start, name, *pair
    for start in found.keys() - wanted.keys():
        yield start, "bucket", None, found[start]


def _different(metric: str, wanted, found) -> Iterator[tuple]:
    if found is None:
        yield "bucket", wanted, None
        return
    names = ["n", "numerator", "denominator", "value", "median", "p90"]
    if wanted.low is not None:
        names += ["low", "high"]
    for name in names:
        ours, theirs = getattr(wanted, name), getattr(found, name)
        if not _equal(ours, theirs):
            yield name, ours, theirs


def _equal(wanted, found) -> bool:
    if wanted is None or found is None or (isinstance(wanted, int) and isinstance(found, int)):
        return wanted == found
    return isclose(float(wanted), float(found), rel_tol=1e-12, abs_tol=1e-12)
