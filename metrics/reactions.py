"""What metrics does after a deed in a lower app."""

from datetime import date

from .facts import mark_rep_days


def mark_moved_people(company_id: int, rows: list[tuple[int, dict]]) -> None:
    """Somebody reports to another from a day on: their days belong to another team."""
    by_day: dict[str, list[int]] = {}
    for member_id, detail in rows:
        by_day.setdefault(detail["from"], []).append(member_id)
    for day, members in by_day.items():
        mark_rep_days(company_id=company_id, rep_ids=members, from_day=date.fromisoformat(day))


REACTIONS = {"reporting_line.set": mark_moved_people}
