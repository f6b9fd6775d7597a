"""Days and instants in a zone that may change: the part of time that Python, not SQL, has to work out.

The day of an instant is fixed by one rule: the latest zone row whose valid_from is not after the local day
in that row's own zone. `metrics.facts` has the same rule in SQL; a test holds the two together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Zones:
    """A company's zones, oldest first: ((valid_from, zone), ...)."""

    rows: tuple[tuple[date, ZoneInfo], ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, str]]) -> "Zones":
        """From rows of (valid_from, name of the zone), oldest first."""
        return cls(tuple((valid_from, ZoneInfo(name)) for valid_from, name in rows))

    def at(self, instant: datetime) -> ZoneInfo:
        """The zone in force at an instant."""
        for valid_from, zone in reversed(self.rows[1:]):
            if valid_from <= instant.astimezone(zone).date():
                return zone
        return self.rows[0][1]

    def day(self, instant: datetime) -> date:
        """The local day of an instant."""
        return instant.astimezone(self.at(instant)).date()

    def instant(self, naive: datetime) -> datetime:
        """The instant of a local time: the earlier of two, and forward over a gap."""
        zone = self.rows[0][1]
        for valid_from, row_zone in self.rows[1:]:
            if valid_from <= naive.date():
                zone = row_zone
        return naive.replace(tzinfo=zone, fold=0).astimezone(UTC)

    def cut(self, start: datetime, end: datetime) -> dict[date, int]:
        """Seconds of [start, end) on each local day."""
        seconds: dict[date, int] = {}
        for piece_start, piece_end in self._pieces(start.astimezone(UTC), end.astimezone(UTC)):
            day = self.day(piece_start)
            seconds[day] = seconds.get(day, 0) + int((piece_end - piece_start).total_seconds())
        return seconds

    def _pieces(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Pieces without a midnight or a change of offset inside. St. John's once turned its clocks back
        at one minute past midnight, so a day need not be one piece."""
        while start < end:
            stop = min(end, start + HOUR, self._next_midnight(start))
            if self._offsets(start) != self._offsets(stop - SECOND):
                stop = self._first_change(start, stop)
            yield start, stop
            start = stop

    def _offsets(self, instant: datetime) -> tuple[timedelta | None, ...]:
        return tuple(instant.astimezone(zone).utcoffset() for _, zone in self.rows)

    def _next_midnight(self, instant: datetime) -> datetime:
        waits = []
        for _, zone in self.rows:
            local = instant.astimezone(zone).replace(tzinfo=None)
            waits.append(datetime.combine(local.date(), time()) + timedelta(days=1) - local)
        return instant + min(waits)

    def _first_change(self, start: datetime, stop: datetime) -> datetime:
        """The first whole second after start at which an offset differs."""
        before = self._offsets(start)
        low, high = 0, int((stop - start).total_seconds())
        while high - low > 1:
            middle = (low + high) // 2
            if self._offsets(start + timedelta(seconds=middle)) == before:
                low = middle
            else:
                high = middle
        return start + timedelta(seconds=high)
