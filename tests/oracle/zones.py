"""The company's zone at an instant, local days, and local clock times read from files."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Zones:
    """The company's dated zones: rows of (valid_from, name of the zone). The first also holds before it.

    At most one row a day: a later one of the same day replaces it.
    """

    def __init__(self, rows=None):
        rows = rows or [(date.min, "UTC")]
        self.rows = sorted((valid_from, ZoneInfo(str(name))) for valid_from, name in dict(rows).items())

    def zone_at(self, instant):
        """'the zone of an instant is the latest row whose valid_from is not after the local day in that
        row's own zone'"""
        for valid_from, zone in reversed(self.rows):
            if instant.astimezone(zone).date() >= valid_from:
                return zone
        return self.rows[0][1]

    def day(self, instant):
        """'Local day means the company's zone.'"""
        return instant.astimezone(self.zone_at(instant)).date()

    def instant(self, text):
        """'Times are ISO 8601; one without an offset is in the company's zone.' Raises ValueError."""
        parsed = datetime.fromisoformat(text.strip())
        if parsed.tzinfo is None:
            parsed = self.from_local(parsed)
        return parsed.astimezone(UTC)

    def from_local(self, naive):
        """'an ambiguous local time is the earlier instant, a non-existent one moves forward'

        With fold=0 an ambiguous time takes the offset before the change (the earlier instant), and so does a
        non-existent one: 02:30 in a gap of one hour is the instant shown as 03:30.
        """
        zone = self.rows[0][1]
        for valid_from, candidate in self.rows:
            if naive.date() >= valid_from:
                zone = candidate
        return naive.replace(tzinfo=zone, fold=0).astimezone(UTC)

    def seconds_by_day(self, start, end):
        """'shifts are cut at local midnight': whole seconds of [start, end) by local day."""
        if end <= start:
            return {}
        if self._uniform(start, end):
            return {self.day(start): int((end - start).total_seconds())}
        middle = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
        if middle == start:  # a single second, or less
            return {self.day(start): int((end - start).total_seconds())}
        total = self.seconds_by_day(start, middle)
        for day, seconds in self.seconds_by_day(middle, end).items():
            total[day] = total.get(day, 0) + seconds
        return total

    def _uniform(self, start, end):
        """At most an hour, the same day and the same offset at both ends."""
        moments = (start, max(start, end - SECOND))
        first, last = (moment.astimezone(self.zone_at(moment)) for moment in moments)
        return end - start <= HOUR and first.date() == last.date() and first.utcoffset() == last.utcoffset()
