"""Setting a live session up, and noting who came."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.company import ZoneField
from accounts.forms.fields import PersonField
from accounts.models import Member, Team
from cs_platform.lib.days import EARLIEST, LATEST, out_of_reach
from training.models import Seat, Session

from .people import PeopleField, to_choose

LONGEST_MINUTES, LONGEST_TEXT = 480, 20_000
ON_THE_CLOCK = "%Y-%m-%dT%H:%M"


class LocalTimeField(forms.CharField):
    """A day and an hour as a clock on the wall shows them: in which zone is another field."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=ON_THE_CLOCK)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip().replace(" ", "T", 1)
        try:
            at = datetime.strptime(text, ON_THE_CLOCK)  # noqa: DTZ007 - the zone comes with another field
        except ValueError as error:
            raise forms.ValidationError(_("Write a day and a time as 2026-10-31 09:00.")) from error
        if not EARLIEST <= at.date() <= LATEST:
            raise forms.ValidationError(out_of_reach())
        return at

    def prepare_value(self, value: Any) -> Any:
        return value.strftime(ON_THE_CLOCK) if isinstance(value, datetime) else value


class SessionForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("What it is about"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Markdown: what to prepare, links to what is read before."),
    )
    host = PersonField(
        label=gettext_lazy("Host"),
        help_text=gettext_lazy("Holds it and notes who came: an e-mail address or a whole name."),
    )
    starts_at = LocalTimeField(label=gettext_lazy("Day and time"), max_length=20)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=5, max_value=LONGEST_MINUTES, initial=60
    )
    zone = ZoneField()
    place = forms.CharField(
        label=gettext_lazy("Where"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("A room, or the address of a call."),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Whole teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = PeopleField(
        label=gettext_lazy("People by name"),
        required=False,
        help_text=gettext_lazy("One a line: an e-mail address or a whole name."),
    )
    item = forms.ChoiceField(
        label=gettext_lazy("Counts on paths as"),
        required=False,
        help_text=gettext_lazy(
            "Whoever comes and has it on the path has it done once the session is closed."
        ),
    )

    def __init__(
        self, member: Member, items: list[tuple[str, str]], data: Any = None, session: Session | None = None,
        zone: str = "",
    ) -> None:  # fmt: skip
        super().__init__(data, initial=_initial(session) if session else {"zone": zone, "host": member})
        self.fields["host"].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["host"].widget.attrs["list"] = "people"
        self.fields["people"].people = to_choose(member)  # type: ignore[attr-defined]
        teams = Team.objects.filter(company_id=member.company_id).order_by("name")
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        known = [*items, (session.item, session.item)] if session and session.item else items
        choices = list(dict([*reversed(known)]).items())[::-1]
        self.fields["item"].choices = [("", _("Nothing")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("teams") or given.get("people")) and not {"teams", "people"} & set(self.errors):
            self.add_error("people", _("Ask at least one person, or a team."))
        if given.get("starts_at") and given.get("zone"):
            local, zone = given["starts_at"], ZoneInfo(given["zone"])
            begins = make_aware(local, zone)
            twice = begins.utcoffset() != begins.replace(fold=1).utcoffset()
            if twice or begins.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
                self.add_error("starts_at", _("The clocks change at that hour; choose another one."))
        return given

    def values(self) -> dict[str, Any]:
        """The fields of a session, after so many minutes that pass, whatever the clocks do meanwhile."""
        given = self.cleaned_data
        begins = make_aware(given["starts_at"], ZoneInfo(given["zone"])).astimezone(UTC)
        span = {"starts_at": begins, "ends_at": begins + timedelta(minutes=given["minutes"])}
        return span | {name: given[name] for name in ("title", "body", "host", "zone", "place", "item")}


class AttendanceForm(forms.Form):
    """A tick and minutes for each seat but the own one. `version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, session: Session, seats: list[Seat], longest: int, data: Any = None) -> None:
        super().__init__(data, initial={"version": session.version})
        self.seats = seats
        for seat in seats:
            name = {"name": seat.member.name}
            came = forms.BooleanField(label=_("%(name)s came") % name, required=False)
            minutes = forms.IntegerField(
                label=_("Minutes of %(name)s") % name, required=False, min_value=1, max_value=longest
            )
            self.fields |= {f"came_{seat.id}": came, f"minutes_{seat.id}": minutes}
            self.initial[f"came_{seat.id}"] = seat.state != Seat.State.MISSED
            self.initial[f"minutes_{seat.id}"] = seat.minutes or longest
        self.longest = longest

    def rows(self) -> list[tuple[Seat, Any, Any]]:
        return [(seat, self[f"came_{seat.id}"], self[f"minutes_{seat.id}"]) for seat in self.seats]

    def came(self) -> dict[int, int | None]:
        """{seat id: minutes}; without minutes the whole session, None for who did not come."""
        given = self.cleaned_data
        return {
            seat.id: (given[f"minutes_{seat.id}"] or self.longest) if given[f"came_{seat.id}"] else None
            for seat in self.seats
        }


def _initial(session: Session) -> dict[str, Any]:
    span = session.ends_at - session.starts_at
    seated = [seat.member for seat in session.seats.select_related("member").order_by("member__name")]
    names = ("version", "title", "body", "host", "zone", "place", "item")
    return {name: getattr(session, name) for name in names} | {
        "starts_at": session.starts_at.astimezone(ZoneInfo(session.zone)),
        "minutes": int(span.total_seconds() // 60),
        "people": seated,
    }
