"""Requirements, programmes and their drafts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member, Role, Team
from playbooks.forms.people import teams_of
from playbooks.models import Playbook
from playbooks.queries.lists import readable
from training.models import Item, Level, Module, ProgrammeVersion, Question

from .fields import LinesField, seen_number, text_field

Kind = Item.Kind
LINES = gettext_lazy("One a line.")


class RequirementForm(forms.Form):
    """One cell: a role, maybe a team, a playbook, a level or none."""

    role = forms.ChoiceField(choices=Role.choices)
    team = forms.ModelChoiceField(Team.objects.none(), required=False)
    playbook = forms.ModelChoiceField(Playbook.objects.none())
    level = forms.ChoiceField(choices=[("", ""), *Level.choices], required=False)

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_of(member)  # type: ignore[attr-defined]
        self.fields["playbook"].queryset = readable(member)  # type: ignore[attr-defined]


class ProgrammeForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("As people read it: “Path for billing reps”."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("Any team"),
        help_text=gettext_lazy("A programme of a team comes before the one for any team."),
    )

    def __init__(self, member: Member, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["team"].queryset = teams_of(member)  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """edits: of the draft as it was read."""

    edits = seen_number()
    summary = text_field(
        gettext_lazy("What changed and why"),
        3,
        2000,
        help_text=gettext_lazy("Whoever looks at the versions later reads this."),
    )


class ModuleForm(forms.Form):
    """edits: of the draft as it was read."""

    edits = seen_number()
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    week = forms.IntegerField(label=gettext_lazy("Week"), min_value=1, max_value=52)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Module.Kind.choices)
    playbook = forms.ModelChoiceField(
        Playbook.objects.none(),
        label=gettext_lazy("Playbook"),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("For a process: whoever completes the module is certified for it."),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=[("", gettext_lazy("None")), *Level.choices],
        required=False,
        help_text=gettext_lazy("For a process: up to which level it is learned."),
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Comes after"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, member: Member, draft: ProgrammeVersion, data: Any = None, module: Module | None = None
    ) -> None:
        first: dict[str, Any] = {"week": 1, "kind": Module.Kind.COMMON, "edits": draft.edits}
        if module:
            names = ("title", "week", "kind", "playbook", "level", "needs")
            first |= {name: getattr(module, name) for name in names}
        super().__init__(data, initial=first)
        offered = readable(member)
        if module and module.playbook_id:
            own = Playbook.objects.filter(company_id=member.company_id, id=module.playbook_id)
            offered = readable(member).filter(id__gt=0) | own
        self.fields["playbook"].queryset = offered.order_by("title", "id")  # type: ignore[attr-defined]
        others = [each for each in draft.modules.all() if module is None or each.id != module.id]
        self.fields["needs"].choices = [(each.key, each.title) for each in others]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") != Module.Kind.PROCESS:
            return cleaned | {"playbook": None, "level": ""}
        for name, told in (("playbook", _("Choose the playbook.")), ("level", _("Choose the level."))):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, told)
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edits"}


# What each kind asks for, beside title, day and whether it is required.
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.LESSON: ("body", "minutes"),
    Kind.QUIZ: ("body", "questions", "pass_mark", "tries", "pause_hours", "draws", "minutes"),
    Kind.RIDE_ALONG: ("form", "times", "body", "rubric", "minutes"),
    Kind.ROLE_PLAY: ("body", "goal", "partner", "rubric", "minutes"),
    Kind.ASSIGNMENT: ("body", "rubric", "minutes"),
    Kind.SESSION: ("body", "minutes"),
    Kind.CHECKLIST: ("body", "rubric", "minutes"),
    Kind.SIGN_OFF: ("body", "rubric", "minutes"),
}
BODY_IS: dict[str, Any] = {
    Kind.LESSON: gettext_lazy("Text of the lesson"),
    Kind.ROLE_PLAY: gettext_lazy("Brief for the trainee"),
    Kind.ASSIGNMENT: gettext_lazy("What is to be done"),
    Kind.SESSION: gettext_lazy("What it is about"),
}
RUBRIC_IS: dict[str, Any] = {Kind.CHECKLIST: gettext_lazy("Lines of the checklist")}
# Without these an item of the kind would ask for nothing.
NEEDED: dict[str, tuple[str, ...]] = {
    Kind.LESSON: (),
    Kind.RIDE_ALONG: ("form",),
    Kind.ROLE_PLAY: ("goal",),
    Kind.CHECKLIST: ("rubric",),
    Kind.ASSIGNMENT: ("body",),
}


class QuestionsField(forms.ModelMultipleChoiceField):
    """Questions of the bank, as they are ticked."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.text)


