"""What metrics does after a deed in a lower app."""

from datetime import date, timedelta

from . import registry
from .facts import mark_rep_days
from .models import Fact


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


REACTIONS = {"reporting_line.set": mark_moved_people, "company.zone_changed": count_ahead_anew}
