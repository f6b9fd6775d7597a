"""What metrics does after a deed in a lower app."""

from datetime import date, timedelta

from accounts import activity

from . import registry
from .facts import mark_rep_days
from .models import Fact

WINDOW_CHANGED = "company.follow_up_changed"
PORTION = 200


def mark_moved_people(company_id: int, rows: list[tuple[int, dict]]) -> None:
    """Somebody reports to another from a day on: their days belong to another team."""
    by_day: dict[str, list[int]] = {}
    for member_id, detail in rows:
        by_day.setdefault(detail["from"], []).append(member_id)
    for day, members in by_day.items():
        mark_rep_days(company_id=company_id, rep_ids=members, from_day=date.fromisoformat(day))


def count_ahead_anew(company_id: int, rows: list[tuple[int, dict]]) -> None:
    """The company counts in another zone from a day on: what lies ahead, planned shifts say, has other days."""
    first = min(date.fromisoformat(detail["valid_from"]) for _company, detail in rows) - timedelta(days=1)
    ahead = Fact.objects.filter(company_id=company_id, day__gte=first)
    for source in registry.sources():
        source_ids = ahead.filter(kind__in=source.kinds).values_list("source_id", flat=True).distinct()
        source.rederive(company_id, sorted(source_ids))


def judge_anew(company_id: int, rows: list[tuple[int, dict]]) -> None:
    """The company has another follow-up window: sources whose facts depend on it are derived again.

    A portion at a time, each in a transaction of its own: the rest is told to the outbox, so that a kill loses
    nothing, and nobody who logs a ticket waits long. A change meanwhile begins anew.
    """
    after = min(detail.get("after", 0) for _company, detail in rows)
    reached: list[int] = []
    for source in (each for each in registry.sources() if each.by_window):
        source_ids = _sources_after(company_id, source, after)
        source.rederive(company_id, source_ids)
        if len(source_ids) == PORTION:
            reached.append(source_ids[-1])
    if reached:
        activity.tell(WINDOW_CHANGED, [(company_id, {"after": min(reached)})], company_id=company_id)


def _sources_after(company_id: int, source: registry.Source, after: int) -> list[int]:
    """The next portion of source ids, by the primary key of facts."""
    found: set[int] = set()
    for kind in source.kinds:
        ids = Fact.objects.filter(company_id=company_id, kind=kind, source_id__gt=after)
        found.update(ids.order_by("source_id").values_list("source_id", flat=True).distinct()[:PORTION])
    return sorted(found)[:PORTION]


REACTIONS = {
    "reporting_line.set": mark_moved_people,
    "company.zone_changed": count_ahead_anew,
    WINDOW_CHANGED: judge_anew,
}
