"""The seat that is offered, the answer, and the hire."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import ManagerField, may_lead
from accounts.models import Member, Role, Team
from accounts.permissions import roles_given_by
from cs_platform.lib.days import DayField
from hiring.models import Offer, Requisition


class OfferForm(forms.Form):
    """Begins with the seat of the requisition."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    manager = ManagerField(
        label=_("Reports to"), help_text=_("An e-mail address or a whole name. Empty: nobody.")
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team")
    )
    starts_on = DayField(label=_("First day"))

    def __init__(self, *args: Any, member: Member, requisition: Requisition, **options: Any) -> None:
        seat = {
            "role": requisition.role,
            "manager": requisition.manager,
            "team": requisition.team_id,
            "starts_on": requisition.starts_on,
        }
        options["initial"] = seat | options.get("initial", {})
        super().__init__(*args, **options)
        given = roles_given_by(member)
        self.fields["role"].choices = [each for each in Role.choices if each[0] in given]  # type: ignore[attr-defined]
        self.fields["manager"].people = may_lead(member)  # type: ignore[attr-defined]
        teams = Team.objects.filter(company_id=member.company_id).order_by("name")
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        choices=[each for each in Offer.State.choices if each[0] != Offer.State.OUT],
        error_messages={"required": _("Choose an answer.")},
    )


class HireForm(forms.Form):
    """email: of somebody who does not work here yet."""

    email = forms.EmailField(
        label=_("E-mail address at work"),
        max_length=254,
        required=False,
        help_text=_("They sign in with it once they are invited."),
    )
