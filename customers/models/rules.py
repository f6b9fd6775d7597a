"""Rules of what people and other programs write; forms, the API and actions ask the same ones."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cs_platform.lib.days import EARLIEST, LATEST, out_of_reach

LONGEST_TEXT = 100_000
LONGEST_TIME = 24 * 3_600  # seconds of work at once
MOST_TAGS = 20
LONGEST_TAG = 100


def sensible_day(day: date) -> None:
    """A day, or an instant, that can be meant."""
    if not EARLIEST.year <= day.year <= LATEST.year:
        raise ValidationError(out_of_reach())


def check_days(fields: Mapping[str, Any]) -> None:
    """Raises ValidationError that names each field with a day that cannot be meant."""
    wrong: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, date):
            try:
                sensible_day(value)
            except ValidationError as error:
                wrong[name] = error
    if wrong:
        raise ValidationError(wrong)
