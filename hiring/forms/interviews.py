"""Planning an interview: when, where, and who asks."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import InstantField, PersonField
from accounts.models import Member
from hiring.models import Application, Interview, PanelRole, Stage

ROWS, MOST_ROWS = 5, 12
LONGEST_MINUTES = 480


class TimeForm(forms.Form):
    """When, how long and where."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    starts_at = InstantField(label=gettext_lazy("Day and time"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=5,
        max_value=LONGEST_MINUTES,
        help_text=gettext_lazy("Empty: as long as the kit takes."),
    )
    place = forms.CharField(
        label=gettext_lazy("Where"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("A room, or the address of a call. The candidate reads it too."),
    )

    def span(self, otherwise: int) -> dict[str, Any]:
        """Start, end after so many minutes that pass, whatever the clocks do meanwhile, and the place."""
        given = self.cleaned_data
        begins = given["starts_at"].astimezone(UTC)
        return {
            "starts_at": begins,
            "ends_at": begins + timedelta(minutes=given["minutes"] or otherwise),
            "place": given["place"],
        }


class PanelForm(forms.Form):
    """Rows of a person and a role; empty ones are left out."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, people: Any, data: Any = None, *, seats: dict[Member, str] | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        filled = list((seats or {}).items())
        self.rows_count = min(max(ROWS, len(filled) + 2), MOST_ROWS)
        for n in range(self.rows_count):
            person = PersonField(label=_("Interviewer %(n)s") % {"n": n + 1}, required=False)
            person.people = people
            person.widget.attrs["list"] = "people"
            role = forms.ChoiceField(
                label=_("Role of interviewer %(n)s") % {"n": n + 1}, choices=PanelRole.choices, required=False
            )
            self.fields |= {f"person_{n}": person, f"role_{n}": role}
            member, held = filled[n] if n < len(filled) else (None, PanelRole.SCORER if n else PanelRole.LEAD)
            self.initial.update({f"person_{n}": member, f"role_{n}": held})

    def rows(self) -> Iterator[tuple[Any, Any]]:
        for n in range(self.rows_count):
            yield self[f"person_{n}"], self[f"role_{n}"]

    def panel(self) -> dict[int, str]:
        """{member id: role}"""
        given = self.cleaned_data
        rows = [(given.get(f"person_{n}"), given.get(f"role_{n}")) for n in range(self.rows_count)]
        return {member.id: role or PanelRole.SCORER for member, role in rows if member}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        seen: set[int] = set()
        for n in range(self.rows_count):
            if (member := given.get(f"person_{n}")) is None:
                continue
            if member.id in seen:
                self.add_error(f"person_{n}", _("%(name)s is on the panel twice.") % {"name": member.name})
            seen.add(member.id)
        if not seen and not self.errors:
            self.add_error("person_0", _("Name at least one interviewer."))
        return given


class PlanForm(PanelForm, TimeForm):
    stage = forms.ModelChoiceField(Stage.objects.none(), label=gettext_lazy("Stage"), empty_label=None)
    tells_candidate = forms.BooleanField(
        label=gettext_lazy("Invite the candidate by e-mail"), required=False, initial=True
    )

    def __init__(self, application: Application, people: Any, data: Any = None) -> None:
        super().__init__(people, data)
        stages = application.requisition.stages.filter(kit__isnull=False).select_related("kit__kit")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]
        self.fields["stage"].label_from_instance = _with_kit  # type: ignore[attr-defined]
        self.initial["stage"] = application.stage_id


def _with_kit(stage: Stage) -> str:
    kit = stage.kit.kit.name if stage.kit else ""
    return _("%(stage)s, kit “%(kit)s”") % {"stage": stage.name, "kit": kit}


def time_form(interview: Interview, data: Any = None) -> TimeForm:
    length = int((interview.ends_at - interview.starts_at).total_seconds() // 60)
    initial = {
        "version": interview.version,
        "starts_at": localtime(interview.starts_at),
        "minutes": length,
        "place": interview.place,
    }
    return TimeForm(data, initial=initial)
