"""How a company hires, and who went through the module."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Member
from hiring.models import HiringSettings
from playbooks.forms.people import SomebodyField, to_choose

from .library import version_field


class SettingsForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = version_field()
    threshold = forms.DecimalField(
        label=gettext_lazy("Line of the composite"),
        min_value=Decimal(1),
        max_value=Decimal(5),
        max_digits=3,
        decimal_places=2,
        help_text=gettext_lazy("For jobs that are opened from now on; each job may have its own."),
    )
    shadows_needed = forms.IntegerField(
        label=gettext_lazy("Shadows needed"),
        min_value=0,
        max_value=10,
        help_text=gettext_lazy("Interviews that somebody watches and rates before leading one."),
    )
    reverse_shadows_needed = forms.IntegerField(
        label=gettext_lazy("Reverse shadows needed"),
        min_value=0,
        max_value=10,
        help_text=gettext_lazy("Interviews that somebody leads while being watched, before scoring alone."),
    )
    promise_days = forms.IntegerField(
        label=gettext_lazy("Days to an answer"),
        min_value=1,
        max_value=60,
        help_text=gettext_lazy("How long a candidate waits at most to hear from you."),
    )
    keep_months = forms.IntegerField(
        label=gettext_lazy("Months a file is kept"),
        min_value=1,
        max_value=60,
        help_text=gettext_lazy("After the decision. Then name and words go; ratings stay without them."),
    )
    consent_text = forms.CharField(
        label=gettext_lazy("Text of the consent"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What applicants agree to. Empty: our words, with the months above."),
    )
    collects_voluntary = forms.BooleanField(
        label=gettext_lazy("Ask applicants for voluntary answers"),
        required=False,
        help_text=gettext_lazy(
            "Gender and age, of their own will. Shown only as counts of ten and more, never beside a name."
        ),
    )

    def __init__(self, settings: HiringSettings, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(settings, name) for name in self.base_fields})

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class TrainingForm(forms.Form):
    """Who went through the module on interviewing, and when; without a day: today."""

    person = SomebodyField(
        label=gettext_lazy("Person"), help_text=gettext_lazy("An e-mail address or a whole name.")
    )
    done_on = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: today."),
    )

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["person"].required = True

    def clean_done_on(self) -> date | None:
        day = self.cleaned_data["done_on"]
        if day and day.year < 2000:
            raise forms.ValidationError(gettext_lazy("Choose a day after the year 2000."))
        return day
