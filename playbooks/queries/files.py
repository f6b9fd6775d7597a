"""The tables of the page of all playbooks as files: the same rows that it shows, every figure unrounded."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from playbooks.models import Version

from .coverage import Coverage, Share
from .history import History
from .next_to_write import ToWrite
from .page import CoveragePage, Listed

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]
NAMES = ("scenarios", "teams", "channels", "history", "next", "list")


def sheet(page: CoveragePage, name: str) -> Sheet:
    """(name of the file, header, rows). Raises KeyError for a table that is none."""
    header, rows = {
        "scenarios": lambda: _scenarios(page.coverage),
        "teams": lambda: _shares(_("Team"), page.coverage.teams),
        "channels": lambda: _shares(_("Channel"), page.coverage.channels),
        "history": lambda: _history(page.history),
        "next": lambda: _next(page.to_write),
        "list": lambda: _list(page.listed),
    }[name]()
    return f"playbooks-{name}-{page.coverage.day}", header, rows


def _scenarios(found: Coverage) -> tuple[list[str], list[list[Any]]]:
    header = [_("Scenario"), _("Team"), _("Senior rep"), _("State"), _("Until"), _("Tickets"), _("Share")]
    return header, [
        [
            each.name,
            each.team,
            each.senior,
            each.part.label,
            each.standing.until,
            each.n,
            each.n / found.n if found.n else None,
        ]
        for each in found.scenarios
    ]


def _shares(title: str, shares: Sequence[Share]) -> tuple[list[str], list[list[Any]]]:
    header = [title, "n", _("Covered"), _("Share"), _("95 % low"), _("95 % high")]
    return header, [[each.name, each.n, each.covered, each.value, *each.interval] for each in shares]


def _history(found: History) -> tuple[list[str], list[list[Any]]]:
    header = [_("Day"), _("Tickets"), _("Covered"), _("Share")]
    return header, [[kept.day.isoformat(), kept.tickets, kept.covered, kept.value] for kept in found.days]


def _next(rows: Sequence[ToWrite]) -> tuple[list[str], list[list[Any]]]:
    header = [
        _("Scenario"), _("State"), _("Tickets"), _("Mean handle time, seconds"), _("Hours"), _("Points"),
        _("Senior rep"), _("Proposed author"), _("Solved"), _("FCR"), _("n of FCR"), _("CSAT"), _("n of CSAT"),
    ]  # fmt: skip
    return header, [_to_write(row) for row in rows]


def _to_write(row: ToWrite) -> list[Any]:
    by = row.author
    told = [by.member.name, by.solved, by.fcr.value, by.fcr.n, by.csat.value, by.csat.n] if by else [""] * 6
    scenario = row.scenario
    return [
        scenario.name, scenario.part.label, scenario.n, row.seconds, row.hours, row.points, scenario.senior, *told,
    ]  # fmt: skip


def _at(version: Version | None) -> str:
    return version.published_at.isoformat() if version and version.published_at else ""


def _list(listed: Sequence[Listed]) -> tuple[list[str], list[list[Any]]]:
    header = [
        _("Playbook"), _("Scenario"), _("State"), _("Until"), _("Verifier"), _("Tickets"), _("Share"), _("Runs"),
        _("Completed"), _("Version"), _("Published"),
    ]  # fmt: skip
    return header, [
        [
            each.row.playbook.title,
            each.row.playbook.scenario.name,
            each.row.state,
            each.row.playbook.verified_until,
            each.row.verifier,
            each.n,
            each.share,
            each.row.runs.begun,
            each.row.runs.completed,
            each.row.published.number if each.row.published else None,
            _at(each.row.published),
        ]
        for each in listed
    ]
