"""What is done with an application."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import PersonField
from accounts.models import Member
from hiring.models import Application, Interview, Stage

VERSION = {"required": False, "widget": forms.HiddenInput, "min_value": 0, "max_value": 2**31 - 1}


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Anything that is no rating: when they can start, what they asked."),
    )


class NextForm(forms.Form):
    """What comes next, who does it and until when; all of it empty takes the step away."""

    action = forms.CharField(label=_("Next"), max_length=200, required=False)
    by = PersonField(label=_("Who"), required=False)
    on = forms.DateField(
        label=_("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, member: Member, application: Application, data: Any = None) -> None:
        initial = {"action": application.next_action, "by": application.next_by, "on": application.next_on}
        super().__init__(data, initial=initial)
        self.fields["by"].people = Member.objects.active().filter(company_id=member.company_id)  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    version = forms.IntegerField(**VERSION)  # type: ignore[arg-type]
    stage = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Stage"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, application: Application, data: Any = None) -> None:
        super().__init__(data, initial={"version": application.version, "stage": application.stage_id})
        stages = application.requisition.stages.order_by("position")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class CancelsForm(forms.Form):
    """What ends while an interview is planned: a tick cancels those interviews in the same step.

    planned: interviews that are; without any there is nothing to tick.
    """

    cancels_interviews = forms.BooleanField(
        label=_("Cancel them too; panel and candidate are told by e-mail"), required=False
    )

    def __init__(self, *args: Any, planned: Sequence[Interview] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.planned = planned
        if not planned:
            del self.fields["cancels_interviews"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.planned and not cleaned.get("cancels_interviews"):
            told = _("Somebody would wait for it. Cancel it first, or tick that it is cancelled with this.")
            self.add_error("cancels_interviews", str(told))
        return cleaned


class ClosingForm(CancelsForm):
    """Turned down or withdrawn, by a person and with a reason."""

    version = forms.IntegerField(**VERSION)  # type: ignore[arg-type]
    state = forms.ChoiceField(
        label=_("What became of it"),
        widget=forms.RadioSelect,
        choices=[
            (Application.State.REJECTED, _("We turn them down")),
            (Application.State.WITHDRAWN, _("They have withdrawn")),
        ],
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever reads this later; it is not sent to the candidate."),
    )

    def __init__(self, application: Application, data: Any = None, **options: Any) -> None:
        super().__init__(data, initial={"version": application.version}, **options)
