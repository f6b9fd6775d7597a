from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cs_platform.lib.days import DayField
from customers.models import Note
from customers.models.note import check_due
from customers.models.rules import LONGEST_TEXT


class NoteForm(forms.Form):
    """A note of a type; a promise says by when. `key` is of the form as it was opened: sent twice, one note."""

    type = forms.ChoiceField(
        label=gettext_lazy("Kind of note"), choices=Note.Type.choices, initial=Note.Type.NOTE
    )
    body = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": True}),
    )
    due_on = DayField(label=gettext_lazy("Promised for"), required=False)
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=10_000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return with_due_day(self, cleaned, cleaned.get("type", ""))

    def note(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("type", "body", "due_on")}


def with_due_day(form: forms.Form, cleaned: dict[str, Any], type: str) -> dict[str, Any]:
    """The day of a promise, checked; a day that is left in the field of another note is not meant."""
    if type != Note.Type.PROMISE:
        cleaned["due_on"] = None
    elif "due_on" not in form.errors:
        check_due(type, cleaned.get("due_on"))
    return cleaned