class ItemForm(forms.Form):
    """An item of a kind, with the fields that the kind has. edits: of the draft as it was read."""

    edits = seen_number()
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    due = forms.IntegerField(
        label=gettext_lazy("Due on business day"),
        min_value=1,
        max_value=260,
        help_text=gettext_lazy("Of the path, the first day being 1; five are a week."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=0,
        max_value=1440,
        help_text=gettext_lazy("How long it takes, about."),
    )
    is_required = forms.BooleanField(
        label=gettext_lazy("Required"),
        required=False,
        help_text=gettext_lazy("The path is complete when everything that is required is done."),
    )
    form = forms.ChoiceField(label=gettext_lazy("Form"), choices=Item.Form.choices)
    times = forms.IntegerField(label=gettext_lazy("How often"), min_value=1, max_value=50)
    body = text_field(gettext_lazy("Text"), 8)
    goal = text_field(gettext_lazy("Goal"), 2, 2000, help_text=gettext_lazy("What a good run achieves."))
    partner = text_field(
        gettext_lazy("Brief for the partner"),
        3,
        4000,
        help_text=gettext_lazy("Whoever plays the customer reads it."),
    )
    rubric = LinesField(label=gettext_lazy("What whoever judges looks for"), help_text=LINES)
    questions = QuestionsField(
        Question.objects.none(),
        label=gettext_lazy("Questions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("A question of this list is not there any more. Choose again."),
            "invalid_pk_value": gettext_lazy("A question of this list is not there any more. Choose again."),
        },
    )
    pass_mark = forms.IntegerField(label=gettext_lazy("Pass mark in per cent"), min_value=1, max_value=100)
    tries = forms.IntegerField(
        label=gettext_lazy("Tries"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("At most so many; 0 for any number."),
    )
    pause_hours = forms.IntegerField(label=gettext_lazy("Hours between tries"), min_value=0, max_value=720)
    draws = forms.IntegerField(
        label=gettext_lazy("Questions drawn"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("So many of them, others at each try; 0 for all."),
    )

    def __init__(
        self,
        kind: str,
        draft: ProgrammeVersion,
        module: Module,
        data: Any = None,
        item: Item | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.kind, self.own = kind, FIELDS[kind]
        first = _first(kind, module) | (initial or {}) | {"edits": draft.edits}
        if item:
            first |= {name: getattr(item, name) for name in _names(kind) if name != "questions"}
            first["questions"] = [row.question_id for row in item.questions.all()]
        super().__init__(data, initial=first)
        for name in set(self.fields) - {*_names(kind), "edits"}:
            del self.fields[name]
        if "body" in self.fields:
            self.fields["body"].label = BODY_IS.get(kind, gettext_lazy("Text"))
            self.fields["body"].widget.attrs["rows"] = 16 if kind == Kind.LESSON else 6
        if "rubric" in self.fields:
            self.fields["rubric"].label = RUBRIC_IS.get(kind, self.fields["rubric"].label)
        for name in NEEDED.get(kind, ()):
            self.fields[name].required = True
        if kind == Kind.QUIZ:
            chosen = first.get("questions", [])
            self.fields["questions"].queryset = offered(module, chosen)  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edits"}


def offered(module: Module, chosen: Iterable[int] = ()):
    """What a quiz may ask: standing questions, about the module's playbook first, and what it asks already."""
    rows = Question.objects.filter(company_id=module.company_id)
    rows = rows.filter(Q(archived_at__isnull=True) | Q(id__in=list(chosen)))
    about = Q(playbook_id=module.playbook_id) if module.playbook_id else Q(playbook__isnull=True)
    first = ExpressionWrapper(about, output_field=BooleanField())
    return rows.select_related("playbook").annotate(is_about=first).order_by("-is_about", "playbook_id", "id")


def _names(kind: str) -> tuple[str, ...]:
    return ("title", "due", "is_required", *FIELDS[kind])


def _first(kind: str, module: Module) -> dict[str, Any]:
    """What stands in the form of a new item."""
    return {
        "due": min(260, module.week * 5),
        "minutes": 60 if kind == Kind.RIDE_ALONG else 30,
        "is_required": True,
        "times": 1,
        "form": Item.Form.OBSERVE,
        "pass_mark": 80,
        "tries": 0,
        "pause_hours": 0,
        "draws": 0,
        "rubric": [],
        "questions": [],
    }
