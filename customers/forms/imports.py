"""What an admin says of a file: that it is theirs, and what is in it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.kinds import KINDS
from customers.imports.matching import READY, TITLES, Guess, ready
from customers.models import Upload

MOST_FILES = 20


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list) else [data] if data else []
        if not files:
            raise ValidationError(_("Choose a file."), code="required")
        if len(files) > MOST_FILES:
            raise ValidationError(_("At most %(most)s files at once.") % {"most": MOST_FILES})
        if sum(file.size for file in files) > settings.UPLOAD_MAX_BYTES:
            largest = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise ValidationError(
                _("This is more than %(largest)s. Split the file, or pack it with gzip.")
                % {"largest": largest}
            )
        return [super(FilesField, self).clean(file, initial) for file in files if file.size] or _empty()


def _empty() -> list[Any]:
    raise ValidationError(_("The file is empty: a header row with the names of the columns is missing."))


class UploadForm(forms.Form):
    file = FilesField(label=gettext_lazy("Files"), max_length=300, allow_empty_file=True)


class SourceForm(forms.Form):
    """What kind of records, and from which program: changes which columns there are to choose from."""

    kind = forms.ChoiceField(label=gettext_lazy("The file holds"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("Written by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *TITLES.items()]  # type: ignore[attr-defined]
        self.fields["program"].choices = [("", _("Our format or another program")), *READY.items()]  # type: ignore[attr-defined]


class MappingForm(SourceForm):
    """One choice for each column of the file; a required column of ours is chosen once."""

    def __init__(self, upload: Upload, guess: Guess, data: Any = None):
        super().__init__(data, initial={"kind": guess.kind, "program": guess.ready})
        self.fields["kind"].required = True
        self.upload, self.guess = upload, guess
        self.columns = KINDS[guess.kind].columns if guess.kind in KINDS else ()
        choices = [("", _("Leave out"))] + [
            (column.name, f"{column.name} ({_('needed')})" if column.required else column.name)
            for column in self.columns
        ]
        for number, column in enumerate(upload.report.get("columns", [])):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column["name"],
                choices=choices,
                widget=forms.Select(attrs={"class": "form-select"}),
                required=False,
                initial=guess.columns.get(column["name"], ""),
            )

    def rows(self) -> list[dict[str, Any]]:
        """For the page: their column, what is in it, and the field that says what it is."""
        sources = {lookup["column"] for lookup in ready(self.guess.ready).get("lookups", [])}
        return [
            {**column, "field": self[f"column_{number}"], "is_looked_up": column["name"] in sources}
            for number, column in enumerate(self.upload.report.get("columns", []))
        ]

    def needed(self) -> list[dict[str, Any]]:
        """Our required columns, and whether something fills them."""
        filled = self._chosen() if self.is_bound else {*self.guess.columns.values()}
        filled |= {lookup["to"] for lookup in ready(self.guess.ready).get("lookups", [])}
        return [
            {"name": column.name, "is_there": column.name in filled}
            for column in self.columns
            if column.required
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, str] = {}
        for name in self.fields:
            ours = cleaned.get(name, "") if name.startswith("column_") else ""
            if ours in chosen:
                self.add_error(name, _("“%(ours)s” is chosen for another column already.") % {"ours": ours})
            elif ours:
                chosen[ours] = name
        missing = [need["name"] for need in self.needed() if not need["is_there"]]
        if missing and not self.errors:
            raise ValidationError(
                _("Choose the columns that hold %(names)s: no row can be imported without.")
                % {"names": ", ".join(f"“{name}”" for name in missing)}
            )
        return cleaned

    def mapping(self) -> dict[str, Any]:
        """As the upload keeps it."""
        columns = self.upload.report.get("columns", [])
        return {
            "ready": self.cleaned_data["program"],
            "columns": {
                column["name"]: self.cleaned_data[f"column_{number}"] for number, column in enumerate(columns)
            },
        }

    def _chosen(self) -> set[str]:
        return {self.data.get(name, "") for name in self.fields if name.startswith("column_")} - {""}
