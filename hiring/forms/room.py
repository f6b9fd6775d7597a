"""What is written in the interview room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hiring.actions.scorecards import LONGEST, Rated, Sheet, SignHeard, Tried
from hiring.models import Recommendation
from hiring.queries.room import NO_EVIDENCE, Content, Label, Step, overall_mark

RATINGS = [(str(value), str(value)) for value in range(1, 6)] + [(NO_EVIDENCE, _("No evidence"))]


class LongField(forms.CharField):
    """Text with the line breaks that are kept, however a browser sends them."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label=label, required=False, max_length=LONGEST, widget=forms.Textarea, **options)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class PartForm(forms.Form):
    """edits: how many times the card had been saved when this was opened; mark: what stood on this step then."""

    edits = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    mark = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    go = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class StepForm(PartForm):
    """One attribute. Fields of signs and samples are those of the kit."""

    rating = forms.ChoiceField(label=_("Rating"), required=False, choices=RATINGS)
    evidence = LongField(_("Evidence"))

    def __init__(self, step: Step, edits: int, data: Any = None) -> None:
        self.step, content = step, step.content
        initial: dict[str, Any] = {"edits": edits, "mark": content.mark, "rating": content.rating}
        super().__init__(data, initial=initial | {"evidence": content.evidence}, auto_id=f"id-{step.key}-%s")
        for place, label in enumerate(step.labels):
            heard = content.signs.get((label.words, label.is_warning))
            self.fields[f"sign-{place}"] = forms.BooleanField(label=label.words, required=False)
            self.fields[f"quote-{place}"] = LongField(_("Quote for %(sign)s") % {"sign": label.words})
            self.initial.update({f"sign-{place}": heard is not None, f"quote-{place}": heard or ""})
        for question in step.samples:
            told = content.samples.get(question.id, ("", "", ""))
            for part, name, words in zip(TRIES, TRY_LABELS, told, strict=True):
                self.fields[f"{part}-{question.id}"] = LongField(name)
                self.initial[f"{part}-{question.id}"] = words

    @property
    def good(self) -> list[tuple[Any, Any]]:
        return self._signs(is_warning=False)

    @property
    def warnings(self) -> list[tuple[Any, Any]]:
        return self._signs(is_warning=True)

    @property
    def tries(self) -> list[list[Any]]:
        """The three fields of each work sample."""
        return [[self[f"{part}-{question.id}"] for part in TRIES] for question in self.step.samples]

    def content(self) -> Content:
        """What was typed, in the shape of what is kept."""
        given = self.cleaned_data
        return Content(
            given["rating"],
            given["evidence"],
            {(label.words, label.is_warning): given[f"quote-{place}"] for place, label in self._heard()},
            {
                question.id: told
                for question in self.step.samples
                if any(told := tuple(given[f"{part}-{question.id}"] for part in TRIES))  # type: ignore[misc]
            },
        )

    def sheet(self) -> Sheet:
        content = self.content()
        signs = tuple(
            SignHeard(words, is_warning, quote) for (words, is_warning), quote in content.signs.items()
        )
        value = int(content.rating) if content.rating not in ("", NO_EVIDENCE) else None
        tried = {question.id: Tried(*content.samples.get(question.id, ())) for question in self.step.samples}
        rated = Rated(value, bool(content.rating), content.evidence, signs)
        return Sheet(ratings={self.step.attribute: rated}, samples=tried)

    def _heard(self) -> list[tuple[int, Label]]:
        """Ticked, or with a quote: whoever writes down the words has heard the sign."""
        given = self.cleaned_data
        labels = enumerate(self.step.labels)
        return [(n, label) for n, label in labels if given[f"sign-{n}"] or given[f"quote-{n}"]]

    def _signs(self, *, is_warning: bool) -> list[tuple[Any, Any]]:
        labels = enumerate(self.step.labels)
        return [
            (self[f"sign-{n}"], self[f"quote-{n}"]) for n, label in labels if label.is_warning == is_warning
        ]


TRIES = ("first_try", "feedback", "second_try")
TRY_LABELS = (_("First try"), _("The one piece of feedback you gave"), _("Second try"))


class OverallForm(PartForm):
    recommendation = forms.ChoiceField(
        label=_("Overall"), required=False, choices=Recommendation.choices, widget=forms.RadioSelect
    )
    summary = LongField(_("In a sentence"))

    def __init__(self, card: Any, data: Any = None) -> None:
        mark = overall_mark(card.recommendation, card.summary)
        initial = {"recommendation": card.recommendation, "summary": card.summary, "mark": mark}
        super().__init__(data, initial={"edits": card.edits, **initial}, auto_id="id-overall-%s")

    def sheet(self) -> Sheet:
        given = self.cleaned_data
        return Sheet(recommendation=given["recommendation"], summary=given["summary"])

    def new_mark(self) -> str:
        return overall_mark(self.cleaned_data["recommendation"], self.cleaned_data["summary"])


class WhyForm(forms.Form):
    """Why somebody does not score, or an interview does not take place."""

    why = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
