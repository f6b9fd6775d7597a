"""Whom a playbook or a scenario names."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member, Team
from playbooks.models import Playbook

OFFERED = 200


def to_choose(member: Member):
    """Who can be named: people who work here now."""
    return Member.objects.visible_to(member).active().filter(is_stub=False, is_bot=False)


def offered(member: Member) -> list[Member]:
    """Some of them, for fields to suggest."""
    return list(to_choose(member).order_by("name", "id")[:OFFERED])


class SomebodyField(PersonField):
    """A person by e-mail address or name, offered while one types; empty is nobody."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.attrs["list"] = "people"


def teams_of(member: Member):
    return Team.objects.filter(company_id=member.company_id).order_by("name")


class PeopleForm(forms.Form):
    """Who answers for a playbook, how often, and who reads it. `version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    owner = SomebodyField(
        label=gettext_lazy("Owner"),
        help_text=gettext_lazy("Keeps it going: is told when it is flagged, sent back or published."),
    )
    verifier = SomebodyField(
        label=gettext_lazy("Verifier"),
        help_text=gettext_lazy("Says every so often that it still holds. A person or a team, not both."),
    )
    verifier_team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Verifying team"),
        required=False,
        empty_label=gettext_lazy("No team"),
        help_text=gettext_lazy("Anybody of it may verify; all of them are reminded."),
    )
    interval_days = forms.IntegerField(
        label=gettext_lazy("Days between verifications"),
        min_value=7,
        max_value=730,
        help_text=gettext_lazy("Counts from the next verification on; the present date stays."),
    )
    audience = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Who reads it"),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )

    def __init__(self, member: Member, playbook: Playbook, data: Any = None) -> None:
        names = ("version", "owner", "verifier", "verifier_team", "interval_days", "audience")
        super().__init__(data, initial={name: getattr(playbook, name) for name in names})
        for name in ("owner", "verifier"):
            self.fields[name].people = to_choose(member)  # type: ignore[attr-defined]
        for name in ("verifier_team", "audience"):
            self.fields[name].queryset = teams_of(member)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verifier") and cleaned.get("verifier_team"):
            raise ValidationError({"verifier_team": _("Choose a person or a team as verifier, not both.")})
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
