"""What the table of a pipeline is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, Requisition, Stage


class TableForm(forms.Form):
    """What is no answer is left out: an address that somebody typed is no mistake to complain of."""

    stage = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Stage"), required=False, empty_label=_("Every stage")
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Every state")), *Application.State.choices], required=False
    )
    only = forms.ChoiceField(
        label=_("Only"),
        choices=[
            ("", _("Everybody")),
            ("waiting", _("Who waits for an answer too long")),
            ("ending", _("Whose record ends soon")),
        ],
        required=False,
    )

    def __init__(self, requisition: Requisition, data: Any) -> None:
        super().__init__(data)
        stages = requisition.stages.order_by("position")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
