"""How a company trains."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.definitions import METRICS
from training.models import TrainingSettings

from .fields import seen_number

# What can be told of one rep: how content customers are, and how much is done.
SATISFACTION = ("csat", "nps", "ces")
PRODUCTIVITY = (
    "tickets_resolved",
    "tickets_per_hour",
    "resolution_time",
    "first_response_time",
    "handle_time",
    "fcr",
)
MOST_HOLIDAYS = 400


def measures(keys: Iterable[str]) -> list[tuple[str, Any]]:
    return [(key, METRICS[key].title) for key in keys if key in METRICS]


class HolidaysField(forms.CharField):
    """Days as 2027-01-01, one a line; a line that is no day is named."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        days = set()
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if line.strip():
                days.add(_day(line.strip(), number))
        if len(days) > MOST_HOLIDAYS:
            raise ValidationError(_("At most %(n)s days.") % {"n": MOST_HOLIDAYS})
        return sorted(days)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.isoformat() for day in value) if isinstance(value, list) else value


def _day(line: str, number: int) -> date:
    said = {"number": number, "line": line[:40]}
    try:
        day = date.fromisoformat(line)
    except ValueError:
        told = _("Line %(number)s, “%(line)s”, is no day. Write it as 2027-01-01.") % said
        raise ValidationError(told) from None
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Line %(number)s, “%(line)s”: choose a day between 2000 and 2100.") % said)
    return day


class SettingsForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = seen_number()
    satisfaction = forms.ChoiceField(label=gettext_lazy("Measure of satisfaction"))
    productivity = forms.ChoiceField(
        label=gettext_lazy("Measure of productivity"),
        help_text=gettext_lazy("Somebody has come up to the team when both stand at its median."),
    )
    certificate_months = forms.IntegerField(
        label=gettext_lazy("Months a certificate holds"),
        min_value=1,
        max_value=60,
        help_text=gettext_lazy("For those that are issued from now on."),
    )
    refresh_days = forms.IntegerField(
        label=gettext_lazy("Days to refresh a certificate"),
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("After a material change of the playbook; then it expires."),
    )
    enrols = forms.BooleanField(
        label=gettext_lazy("Enrol newcomers by their role"),
        required=False,
        help_text=gettext_lazy("As soon as a programme for the role is published."),
    )
    holidays = HolidaysField(
        label=gettext_lazy("Holidays"),
        max_length=10_000,
        required=False,
        help_text=gettext_lazy(
            "One day a line, as 2027-01-01. Due dates count Monday to Friday without them."
        ),
    )

    def __init__(self, settings: TrainingSettings, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(settings, name) for name in self.base_fields})
        for name, keys in (("satisfaction", SATISFACTION), ("productivity", PRODUCTIVITY)):
            self.fields[name].choices = measures(keys)  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
