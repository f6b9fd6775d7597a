"""Days, ISO weeks and months inside a period."""

from collections.abc import Iterator
from datetime import date, timedelta

GRAINS = ("total", "day", "week", "month")


def first_day(day: date, grain: str) -> date:
    """The first day of the week or month that a day lies in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def next_bucket(start: date, grain: str) -> date:
    """The first day of the bucket after the one that begins on start."""
    if grain == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if grain == "week" else 1)


def buckets(start: date, end: date, grain: str) -> Iterator[date]:
    """First days of the buckets that hold a day of [start, end]; of `total` there is exactly one."""
    if grain == "total":
        yield start
        return
    bucket = first_day(start, grain)
    while bucket <= end:
        yield bucket
        bucket = next_bucket(bucket, grain)
