"""How coverage has stood, day by day: rows are kept at night and on every change, today's figure is read live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from playbooks.models import CoverageDay

from .coverage import Coverage
from .words import LINE

WEEKS = 12
BEFORE = timedelta(weeks=4)


@dataclass(frozen=True)
class Kept:
    """Coverage at the end of a day."""

    day: date
    tickets: int
    covered: int

    @property
    def value(self) -> float | None:
        return self.covered / self.tickets if self.tickets else None


@dataclass(frozen=True)
class History:
    """Oldest first; the last one is today's."""

    days: Sequence[Kept]

    @cached_property
    def told(self) -> list[Kept]:
        """Those on which there was something to cover."""
        return [kept for kept in self.days if kept.value is not None]

    @cached_property
    def before(self) -> Kept | None:
        """How it stood four weeks ago, or on the oldest day that is known since; None without one."""
        if len(self.told) < 2:
            return None
        today = self.told[-1].day
        earlier = [kept for kept in self.told[:-1] if kept.day <= today - BEFORE]
        return earlier[-1] if earlier else self.told[0]

    @cached_property
    def change(self) -> float:
        """In points, since `before`."""
        if self.before is None:
            return 0.0
        return 100 * ((self.told[-1].value or 0) - (self.before.value or 0))

    @cached_property
    def low(self) -> float:
        return min([LINE, *(kept.value or 0 for kept in self.told)])

    @cached_property
    def high(self) -> float:
        return max([LINE, *(kept.value or 0 for kept in self.told)])

    def height(self, value: float) -> str:
        """Where a value lies in a drawing, in percent from the top."""
        return f"{100 - 100 * (value - self.low) / ((self.high - self.low) or 1):.1f}"

    @cached_property
    def line(self) -> str:
        """The points of a line through all days, x by the calendar."""
        first, span = self.told[0].day, (self.told[-1].day - self.told[0].day).days or 1
        return " ".join(
            f"{100 * (kept.day - first).days / span:.1f},{self.height(kept.value or 0)}" for kept in self.told
        )

    @property
    def target(self) -> str:
        return self.height(LINE)

    @property
    def last(self) -> str:
        return self.height(self.told[-1].value or 0)


def history(found: Coverage) -> History:
    """Of the twelve weeks that end with the day of a coverage, which is today's."""
    first = found.day - timedelta(weeks=WEEKS)
    rows = CoverageDay.objects.filter(company_id=found.company_id, day__gt=first, day__lt=found.day).order_by(
        "day"
    )
    days = [Kept(*row) for row in rows.values_list("day", "tickets", "covered")]
    return History([*days, Kept(found.day, found.n, found.covered)])
