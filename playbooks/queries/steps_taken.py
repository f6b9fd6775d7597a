"""How the runs of a playbook went: how many came to an end, how long each step took, and what was skipped and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q

from metrics.intervals import wilson
from playbooks.models import Flag, Playbook, Run, RunEvent, Step, Version

REASONS = 5


@dataclass(frozen=True)
class Runs:
    """Runs that began in the period. Those that are still running are neither completed nor abandoned."""

    begun: int
    completed: int
    abandoned: int

    @property
    def ended(self) -> int:
        return self.completed + self.abandoned

    @property
    def active(self) -> int:
        return self.begun - self.ended

    @property
    def share(self) -> float | None:
        return self.completed / self.ended if self.ended else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return wilson(self.completed, self.ended)


@dataclass(frozen=True)
class StepTaken:
    """seconds: median time at the step, of those that were timed. reasons: newest first, a few."""

    step: Step
    taken: int = 0
    skipped: int = 0
    timed: int = 0
    seconds: float | None = None
    flags: int = 0
    reasons: Sequence[str] = field(default=())

    @property
    def share_skipped(self) -> float | None:
        passed = self.taken + self.skipped
        return self.skipped / passed if passed else None


def runs_of(playbook: Playbook, version: Version | None, since: datetime) -> Runs:
    rows = Run.objects.filter(
        company_id=playbook.company_id, version=version, is_trial=False, started_at__gte=since
    )
    return Runs(
        **rows.aggregate(
            begun=Count("id"),
            completed=Count("id", filter=Q(state=Run.State.COMPLETED)),
            abandoned=Count("id", filter=Q(state=Run.State.ABANDONED)),
        )
    )


_STEPS = """
SELECT e.step_key, count(*) FILTER (WHERE e.move IN ('done', 'chosen')), count(*) FILTER (WHERE e.move = 'skipped'),
       count(e.seconds) FILTER (WHERE e.move IN ('done', 'chosen')),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY e.seconds) FILTER (WHERE e.move IN ('done', 'chosen'))
  FROM playbooks_run r JOIN playbooks_runevent e ON e.company_id = r.company_id AND e.run_id = r.id
 WHERE r.company_id = %s AND r.version_id = %s AND r.started_at >= %s AND NOT r.is_trial
 GROUP BY e.step_key
"""


def steps_taken(version: Version, since: datetime) -> list[StepTaken]:
    """In the order of the list; steps are counted each time they were left, also when somebody came back."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [version.company_id, version.id, since])
        counts = {key: row for key, *row in cursor.fetchall()}
    flags = dict(
        Flag.objects.filter(company_id=version.company_id, version=version, answered_at__isnull=True)
        .values_list("step_key")
        .annotate(n=Count("id"))
    )
    reasons = _reasons(version, since)
    steps = Step.objects.filter(company_id=version.company_id, of=version).order_by("position")
    found = []
    for step in steps:
        taken, skipped, timed, seconds = counts.get(step.key, (0, 0, 0, None))
        found.append(
            StepTaken(step, taken, skipped, timed, seconds, flags.get(step.key, 0), reasons.get(step.key, ()))
        )
    return found


def _reasons(version: Version, since: datetime) -> dict[str, list[str]]:
    """A few reasons of each step, each once."""
    rows = RunEvent.objects.filter(
        company_id=version.company_id,
        run__version=version,
        run__is_trial=False,
        run__started_at__gte=since,
        move=RunEvent.Move.SKIPPED,
    ).exclude(text="")
    found: dict[str, list[str]] = defaultdict(list)
    for key, text in rows.order_by("-id").values_list("step_key", "text")[:500]:
        if text not in found[key] and len(found[key]) < REASONS:
            found[key].append(text)
    return found
