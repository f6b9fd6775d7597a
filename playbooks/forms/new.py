"""What a new playbook is for, and what it begins from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from playbooks.models import Scenario
from playbooks.permissions import can_set_up
from playbooks.queries.scenarios import standing_scenarios
from playbooks.starters import starters


class NewForm(forms.Form):
    """template: the name of a template, empty for a blank page."""

    template = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    scenario = forms.ModelChoiceField(
        Scenario.objects.none(),
        label=gettext_lazy("Scenario"),
        required=False,
        empty_label=gettext_lazy("Choose a scenario"),
        help_text=gettext_lazy(
            "The situation that it is for; its tickets count as covered once it is published."
        ),
    )
    new_scenario = forms.CharField(
        label=gettext_lazy("Or a new scenario"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What has happened, as the team says it: “Duplicate charge”."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Left empty, it is the name of the scenario."),
    )

    def __init__(self, member: Member, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["scenario"].queryset = standing_scenarios(member)  # type: ignore[attr-defined]
        if not can_set_up(member):
            del self.fields["new_scenario"]

    def clean_template(self) -> str:
        name = self.cleaned_data["template"]
        if name and name not in starters():
            raise ValidationError(_("There is no such template."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        both = given.get("scenario"), given.get("new_scenario")
        if not any(both) and "scenario" not in self.errors:
            self.add_error("scenario", _("Choose what it is for."))
        elif all(both):
            self.add_error("new_scenario", _("Choose a scenario or name a new one, not both."))
        return given
