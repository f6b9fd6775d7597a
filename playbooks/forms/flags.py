"""What a reader says of a step, and what is answered."""

from django import forms
from django.utils.translation import gettext_lazy


class FlagForm(forms.Form):
    """step: its key. version: the number of the version that was read, the one in use if it is not said."""

    step = forms.CharField(max_length=12)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    text = forms.CharField(label=gettext_lazy("What is wrong with it"), required=False, max_length=20_000)

    def refusal(self) -> str:
        """The first one, with the name of its field."""
        name, errors = next(iter(self.errors.items()))
        return f"{self[name].label}: {errors[0]}"


class AnswerForm(forms.Form):
    answer = forms.CharField(
        max_length=20_000,
        error_messages={"required": gettext_lazy("Say in a few words what became of it.")},
    )
