"""Attributes, questions and kits."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from hiring.models import Attribute, KitVersion, Question, QuestionKind
from hiring.queries.library import standing_attributes, standing_questions

LARGEST = 2**31 - 1
SIGNS, SIGN_LENGTH = 12, 200


def words_field(label: Any, rows: int, required: bool = True, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, max_length=2000, required=required, **options)


def version_field() -> forms.IntegerField:
    return forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=LARGEST)


class AttributeForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = version_field()
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    definition = words_field(gettext_lazy("What it means"), 2, required=False)
    anchor_1 = words_field(gettext_lazy("A 1 looks like this"), 2)
    anchor_3 = words_field(gettext_lazy("A 3 looks like this"), 2)
    anchor_5 = words_field(
        gettext_lazy("A 5 looks like this"),
        2,
        help_text=gettext_lazy("What somebody says or does, not what they are. 2 and 4 lie between."),
    )

    def __init__(self, data: Any = None, attribute: Attribute | None = None) -> None:
        super().__init__(
            data, initial={name: getattr(attribute, name) for name in self.base_fields} if attribute else {}
        )

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class LinesField(forms.CharField):
    """Short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > SIGNS:
            raise ValidationError(_("At most %(n)s lines.") % {"n": SIGNS})
        if any(len(line) > SIGN_LENGTH for line in lines):
            raise ValidationError(_("At most %(n)s characters in a line.") % {"n": SIGN_LENGTH})
        return list(dict.fromkeys(lines))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class QuestionForm(forms.Form):
    """`version` is the one that the editor saw."""

    version = version_field()
    attribute = forms.ModelChoiceField(
        Attribute.objects.none(),
        label=gettext_lazy("Attribute"),
        empty_label=gettext_lazy("Choose an attribute"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=QuestionKind.choices)
    text = words_field(gettext_lazy("Question"), 3)
    listen_for = words_field(gettext_lazy("Listen for"), 3, required=False)
    good_signs = LinesField(
        label=gettext_lazy("Good signs"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("One a line. They prompt for evidence and are no points."),
    )
    warning_signs = LinesField(
        label=gettext_lazy("Warning signs"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("One a line."),
    )

    def __init__(
        self, member: Member, data: Any = None, question: Question | None = None, **options: Any
    ) -> None:
        if question:
            options["initial"] = {name: getattr(question, name) for name in self.base_fields}
        super().__init__(data, **options)
        offered = standing_attributes(member)
        if question and question.attribute.archived_at:
            offered = offered | Attribute.objects.visible_to(member).filter(id=question.attribute_id)
        self.fields["attribute"].queryset = offered  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class KitForm(forms.Form):
    """A kit without its questions, which have an order: see `Picks`. `number` is the newest that the editor saw."""

    number = version_field()
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = words_field(gettext_lazy("Purpose"), 2, required=False)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=480)

    def __init__(self, data: Any = None, version: KitVersion | None = None, **options: Any) -> None:
        if version:
            first = {name: getattr(version, name) for name in ("number", "purpose", "minutes")}
            options.setdefault("initial", first | {"name": version.kit.name})
        super().__init__(data, **options)


class Picks:
    """The questions of a kit in their order, as the form carries them; `step` is one press of a button on them.

    Buttons send do: "up:3", "down:3", "out:3" or "add"; to add, a question is chosen in `more`.
    """

    MOST = 40

    def __init__(self, member: Member, ids: Iterable[str]) -> None:
        found = {str(each.id): each for each in standing_questions(member)}
        archived = Question.objects.visible_to(member).select_related("attribute")
        missing = {id for id in ids if id not in found and id.isdecimal() and len(id) < 19}
        kept = {str(each.id): each for each in archived.filter(id__in=missing)} if missing else {}
        known = found | kept
        self.picked: list[Question] = [known[id] for id in dict.fromkeys(ids) if id in known]
        self.offered: list[Question] = [each for each in found.values() if each not in self.picked]
        self.unknown = len([id for id in ids if id not in known])
        # The question that a button has just moved, so that the page comes back to it.
        self.moved: int | None = None

    @property
    def error(self) -> str:
        if self.unknown:
            return _("A question of this list is not there any more. Look through it and save again.")
        if not self.picked:
            return _("A kit needs at least one question.")
        return _("At most %(n)s questions.") % {"n": self.MOST} if len(self.picked) > self.MOST else ""

    def step(self, do: str, more: str) -> None:
        deed, _colon, asked = do.partition(":")
        chosen = more if deed == "add" else asked
        if deed == "add":
            self._add(chosen)
            return
        place = next((at for at, each in enumerate(self.picked) if str(each.id) == chosen), None)
        if place is None:
            return
        if deed == "out":
            self.offered.append(self.picked.pop(place))
        elif deed in ("up", "down"):
            other = max(0, min(len(self.picked) - 1, place + (1 if deed == "down" else -1)))
            self.picked.insert(other, self.picked.pop(place))
            self.moved = self.picked[other].id

    def _add(self, chosen: str) -> None:
        found = next((each for each in self.offered if str(each.id) == chosen), None)
        if found:
            self.offered.remove(found)
            self.picked.append(found)
            self.moved = found.id
