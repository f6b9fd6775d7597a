"""What is written of a candidate."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member
from cs_platform.lib import clock
from hiring.actions.files import checked_kind, too_large
from hiring.actions.held import Held, find_held, hold
from hiring.models import Candidate, Source

FACTS = ("name", "email", "phone", "links", "member")


class SmallFileField(forms.FileField):
    """A CV. Whether it was thrown away while it came in is said by the request (see `uploads.Small`)."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.txt"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("PDF, Word (DOCX) or text, at most 10 MB."))
        super().__init__(max_length=300, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload:
            try:
                checked_kind(upload)
            except ValidationError as error:
                raise ValidationError(error.messages) from error
        return upload


class TakesFile(forms.Form):
    """Says at the field that the file was too large; every other field keeps what was written."""

    def __init__(self, *args: Any, too_large: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.was_too_large = too_large

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.was_too_large and "file" in self.fields:
            self.errors.pop("file", None)
            self.add_error("file", too_large())
        return cleaned


class FileForm(TakesFile):
    file = SmallFileField(label=gettext_lazy("CV or another file"))


class FactsForm(forms.Form):
    """The person, whatever the job."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=60)
    links = forms.CharField(
        label=gettext_lazy("Links"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A profile or a portfolio, one a line."),
    )
    member = PersonField(
        label=gettext_lazy("Works here already"),
        required=False,
        help_text=gettext_lazy("E-mail address or name. Nobody opens their own file."),
    )

    def __init__(self, member: Member, *args: Any, **options: Any) -> None:
        candidate = options.pop("candidate", None)
        if candidate is not None:
            options["initial"] = {name: getattr(candidate, name) for name in ("version", *FACTS)}
        super().__init__(*args, **options)
        self.fields["member"].people = Member.objects.active().filter(company_id=member.company_id)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class CandidateForm(TakesFile, FactsForm):
    """Somebody for a job. consent: its words, as they are shown beside the box."""

    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=Source.choices, initial=Source.SOURCED)
    source_detail = forms.CharField(
        label=gettext_lazy("Where from"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Who recommended them, which board, which agency."),
    )
    has_consented = forms.BooleanField(label=gettext_lazy("They have agreed to this"), required=False)
    consented_on = forms.DateField(
        label=gettext_lazy("Agreed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: today."),
    )
    file = SmallFileField(label=gettext_lazy("CV"), required=False)
    # Of a CV that came with an earlier sending of the form; without it if that is ticked.
    held = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    leaves_file = forms.BooleanField(required=False)
    same = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = (
        "name", "email", "phone", "links", "source", "source_detail", "file", "member", "has_consented",
        "consented_on",
    )  # fmt: skip

    def __init__(self, member: Member, consent: str, *args: Any, **options: Any) -> None:
        super().__init__(member, *args, **options)
        self.reader, self.consent, self.today = member, consent, member.company.today()
        del self.fields["version"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        token = cleaned.get("held")
        self.held_before = find_held(self.reader, token) if token else None
        if cleaned.get("leaves_file"):
            self.held_before = None
        elif token and not cleaned.get("file") and "file" not in self.errors:
            if self.held_before is None:
                self.add_error("file", _("The CV was held for an hour and is gone by now. Choose it again."))
            else:
                cleaned["file"] = self.held_before.file()
        return cleaned

    def held_on(self) -> Held | None:
        """The CV that came with it, held until the form is sent the next time."""
        if not self.is_bound or (upload := self.files.get("file")) is None or "file" in self.errors:
            return getattr(self, "held_before", None)
        return hold(actor=self.reader, upload=upload)

    def clean_consented_on(self) -> Any:
        day = self.cleaned_data["consented_on"]
        if day and day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day

    def person(self) -> dict[str, Any]:
        facts = self.facts()
        if self.cleaned_data["has_consented"]:
            day = self.cleaned_data["consented_on"]
            facts["consent_text"] = self.consent
            facts["consented_at"] = (
                datetime.combine(day, time(12), UTC) if day and day != self.today else clock.now()
            )
        return facts

    def way(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("source", "source_detail")}


class CandidateErasureForm(forms.Form):
    """Erased when the name is typed."""

    name = forms.CharField(label=gettext_lazy("Type the name to erase the file"), max_length=200)

    def __init__(self, candidate: Candidate, *args: Any) -> None:
        super().__init__(*args)
        self.candidate = candidate

    def clean_name(self) -> str:
        if self.cleaned_data["name"].strip() != str(self.candidate).strip():
            raise ValidationError(_("This is not the name."))
        return self.cleaned_data["name"]
