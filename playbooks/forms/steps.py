"""The form of a step that is open in the editor, and the words around an edit."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member, Team
from cs_platform.lib.outside import number, storable
from customers.models.rules import LONGEST_TEXT
from playbooks.actions.steps import Seen, Written
from playbooks.graph import EXITS, MOST_EXITS, Graph, Kind, Node, Problem, Refused, Way
from playbooks.models import Step
from playbooks.queries.removed import mark_of

LONGEST_LABEL = 120
# What is chosen to lead an exit to a step that is not there yet.
NEW = "new step"


class TextField(forms.CharField):
    """A longer text. Browsers send line ends as two characters, and one is kept."""

    widget = forms.Textarea

    def __init__(self, **options: Any):
        super().__init__(max_length=LONGEST_TEXT, required=False, strip=False, **options)

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "").replace("\r\n", "\n").rstrip()


@dataclass(frozen=True)
class ExitRow:
    """An exit as the form shows it."""

    place: int
    label: str
    to: str
    problems: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        return self.place + 1


class StepForm(forms.Form):
    """A step. Its fields begin with its key, so that what was kept of one step never gets into another."""

    title = forms.CharField(max_length=200, required=False)
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind], label=gettext_lazy("Kind"))
    body = TextField(label=gettext_lazy("What to do"))
    say = TextField(label=gettext_lazy("Say"))
    is_required = forms.BooleanField(
        required=False, label=gettext_lazy("A rep may skip it only with a reason")
    )
    team = forms.ModelChoiceField(Team.objects.none(), required=False, label=gettext_lazy("Hand over to"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        member: Member,
        graph: Graph,
        node: Node,
        problems: tuple[Problem, ...] = (),
    ):
        self.node, self.graph, self.found = node, graph, problems
        super().__init__(data, prefix=node.key, initial=_initial(node))
        starts = [each for each in graph.nodes if each.kind == Kind.START and each.key != node.key]
        kinds = [kind for kind in Step.Kind.choices if not (starts and kind[0] == Kind.START)]
        if node.kind == Kind.START and starts:
            kinds = list(Step.Kind.choices)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(company_id=member.company_id).order_by("name")  # type: ignore[attr-defined]
        self.fields["title"].label = _("Question") if self.kind_now == Kind.DECISION else _("Title")
        for name in ("body", "say"):
            self.fields[name].widget.attrs = {"rows": 2, "class": "form-control ed__say"}

    @property
    def kind_now(self) -> str:
        return str(self["kind"].value())

    @property
    def exits(self) -> list[ExitRow]:
        """As they were sent, else as they stand."""
        ways = self._sent() if self.is_bound else self.node.exits
        return [
            ExitRow(at, way.label, way.to, tuple(each.text for each in self.found if each.exit == at))
            for at, way in enumerate(ways)
        ]

    @property
    def has_labels(self) -> bool:
        return len(self.exits) > 1 or self.kind_now in (Kind.DECISION, Kind.CHECK)

    @property
    def may_have_more(self) -> bool:
        known = self.kind_now in Step.Kind.values
        return known and len(self.exits) < EXITS[Kind(self.kind_now)][1]

    @property
    def whole(self) -> list[str]:
        """Problems of the step that are not of one exit."""
        return [each.text for each in self.found if each.exit is None]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where an exit may lead: (key, number and title)."""
        nameless = _("Step without a title")
        return [
            (each.key, f"{at} {each.title.strip() or nameless}")
            for at, each in enumerate(self.graph.nodes, 1)
            if each.key != self.node.key
        ]

    def clean_title(self) -> str:
        return storable(self.cleaned_data["title"])

    def clean(self) -> None:
        ways = self._sent()
        if len(ways) > MOST_EXITS:
            raise ValidationError(_("At most %(most)s exits at a step.") % {"most": MOST_EXITS})
        for at, way in enumerate(ways, 1):
            if len(way.label) > LONGEST_LABEL:
                words = {"n": at, "most": LONGEST_LABEL}
                raise ValidationError(_("Exit %(n)s: at most %(most)s letters.") % words)

    def written(self, seen: str) -> Written:
        """What the valid form says. seen: the mark of the step that it was made for."""
        said = self.cleaned_data
        ways = self._sent()
        node = Node(
            key=self.node.key,
            kind=Kind(said["kind"]),
            title=said["title"],
            body=said["body"],
            say=said["say"],
            is_required=said["is_required"],
            team=said["team"].id if said["team"] else None,
            exits=tuple(Way(way.label, "" if way.to == NEW else way.to) for way in ways),
        )
        return Written(node, seen, tuple(at for at, way in enumerate(ways) if way.to == NEW))

    def _sent(self) -> tuple[Way, ...]:
        found = []
        # One more than there may be, so that too many are refused and not cut off.
        for at in range(MOST_EXITS + 1):
            if f"{self.prefix}-exit-{at}-to" not in self.data:
                break
            label = storable(str(self.data.get(f"{self.prefix}-exit-{at}-label", ""))).strip()
            found.append(Way(label, storable(str(self.data[f"{self.prefix}-exit-{at}-to"]))))
        return tuple(found)


def _initial(node: Node) -> dict[str, Any]:
    return {
        "title": node.title,
        "kind": node.kind.value,
        "body": node.body,
        "say": node.say,
        "is_required": node.is_required,
        "team": node.team,
    }


@dataclass(frozen=True)
class Sent:
    """What a deed in the editor came with: the number of edits that was seen, the open step, its form.

    over: the person has seen what somebody else wrote, and wants their own text.
    """

    edits: int | None
    mark: str
    key: str
    form: StepForm | None
    over: bool

    @property
    def seen(self) -> Seen:
        """Raises Refused when the form is not valid."""
        if self.form is None:
            return Seen(self.edits)
        if not self.form.is_valid():
            raise Refused(
                _("This step cannot be saved as it is. Nothing is lost: see what is said at its fields.")
            )
        return Seen(self.edits, self.form.written(self.mark), self.over)


def sent(data: QueryDict, *, member: Member, graph: Graph) -> Sent:
    """Reads the part of a deed that all of them have. A step that is gone still has its form."""
    key = storable(data.get("open", ""))[:12]
    edits = number(data.get("over", "")) if "over" in data else number(data.get("edits", ""))
    if not key or f"{key}-kind" not in data:
        return Sent(edits, "", "", None, False)
    node = graph[key] if key in graph else Node(key, Kind.ACTION, "")
    form = StepForm(data, member=member, graph=graph, node=node)
    over = "over" in data
    mark = mark_of(node) if over and key in graph else data.get("mark", "")
    return Sent(edits, mark, key, form, over)
