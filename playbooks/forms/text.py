"""A playbook as somebody pastes it, or has it in a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playbooks.graph import Graph
from playbooks.text import Unreadable, markdown, mermaid
from playbooks.text.faults import LARGEST

CHARTS = ("flowchart", "graph ", "%%")


class TextForm(forms.Form):
    """Markdown or Mermaid, told apart by how it begins. `graph` has the steps once it is valid.

    edits: how many edits of the draft its reader had seen.
    """

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=gettext_lazy("Markdown as it is exported here, or a Mermaid flowchart."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".md,.mmd,.txt"}),
    )
    edits = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    graph: Graph

    def __init__(self, *given: Any, teams: dict[str, int], before: Graph, **more: Any) -> None:
        super().__init__(*given, **more)
        self.teams, self.before = teams, before

    def clean_file(self) -> str:
        """The words in the file."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > LARGEST:
            raise ValidationError(_("This is longer than 100 kB. A playbook is far shorter."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("This file is no text in UTF-8.")) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        field = "file" if given.get("file") else "text"
        source = given.get("file") or given.get("text", "")
        try:
            if source.lstrip("\ufeff \r\n\t").lower().startswith(CHARTS):
                self.graph = mermaid.onto(mermaid.read(source), self.before)
            else:
                self.graph = markdown.read(source, self.teams).graph
        except Unreadable as refused:
            self.add_error(field, [str(fault) for fault in refused.faults])
        return {**given, "source": source}
