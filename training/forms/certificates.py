"""Renewing, revoking, and who stands beside somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member, Team
from cs_platform.lib.days import DayField
from playbooks.forms.people import to_choose
from playbooks.models import Playbook
from training.queries.matrix import Asked, teams
from training.queries.standings import LOOKS, processes


def _text(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RenewalForm(forms.Form):
    words = _text(
        gettext_lazy("What you saw"),
        gettext_lazy("On which tickets they ran the process, and that they know the version in use."),
    )


class RevocationForm(forms.Form):
    reason = _text(gettext_lazy("Why"), gettext_lazy("They read it. Say what happened and what comes next."))


class SupervisionForm(forms.Form):
    """Who stands beside somebody, and how long."""

    supervisor = PersonField(
        label=gettext_lazy("Who stands beside them"),
        help_text=gettext_lazy("Somebody with a certificate for this process: name or e-mail address."),
    )
    until = DayField(label=gettext_lazy("Until"))

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        self.fields["supervisor"].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["supervisor"].widget.attrs["list"] = "people"


class FilterForm(forms.Form):
    """What of the matrix is wanted; what makes no sense is left out."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("Every team"),
    )
    process = forms.ModelChoiceField(
        Playbook.objects.none(),
        label=gettext_lazy("Process"),
        required=False,
        empty_label=gettext_lazy("Every process"),
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"),
        required=False,
        choices=[("", gettext_lazy("Any standing")), *((look.key, look.word) for look in LOOKS.values())],
    )

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams(member)  # type: ignore[attr-defined]
        self.fields["process"].queryset = processes(member)  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        self.is_valid()
        return Asked(
            self.cleaned_data.get("team"),
            self.cleaned_data.get("process"),
            self.cleaned_data.get("standing") or "",
        )
