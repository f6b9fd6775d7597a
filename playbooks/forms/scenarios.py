"""Scenarios and which tickets are of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member, Team
from customers.models import Category
from customers.models.ticket import Channel
from playbooks.models import Scenario
from playbooks.queries.scenarios import standing_scenarios

from .people import SomebodyField, teams_of, to_choose

ANY = gettext_lazy("Any channel")


class ScenarioForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("What has happened, as the team says it: “Duplicate charge”."),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Owner team"),
        required=False,
        empty_label=gettext_lazy("No team"),
    )
    senior = SomebodyField(
        label=gettext_lazy("Senior rep"),
        help_text=gettext_lazy("Who is asked while there is no playbook: an e-mail address or a whole name."),
    )

    def __init__(self, member: Member, data: Any = None, scenario: Scenario | None = None) -> None:
        names = ("version", "name", "team", "senior")
        super().__init__(data, initial={name: getattr(scenario, name) for name in names} if scenario else {})
        self.fields["team"].queryset = teams_of(member)  # type: ignore[attr-defined]
        self.fields["senior"].people = to_choose(member)  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class MappingForm(forms.Form):
    """A category, by a channel or by any, to a scenario."""

    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), empty_label=gettext_lazy("Choose a category")
    )
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"),
        choices=[("", ANY), *Channel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        categories = Category.objects.filter(company_id=member.company_id)
        self.fields["category"].queryset = categories.order_by("name")  # type: ignore[attr-defined]


class TakeInForm(forms.Form):
    """All of a category at once: into a scenario, or with NEW into one of the category's name. Gives None for that."""

    NEW = "new"
    category = forms.ModelChoiceField(Category.objects.none())
    scenario = forms.CharField(max_length=19)

    def __init__(self, member: Member, data: Any) -> None:
        super().__init__(data)
        self.member = member
        self.fields["category"].queryset = Category.objects.filter(company_id=member.company_id)  # type: ignore[attr-defined]

    def clean_scenario(self) -> Scenario | None:
        chosen = self.cleaned_data["scenario"]
        if chosen == self.NEW:
            return None
        found = standing_scenarios(self.member).filter(id=chosen).first() if chosen.isdecimal() else None
        if found is None:
            raise forms.ValidationError(_("Choose a scenario of the list."))
        return found
