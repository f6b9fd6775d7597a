from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Team
from cs_platform.lib.days import DayField

from .fields import PersonField
from .people import ManagerField, may_lead


class LineForm(forms.Form):
    """Whom somebody reports to, in which team, from which day on."""

    manager = ManagerField(
        label=_("Reports to"),
        help_text=_("An e-mail address or a whole name. Empty: nobody, a root of the tree."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team")
    )
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].people = may_lead(member)  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(company_id=member.company_id).order_by("name")  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """Who takes over a whole team, from which day on."""

    manager = PersonField(label=_("To"), help_text=_("An e-mail address or a whole name."))
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, member: Member, giver: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["manager"]
        field.widget.attrs["list"] = "managers"
        field.people = may_lead(member).exclude(id=giver.id)  # type: ignore[attr-defined]


def as_sent(form: forms.Form) -> dict[str, Any]:
    """What a checked form said, as the fields that say it again."""
    sent: dict[str, Any] = {}
    for name, value in form.cleaned_data.items():
        if isinstance(value, Member):
            sent[name] = value.email
        elif isinstance(value, Team):
            sent[name] = value.id
        else:
            sent[name] = value.isoformat() if isinstance(value, date) else value or ""
    return sent
