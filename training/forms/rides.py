"""Ride-alongs: when and with whom, and what came of one."""

from datetime import UTC
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import InstantField, PersonField
from accounts.models import Member
from cs_platform.lib.days import DayField
from training.models import Item, RideAlong

from .entries import JudgeForm, text_field
from .fields import seen_number

LONGEST_MINUTES = 720


class DayForm(forms.Form):
    """On which day somebody is looked for."""

    day = DayField(label=_("On a day of your choice"), required=False)


class RideTimeForm(forms.Form):
    version = seen_number()
    starts_at = InstantField(label=_("Day and time"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=LONGEST_MINUTES)

    @property
    def span(self) -> dict[str, Any]:
        """The start as an instant; the minutes pass whatever the clocks do meanwhile."""
        given = self.cleaned_data
        return {"starts_at": given["starts_at"].astimezone(UTC), "minutes": given["minutes"]}

    def meant_anew(self, version: int) -> None:
        """The same with what was typed; the next time it is meant whatever somebody else did."""
        self.data = {**self.data.dict(), "version": str(version)}  # type: ignore[attr-defined]


class RidePlanForm(RideTimeForm):
    host = PersonField(label=_("Host"), help_text=_("Name or e-mail address."))

    field_order = ("host", "starts_at", "minutes")

    def __init__(self, people: QuerySet[Member], item: Item, data: Any = None) -> None:
        super().__init__(data, initial={"minutes": item.minutes})
        self.fields["host"].people = people  # type: ignore[attr-defined]
        self.fields["host"].widget.attrs["list"] = "people"


def ride_time_form(ride: RideAlong, data: Any = None) -> RideTimeForm:
    length = int((ride.ends_at - ride.starts_at).total_seconds() // 60)
    return RideTimeForm(
        data, initial={"version": ride.version, "starts_at": localtime(ride.starts_at), "minutes": length}
    )


class HeldForm(JudgeForm):
    """What another one saw beside the trainee."""

    interactions = forms.IntegerField(
        label=_("Interactions"),
        min_value=0,
        max_value=500,
        help_text=_("Tickets, calls or chats you had together."),
    )


class CancelForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)


class ReflectionForm(forms.Form):
    reflection = text_field(_("What I take with me"), rows=4, required=True)
