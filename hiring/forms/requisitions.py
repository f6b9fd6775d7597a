"""A job, its stages, and what weighs how much."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member, Role, Team
from hiring.models import Attribute, KitVersion, Requisition, Stage
from hiring.queries.library import kits_to_choose
from playbooks.forms.people import SomebodyField, teams_of, to_choose

from .people import PeopleField, Picked

NAMES = (
    "title",
    "place",
    "description",
    "seats",
    "role",
    "manager",
    "team",
    "starts_on",
    "owner",
    "threshold",
)
LARGEST = 2**31 - 1


def seen_version() -> forms.IntegerField:
    return forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=LARGEST)


class RequisitionForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = seen_version()
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A town, or “Remote”."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What applicants read."),
    )
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=500)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    starts_on = forms.DateField(
        label=gettext_lazy("Start"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    manager = SomebodyField(
        label=gettext_lazy("Manager"),
        help_text=gettext_lazy("To whom the new person will report: an e-mail address or a whole name."),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("No team"),
    )
    owner = SomebodyField(
        label=gettext_lazy("Owner"), help_text=gettext_lazy("Whose job it is to fill the seats.")
    )
    people = PeopleField(
        label=gettext_lazy("Hiring team"),
        help_text=gettext_lazy(
            "They read the candidates, move them and plan interviews. Who only interviews need not be here."
        ),
    )
    threshold = forms.DecimalField(
        label=gettext_lazy("Line of the composite"),
        min_value=Decimal(1),
        max_value=Decimal(5),
        max_digits=3,
        decimal_places=2,
        help_text=gettext_lazy("From here on the rule says “hire”. Between 1 and 5."),
    )

    def __init__(
        self, member: Member, data: Any = None, requisition: Requisition | None = None, **options: Any
    ) -> None:
        if requisition:
            rows = requisition.team_rows.select_related("member").order_by("member__name")
            first = {name: getattr(requisition, name) for name in (*NAMES, "version")}
            options["initial"] = first | {"people": [row.member for row in rows]}
        super().__init__(data, **options)
        for name in ("manager", "owner", "people"):
            self.fields[name].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["team"].queryset = teams_of(member)  # type: ignore[attr-defined]
        self.fields["owner"].required = True

    @classmethod
    def while_picking(
        cls, member: Member, data: QueryDict, requisition: Requisition | None
    ) -> "RequisitionForm":
        """The form as it was typed so far, nothing of it judged yet, with the people who are ticked or named."""
        form = cls(member, None, requisition)
        typed: dict[str, Any] = {name: data.get(name, "") for name in form.fields}
        form.initial = {**form.initial, **typed, "people": data.getlist("people")}
        return form

    def picked(self) -> Picked:
        """Who is on the hiring team so far, and what was typed that is nobody."""
        field: PeopleField = self.fields["people"]  # type: ignore[assignment]
        return field.picked(self["people"].data if self.is_bound else self.initial.get("people"))

    def clean_starts_on(self) -> date | None:
        day = self.cleaned_data["starts_on"]
        if day and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def changes(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in NAMES}
        return given | {"team_ids": self.cleaned_data["people"]}


class StageForm(forms.Form):
    """kit: the newest version of a kit, or the one that the stage has. version: of the job, with all its stages."""

    version = seen_version()
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Stage.Kind.choices)
    limit_days = forms.IntegerField(
        label=gettext_lazy("Limit in days"),
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("How long a candidate should stay here."),
    )
    kit = forms.ModelChoiceField(
        KitVersion.objects.none(),
        label=gettext_lazy("Kit"),
        required=False,
        empty_label=gettext_lazy("No interview"),
    )

    def __init__(self, requisition: Requisition, data: Any = None, stage: Stage | None = None) -> None:
        names = ("name", "kind", "limit_days", "kit")
        first: dict[str, Any] = {name: getattr(stage, name) for name in names} if stage else {"limit_days": 7}
        super().__init__(data, initial=first | {"version": requisition.version})
        kits = kits_to_choose(requisition.company_id, stage.kit_id if stage else None)
        self.fields["kit"].queryset = kits  # type: ignore[attr-defined]


class WeightsForm(forms.Form):
    """A part for each attribute; without one it is not in the composite. version: of the job, with its weights."""

    version = seen_version()

    def __init__(
        self,
        requisition: Requisition,
        attributes: Iterable[Attribute],
        weights: dict[int, Decimal],
        data: Any = None,
    ) -> None:
        super().__init__(data, initial={"version": requisition.version})
        self.attributes = list(attributes)
        for each in self.attributes:
            self.fields[self.field_of(each)] = forms.DecimalField(
                label=each.name,
                required=False,
                min_value=Decimal("0"),
                max_value=Decimal("100"),
                max_digits=5,
                decimal_places=2,
                initial=_plain(weights.get(each.id)),
            )

    @staticmethod
    def field_of(attribute: Attribute) -> str:
        return f"weight_{attribute.id}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.weights():
            raise ValidationError(_("Give one attribute a weight above 0 at least."))
        return cleaned

    def lines(self, per_cents: dict[int, Decimal], asked: set[int]) -> list[dict[str, Any]]:
        """For the page: each field with the per cent that it has now, and whether a kit asks for it."""
        return [
            {
                "field": self[self.field_of(each)],
                "per_cent": per_cents.get(each.id),
                "is_asked": each.id in asked,
            }
            for each in self.attributes
        ]

    def weights(self) -> dict[Attribute, Decimal]:
        given = ((each, self.cleaned_data[self.field_of(each)]) for each in self.attributes)
        return {each: weight for each, weight in given if weight}


def _plain(weight: Decimal | None) -> Decimal | None:
    """1 for 1.00, 2.5 for 2.50."""
    return weight if weight is None else Decimal(f"{weight.normalize():f}")
