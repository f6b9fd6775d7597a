"""Writing time: who writes which playbook, from when on, and how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib.days import EARLIEST, LATEST, out_of_reach
from playbooks.models import Scenario

from .people import SomebodyField, to_choose

HOURS = (1, 2, 3, 4, 6, 8)
DEFAULT = 4


class WritingForm(forms.Form):
    scenario = forms.ModelChoiceField(
        Scenario.objects.none(), label=_("Scenario"), empty_label=_("Choose a scenario")
    )
    member = SomebodyField(label=_("Who writes"), help_text=_("An e-mail address or a whole name."))
    starts_at = forms.DateTimeField(
        label=_("From"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write a day and a time as 2026-10-31 09:00.")},
    )
    hours = forms.TypedChoiceField(
        label=_("Hours"), choices=[(hours, str(hours)) for hours in HOURS], coerce=int, initial=DEFAULT
    )

    def __init__(self, member: Member, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        scenarios = Scenario.objects.visible_to(member).filter(archived_at__isnull=True).order_by("name")
        self.fields["scenario"].queryset = scenarios  # type: ignore[attr-defined]
        self.fields["member"].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["member"].required = True

    def clean_starts_at(self) -> Any:
        at = self.cleaned_data["starts_at"]
        if not EARLIEST <= at.date() <= LATEST:
            raise forms.ValidationError(out_of_reach())
        return at


class AskedForm(forms.Form):
    """For what and whom the page is opened; what cannot be read is left out."""

    scenario = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    member = forms.IntegerField(required=False, min_value=1, max_value=2**62)
