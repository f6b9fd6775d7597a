"""Sending a draft to review."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import Member
from playbooks.models import Version

from .steps import TextField


class SendForm(forms.Form):
    """What kind of change it is, who reads it, and what changed. reviewers: who may be asked, nobody who wrote it."""

    change = forms.ChoiceField(
        choices=Version.Change.choices,
        error_messages={"required": gettext_lazy("Say what kind of change it is.")},
    )
    reviewer = forms.ModelChoiceField(
        Member.objects.none(),
        label=gettext_lazy("Reviewer"),
        required=False,
        empty_label=gettext_lazy("Whoever may approve it"),
        error_messages={
            "invalid_choice": gettext_lazy("Choose somebody of the list: who wrote it cannot approve it."),
        },
    )
    summary = TextField(label=gettext_lazy("What changed and why"))

    def __init__(self, *args: Any, reviewers: QuerySet[Member], **options: Any):
        super().__init__(*args, **options)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]
        self.fields["summary"].required = True
        self.fields["summary"].error_messages["required"] = gettext_lazy("Say what changed and why.")
        self.fields["summary"].widget.attrs = {"rows": 3, "class": "form-control ed__say"}
