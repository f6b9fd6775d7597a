"""Letters to candidates, and what they are written with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cs_platform.lib.outside import storable
from hiring.actions.letters import LONGEST
from hiring.models import LetterTemplate

from .applications import CancelsForm


class BodyField(forms.CharField):
    """A longer text. Browsers send line ends as two characters, and one is kept."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "").replace("\r\n", "\n")


class LetterForm(CancelsForm):
    """why, version: where somebody is turned down with the letter."""

    occasion = forms.ChoiceField(choices=LetterTemplate.Occasion.choices, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = BodyField(label=_("Letter"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 14}))
    why = forms.CharField(
        label=_("Why, for whoever reads this later"),
        help_text=_("Not in the letter."),
        max_length=400,
        required=False,
    )

    def __init__(self, *args: Any, turns_down: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not turns_down:
            del self.fields["why"]


class TemplateForm(forms.ModelForm):
    body = BodyField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("{name}, {job}, {company} and {sender} stand for what they name."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = LetterTemplate
        fields = ["occasion", "name", "subject", "body", "version"]
