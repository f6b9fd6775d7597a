"""Who is put on a path, what the list is asked for, and why somebody is taken off."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib.days import DayField
from training.models import Enrolment, Programme, ProgrammeVersion

from .entries import text_field


def to_enrol(member: Member):
    """Whom a member may put on a path: people below, for leaders and admins everybody else."""
    people = Member.objects.visible_to(member).active().filter(is_stub=False, is_bot=False)
    people = people.exclude(id=member.id)
    if member.sees_everybody:
        return people
    return people.filter(id__in=ids_below(member, member.company.today()))


def programmes_of(member: Member):
    return Programme.objects.visible_to(member).filter(archived_at__isnull=True).order_by("title", "id")


class EnrolForm(forms.Form):
    member = PersonField(
        label=gettext_lazy("Who"), help_text=gettext_lazy("An e-mail address or a whole name.")
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=gettext_lazy("Programme"), empty_label=gettext_lazy("Choose")
    )
    starts_on = DayField(
        label=gettext_lazy("Start"),
        required=False,
        help_text=gettext_lazy("Left empty: their first day of work, or today."),
    )

    def __init__(self, member: Member, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.today = member.company.today()
        published = programmes_of(member).filter(versions__state=ProgrammeVersion.State.PUBLISHED)
        self.fields["programme"].queryset = published  # type: ignore[attr-defined]
        self.fields["member"].people = to_enrol(member)  # type: ignore[attr-defined]
        self.fields["member"].widget.attrs["list"] = "people"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("member") and said.get("programme"):
            there = Enrolment.objects.filter(
                company_id=said["programme"].company_id, member=said["member"],
                version__programme=said["programme"],
            )  # fmt: skip
            if there.exclude(state=Enrolment.State.WITHDRAWN).exists():
                raise ValidationError({"member": _("Is on this path already, or has completed it.")})
        return said

    def begins(self) -> date | None:
        """Never in the past: nothing could be done in time any more."""
        asked = self.cleaned_data["starts_on"]
        return max(asked, self.today) if asked else None

    def moved(self, enrolment: Enrolment) -> str:
        """What is said where the path begins on another day than was asked for."""
        asked, begins = self.cleaned_data["starts_on"], enrolment.starts_on
        if asked is None or asked == begins:
            return ""
        if asked < self.today:
            return _("The day lies in the past.")
        return _("Nobody works on that day.")


class PathsForm(forms.Form):
    """What is no answer is left out: an address that somebody typed is no mistake to complain of."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label=gettext_lazy("Programme"),
        required=False,
        empty_label=gettext_lazy("Every programme"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Every state")), *Enrolment.State.choices],
    )

    def __init__(self, member: Member, data: Any) -> None:
        super().__init__(data)
        rows = Programme.objects.visible_to(member).order_by("title", "id")
        self.fields["programme"].queryset = rows  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WithdrawalForm(forms.Form):
    reason = text_field(gettext_lazy("Why"), rows=2)
