"""Business days: Monday to Friday, but for the company's holidays."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY = 5


def is_business_day(day: date, holidays: Collection[date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def first_business_day(day: date, holidays: Collection[date] = ()) -> date:
    """The day, or the next one on which somebody works."""
    while not is_business_day(day, holidays):
        day += DAY
    return day


def business_day(start: date, number: int, holidays: Collection[date] = ()) -> date:
    """The so-manieth business day of a path, the first one being 1. A start on a day off begins on the next day."""
    day = first_business_day(start, holidays)
    for _ in range(number - 1):
        day = first_business_day(day + DAY, holidays)
    return day


def business_days(start: date, day: date, holidays: Collection[date] = ()) -> int:
    """The number of a day on the path: 1 on its first business day, 0 before it; a day off, that of the day before."""
    first = first_business_day(start, holidays)
    span = (day - first).days + 1
    return sum(is_business_day(first + DAY * n, holidays) for n in range(max(0, span)))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
