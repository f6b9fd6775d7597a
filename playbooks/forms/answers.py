from django import forms
from django.utils.translation import gettext_lazy

LONGEST_ANSWER = 5_000


class AnswerForm(forms.Form):
    """What a reviewer asks for."""

    answer = forms.CharField(
        label=gettext_lazy("What should be changed?"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Who wrote it reads these words above the steps."),
    )
