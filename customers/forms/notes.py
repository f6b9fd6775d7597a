from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Note

from .customers import DayInput

LONGEST = 100_000
FARTHEST = timedelta(days=3_660)


class NoteForm(forms.Form):
    """A note of a type; a promise says by when. `key` is of the form as it was opened: sent twice, one note."""

    type = forms.ChoiceField(
        label=gettext_lazy("Kind of note"), choices=Note.Type.choices, initial=Note.Type.NOTE
    )
    body = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": True}),
    )
    due_on = forms.DateField(label=gettext_lazy("Promised for"), required=False, widget=DayInput)
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=10_000)

    def __init__(self, today: date, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self) -> date | None:
        due_on = self.cleaned_data["due_on"]
        if due_on and abs(due_on - self.today) > FARTHEST:
            raise forms.ValidationError(_("Choose a day within ten years."))
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("type") != Note.Type.PROMISE:
            cleaned["due_on"] = None
        elif not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("A promise needs a day."))
        return cleaned

    def note(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("type", "body", "due_on")}
