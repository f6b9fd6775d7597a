"""Days that people enter: in a form, and in an address."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What can be meant; a year of four figures may still be a slip.
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)


def day_of(text: str) -> date | None:
    """A day that is written 2026-03-31 and that can be meant; else None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


class DayInput(forms.DateInput):
    """The browser's own calendar; the value goes both ways as 2026-03-31, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, picked or written 2026-03-31, that can be meant; `until` is the last one that may be chosen."""

    widget = DayInput

    def __init__(self, *, until: date = LATEST, **options: Any) -> None:
        self.until = until
        super().__init__(input_formats=["%Y-%m-%d"], **options)
        self.error_messages["invalid"] = gettext_lazy("Write a day as 2026-03-31.")

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value <= self.until:
            raise ValidationError(out_of_reach(self.until))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"min": EARLIEST.isoformat(), "max": self.until.isoformat()}


def out_of_reach(until: date = LATEST) -> str:
    """What is said of a day that is too early or too late."""
    if until == LATEST:
        return _("Choose a day between %(first)s and %(last)s.") % {
            "first": EARLIEST.year,
            "last": until.year,
        }
    return _("Choose a day from %(first)s to %(last)s.") % {"first": EARLIEST.year, "last": until.isoformat()}
