import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Role, Team
from accounts.permissions import roles_given_by
from cs_platform.lib.days import DayField

from .fields import PersonField

OFFERED = 200


def may_lead(member: Member):
    """Who can be chosen as a manager."""
    return Member.objects.visible_to(member).active().filter(is_stub=False)


def offered(member: Member) -> list[Member]:
    """Some of those who lead people, for a field to suggest."""
    return list(may_lead(member).exclude(role=Role.REP).order_by("name")[:OFFERED])


class ManagerField(PersonField):
    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.attrs["list"] = "managers"


class PersonForm(forms.Form):
    """A new person."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REP)
    started_on = DayField(label=_("First day"), required=False)
    manager = ManagerField(
        label=_("Reports to"),
        help_text=_("An e-mail address or a whole name. Empty: nobody yet. It holds from the first day on."),
    )
    invite = forms.BooleanField(label=_("Send an invitation to sign in"), required=False, initial=True)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["manager"].people = may_lead(member)  # type: ignore[attr-defined]
        self.fields["role"].choices = _roles(member)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Member.objects.visible_to(self.member).filter(email=email, is_stub=False).exists():
            raise ValidationError(_("There is somebody with this e-mail address already."))
        return email


class PersonEditForm(forms.ModelForm):
    """Name, role and dates of a person; `seen` says what they were when the form was shown."""

    started_on = DayField(label=_("First day"), required=False)
    left_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Counts people, ends no sign-in. For that, use “Leaves” on the person's page."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = Member
        fields = ["name", "role", "started_on", "left_on"]
        labels = {"name": _("Name"), "role": _("Role")}

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = stamp(self.instance)
        self.initial["seen"] = self.before
        self.fields["role"].choices = _roles(member)  # type: ignore[attr-defined]

    def clean_seen(self) -> str:
        if self.cleaned_data["seen"] != self.before:
            raise ValidationError(
                _(
                    "Somebody has changed this person meanwhile. Look at the page again, then repeat your change."
                )
            )
        return self.before


def stamp(person: Member) -> str:
    """Changes with everything that the form can change."""
    values = (person.name, person.role, person.started_on, person.left_on, person.is_active)
    return hashlib.sha256(repr(values).encode()).hexdigest()


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ["name"]
        labels = {"name": _("Name")}


def _roles(member: Member) -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in roles_given_by(member)]


class DepartureForm(forms.Form):
    left_on = DayField(label=_("Last day"))
