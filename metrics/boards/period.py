"""The period of a board, the one it is compared with, and the way to the next.

A period ends on the as-of day: a month as of the 15th is its first fifteen days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import words

DAY = timedelta(days=1)
LAST_28 = "28d"
KINDS = ("week", "month", "quarter", LAST_28, "custom")


@dataclass(frozen=True)
class Period:
    """start and end inclusive; before_start and before_end of as many days just before."""

    kind: str
    start: date
    end: date
    before_start: date
    before_end: date
    today: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def days_before(self) -> int:
        return (self.before_end - self.before_start).days + 1

    @cached_property
    def title(self) -> str:
        return _name(self.kind, self.start, self.end)

    @cached_property
    def before_title(self) -> str:
        return _name(self.kind, self.before_start, self.before_end)

    @property
    def is_of_today(self) -> bool:
        return self.end >= self.today

    def earlier(self) -> dict[str, str]:
        """What stands in the address of the period before."""
        if self.kind == "custom":
            return {"from": self.before_start.isoformat(), "to": self.before_end.isoformat()}
        return {"to": (self.start - DAY).isoformat()}

    def later(self) -> dict[str, str] | None:
        """What stands in the address of the next period; None where that lies ahead."""
        if self.kind in ("custom", LAST_28):
            length = timedelta(days=self.days)
            end = min(self.end + length, self.today if self.kind == "custom" else self.today - DAY)
            if end <= self.end:
                return None
            found = {"to": end.isoformat()}
            return found if self.kind == LAST_28 else {"from": (self.end + DAY).isoformat()} | found
        following = _next(self.kind, self.start)
        if following > self.today:
            return None
        return {"to": min(_next(self.kind, following) - DAY, self.today).isoformat()}


def period(kind: str, today: date, end: date | None = None, start: date | None = None) -> Period:
    """The period of a kind that ends on a day; without one, the latest: 28 complete days, or up to today."""
    if kind == LAST_28:
        last = end or today - DAY
        first = last - timedelta(days=27)
        return Period(kind, first, last, first - timedelta(days=28), first - DAY, today)
    last = end or today
    if kind == "custom":
        first = start or last
        return Period(kind, first, last, first - (last - first + DAY), first - DAY, today)
    first = _first(kind, last)
    before = _first(kind, first - DAY)
    is_whole = last == _next(kind, first) - DAY
    before_end = first - DAY if is_whole else min(before + (last - first), first - DAY)
    return Period(kind, first, last, before, before_end, today)


def _first(kind: str, day: date) -> date:
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1, month=day.month if kind == "month" else 3 * ((day.month - 1) // 3) + 1)


def _next(kind: str, first: date) -> date:
    if kind == "week":
        return first + timedelta(days=7)
    return (first + timedelta(days=32 if kind == "month" else 95)).replace(day=1)


def _name(kind: str, start: date, end: date) -> str:
    if kind in ("week", "month", "quarter") and end == _next(kind, start) - DAY:
        if kind == "month":
            return date_format(start, "F Y")
        if kind == "quarter":
            quarter = {"quarter": (start.month + 2) // 3, "year": start.year}
            return _("Quarter %(quarter)s, %(year)s") % quarter
        return _("Week %(week)s, %(days)s") % {
            "week": start.isocalendar().week,
            "days": words.days(start, end),
        }
    return words.days(start, end)
