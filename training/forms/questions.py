"""A question of the bank: its text, its options one by one, and what it is about."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from training.models import Question
from training.queries.questions import playbooks_to_choose
from training.queries.quizzes import step_titles

LARGEST = 2**31 - 1
# Rows of a new question, and how many a question may have.
FEW, MOST = 4, 10


TYPED = ("version", "text", "explanation", "playbook", "step")


class Option(NamedTuple):
    text: str = ""
    is_right: bool = False


class OptionsWidget(forms.HiddenInput):
    """Reads option-0, right-0, option-1 and so on; the page draws the rows."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Option]:
        found = [
            Option(str(data.get(f"option-{place}", "")), f"right-{place}" in data) for place in range(MOST)
        ]
        return [option for place, option in enumerate(found) if f"option-{place}" in data or option.is_right]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False


class OptionsField(forms.Field):
    widget = OptionsWidget

    def clean(self, value: list[Option]) -> list[Option]:
        """Rows without a text are left out, unless they are said to be right."""
        for row, option in enumerate(value, 1):
            if option.is_right and not option.text.strip():
                raise ValidationError(_("Option %(n)s is right, but has no text.") % {"n": row})
            if len(option.text.strip()) > 500:
                raise ValidationError(_("Option %(n)s is longer than 500 characters.") % {"n": row})
            if "\x00" in option.text:
                raise ValidationError(_("Option %(n)s has a sign that cannot be kept.") % {"n": row})
        return [option for option in value if option.text.strip()]


class QuestionForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=LARGEST)
    text = forms.CharField(
        label=gettext_lazy("Question"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    options = OptionsField(label=gettext_lazy("Options"), required=False)
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Why it is so. It is read after a try, beside what was right."),
    )
    playbook = forms.ModelChoiceField(
        Question.objects.none(),
        label=gettext_lazy("Playbook"),
        required=False,
        empty_label=gettext_lazy("About none in particular"),
        help_text=gettext_lazy("When it changes materially, the question is flagged to be looked at."),
    )
    step = forms.ChoiceField(label=gettext_lazy("Step"), required=False)

    def __init__(
        self,
        member: Member,
        data: Any = None,
        question: Question | None = None,
        typed: Any = None,
        do: str = "",
    ) -> None:
        """typed, do: what stood in a form whose rows were changed by a button, and the button; no errors yet."""
        first: dict[str, Any] = {}
        rows = [Option()] * FEW
        if question is not None:
            first = {name: getattr(question, name) for name in ("version", "text", "explanation", "step")}
            first["playbook"] = question.playbook_id
            rows = [Option(text, place in question.right) for place, text in enumerate(question.options)]
        given = data if data is not None else typed
        if given is not None:
            rows = OptionsWidget().value_from_datadict(given, None, "options")
            first = first | {
                name: given.get(name, "") for name in ("version", "text", "explanation", "playbook", "step")
            }
        # The row that a button has added or left, to begin there.
        self.focus: int | None = None
        self.rows = self._stepped(rows, do)
        super().__init__(data, initial=first)
        offered = playbooks_to_choose(member, question)
        self.fields["playbook"].queryset = offered  # type: ignore[attr-defined]
        self.fields["step"].choices = self._steps(member, offered, first, question)  # type: ignore[attr-defined]

    def _stepped(self, rows: list[Option], do: str) -> list[Option]:
        """do: "add", or "out:2"."""
        deed, _colon, place = do.partition(":")
        rows = list(rows)
        if deed == "add" and len(rows) < MOST:
            self.focus = len(rows)
            rows.append(Option())
        elif deed == "out" and place.isdecimal() and len(place) < 3 and int(place) < len(rows):
            rows.pop(int(place))
            self.focus = min(int(place), len(rows) - 1)
        return rows or [Option()]

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MOST

    def _steps(
        self, member: Member, offered: Any, first: dict[str, Any], question: Question | None
    ) -> list[tuple[str, str]]:
        """Steps of the version that is out, and the one that the question has, if it is gone."""
        chosen = str(first.get("playbook") or "")
        found = {}
        if chosen.isdecimal() and len(chosen) < 10 and offered.filter(id=int(chosen)).exists():
            found = step_titles(member.company_id, [int(chosen)])
        steps = [(key, f"{n}. {title}") for n, ((_book, key), title) in enumerate(found.items(), 1)]
        if (
            question
            and question.step
            and str(question.playbook_id) == chosen
            and question.step not in dict(steps)
        ):
            steps.append((question.step, _("A step that is gone")))
        return [("", _("The whole playbook")), *steps]

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "text": given["text"],
            "options": [option.text for option in given["options"]],
            "right": [place for place, option in enumerate(given["options"]) if option.is_right],
            "explanation": given["explanation"],
            "playbook": given["playbook"],
            "step": given["step"] if given["playbook"] else "",
        }
