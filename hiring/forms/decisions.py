"""What is said in a debrief: decisions, answers to them, and what somebody says of an own rating later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hiring.actions.decisions import LONGEST
from hiring.models import Decision


class DecisionForm(forms.Form):
    """seen: the composite on which the decision rests, as the page showed it."""

    outcome = forms.ChoiceField(
        choices=Decision.Outcome.choices,
        error_messages={"required": _("Choose one of the three.")},
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class SendBackForm(forms.Form):
    answer = forms.CharField(
        label=_("What should be looked at again"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
        error_messages={"required": _("Say why it is sent back.")},
    )


class RevisionForm(forms.Form):
    """value: 1 to 5, or "none" for no evidence."""

    value = forms.TypedChoiceField(
        label=_("Now"),
        choices=[("", _("Choose")), *((str(n), str(n)) for n in range(1, 6)), ("none", _("No evidence"))],
        coerce=lambda text: None if text == "none" else int(text),
        empty_value=None,
        error_messages={"required": _("Choose a rating, or no evidence.")},
    )
    reason = forms.CharField(
        label=_("What changed your mind"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST,
        error_messages={"required": _("Say what changed your mind.")},
    )
