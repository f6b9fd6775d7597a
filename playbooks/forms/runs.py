"""What people say to a run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Member
from customers.models.rules import LONGEST_TEXT

MOST = 10**9


class MoveForm(forms.Form):
    """moves: how many entries of the log the sender had seen."""

    moves = forms.IntegerField(required=False, min_value=0, max_value=MOST, widget=forms.HiddenInput)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StepForm(MoveForm):
    exit = forms.IntegerField(required=False, min_value=0, max_value=99)


class SkipForm(StepForm):
    text = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=LONGEST_TEXT)

    def said(self) -> dict[str, Any]:
        said = super().said()
        return {"reason": said.pop("text"), **said}


class NoteForm(MoveForm):
    text = forms.CharField(label=gettext_lazy("Note"), max_length=LONGEST_TEXT)


class StopForm(MoveForm):
    text = forms.CharField(label=gettext_lazy("Why it stops here"), max_length=LONGEST_TEXT)

    def said(self) -> dict[str, Any]:
        said = super().said()
        return {"reason": said.pop("text"), **said}


class HandForm(MoveForm):
    receiver = forms.ModelChoiceField(label=gettext_lazy("To"), queryset=Member.objects.none())
    text = forms.CharField(
        label=gettext_lazy("What they should know"), required=False, max_length=LONGEST_TEXT
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = Member.objects.visible_to(member).active().filter(is_bot=False)
        self.fields["receiver"].queryset = people  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """What a run is started on: a ticket, a customer, or nothing."""

    ticket = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    trial = forms.BooleanField(required=False)
    here = forms.BooleanField(required=False)
