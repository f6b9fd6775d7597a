"""Two entries of one person: which values stay."""

from typing import Any

from django import forms

from hiring.queries.merging import CHOSEN, Preview

KEPT, GONE = "kept", "gone"
MOST = 2**31 - 1


class MergeForm(forms.Form):
    """Both as they were seen, and of each value that both have another one of, whose stays."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)
    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)

    def __init__(self, preview: Preview, sent: Any = None) -> None:
        seen = {
            "version": preview.kept.candidate.version,
            "other_version": preview.gone.candidate.version,
        }
        super().__init__(sent, initial=seen)
        for fact in preview.facts:
            if fact.is_chosen:
                self.fields[fact.name] = forms.ChoiceField(
                    label=fact.label,
                    choices=[(KEPT, fact.kept), (GONE, fact.gone)],
                    initial=KEPT,
                    required=False,
                )

    @property
    def versions(self) -> tuple[int, int]:
        return self.cleaned_data["version"], self.cleaned_data["other_version"]

    @property
    def from_gone(self) -> list[str]:
        return [name for name in CHOSEN if self.cleaned_data.get(name) == GONE]

    def choice(self, name: str) -> str:
        """Whose value is chosen on the page."""
        return self[name].value() or KEPT if name in self.fields else KEPT
