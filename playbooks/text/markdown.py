"""A playbook as Markdown.

    # Duplicate charge
    What it is for, in a few words. (Until the first step; templates show it, an import leaves it out.)

    ## 1. The customer says they were charged twice {#s}
    *Start*
    → 2

    ## 2. Are both payments settled? {#both}
    *Decision*

    What to do, in as many lines as it takes.

    > What to say to the customer, word by word.

    - Yes, both settled → 3
    - No, one is pending → ?

- A step begins with `##`, its number and its title. `{#key}` keeps a step the same in every version; without it the
  step gets a new key. Numbers may be left out; then exits count the steps as they stand.
- Below stands its kind in stars: Start, Action, Decision, Script, Check, Handoff or End. `*Action, optional*` may be
  skipped; `*Handoff, to Billing*` names the team.
- `→ 3` (or `-> 3`) is the only exit; `- label → 3` is one of several; `→ #key` leads to a key, `→ ?` nowhere yet.
- Lines with `>` are what to say. All other lines are what to do. A line that would be taken for something else begins
  with a backslash.

HTML is text like any other. Reading back what was written gives the same steps; the words of kinds are always English.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

from django.utils.translation import gettext as _

from playbooks.graph import KEY, Graph, Kind, Node, Way

from .faults import Fault, Unreadable, lines_of, of_node, tidy_line, tidy_text, too_many

EXIT = re.compile(r"(?P<dash>-\s)?(?P<label>.*?)(?:→|->)\s*(?P<to>\?|[0-9]{1,4}|#[A-Za-z0-9_-]{1,12})\s*")
HEAD_KEY = re.compile(r"\{#([^{}\s]*)\}$")
NUMBER = re.compile(r"([0-9]{1,4})\.(?:\s+|$)")


@dataclass(frozen=True)
class Document:
    """title, about: what stands before the first step."""

    title: str
    about: str
    graph: Graph


def write(graph: Graph, title: str = "", about: str = "", teams: Mapping[int, str] | None = None) -> str:
    """The text of a playbook. teams: their names by id."""
    parts = [f"# {tidy_line(title)}".rstrip(), *([_shielded(about)] if about.strip() else [])]
    numbers = {node.key: number for number, node in enumerate(graph.nodes, 1)}
    for number, node in enumerate(graph.nodes, 1):
        parts.append(_step(node, number, numbers, teams or {}))
    return "\n\n".join(parts) + "\n"


def read(text: str, teams: Mapping[str, int] | None = None) -> Document:
    """A playbook from its text. teams: their ids by name. Raises Unreadable, which names the lines."""
    return _Reader(lines_of(text), teams or {}).document()


def _step(node: Node, number: int, numbers: Mapping[str, int], teams: Mapping[int, str]) -> str:
    said = [node.kind.value.capitalize()]
    if not node.is_required:
        said.append("optional")
    if node.team is not None and node.team in teams:
        said.append(f"to {teams[node.team]}")
    title = " ".join(filter(None, [f"## {number}.", tidy_line(node.title), f"{{#{node.key}}}"]))
    blocks = [f"{title}\n*{', '.join(said)}*"]
    if node.body.strip():
        blocks.append(_shielded(node.body))
    if node.say.strip():
        blocks.append("\n".join(f"> {line}" if line else ">" for line in tidy_text(node.say).split("\n")))
    exits = []
    for way in node.exits:
        label = tidy_line(way.label)
        exits.append(f"{f'- {label} ' if label else ''}→ {numbers.get(way.to, '?')}")
    if exits:
        blocks.append("\n".join(exits))
    return "\n\n".join(blocks)


def _shielded(text: str) -> str:
    """Text whose lines are taken for nothing else."""
    lines = tidy_text(text).split("\n")
    return "\n".join(f"\\{line}" if line[:1] in ("#", ">", "\\") or _exit(line) else line for line in lines)


def _exit(line: str) -> re.Match[str] | None:
    if "→" not in line and "->" not in line:
        return None
    found = EXIT.fullmatch(_last_arrow(line))
    return found if found and (found["dash"] or not found["label"].strip()) else None


def _last_arrow(line: str) -> str:
    """The line with its last arrow told from those in the label."""
    at = max(line.rfind("→"), line.rfind("->"))
    return line[:at].replace("→", "\0").replace("->", "\1") + line[at:]


@dataclass
class _Draft:
    """A step as it is read. exits: label, where to as it is written, line."""

    line: int
    number: int
    title: str
    key: str
    kind: Kind | None = None
    is_required: bool = True
    team: int | None = None
    body: list[str] = field(default_factory=list)
    say: list[str] = field(default_factory=list)
    exits: list[tuple[str, str, int]] = field(default_factory=list)


class _Reader:
    def __init__(self, lines: list[str], teams: Mapping[str, int]) -> None:
        self.lines = lines
        self.teams = {tidy_line(name).casefold(): id_ for name, id_ in teams.items()}
        self.title = ""
        self.about: list[str] = []
        self.steps: list[_Draft] = []
        self.faults: list[Fault] = []

    def document(self) -> Document:
        for number, line in enumerate(self.lines, 1):
            self._take(line, number)
        if not self.steps:
            self._fault(0, _("There is no step. A step begins with ##, its number and its title."))
        self.faults += too_many(len(self.steps), self.steps[-1].line if self.steps else 0)
        nodes = self._nodes() if not self.faults else []
        if self.faults:
            raise Unreadable(sorted(self.faults, key=lambda fault: fault.line))
        return Document(self.title, tidy_text("\n".join(self.about)), Graph(tuple(nodes)))

    def _take(self, line: str, number: int) -> None:
        if line.startswith("## ") or line.rstrip() == "##":
            self._begin(line[2:].strip(), number)
        elif not self.steps:
            if line.startswith("# ") and not self.title:
                self.title = tidy_line(line[2:])
            elif line.rstrip() != "#":
                self.about.append(line.removeprefix("\\"))
        elif self.steps[-1].kind is None:
            if line.strip():
                self._kind(line.strip(), number)
        elif line.startswith("\\"):
            self.steps[-1].body.append(line[1:])
        elif line.startswith(">"):
            self.steps[-1].say.append(line[1:].removeprefix(" "))
        elif found := _exit(line):
            label = tidy_line(found["label"].replace("\0", "→").replace("\1", "->"))
            self.steps[-1].exits.append((label, found["to"], number))
        elif line.startswith("#"):
            self._fault(number, _("A step begins with ##. Put a backslash before a line that begins with #."))
        else:
            self.steps[-1].body.append(line)

    def _begin(self, head: str, line: int) -> None:
        if self.steps and self.steps[-1].kind is None:
            self._fault(self.steps[-1].line, self._no_kind())
        key = ""
        if found := HEAD_KEY.search(head):
            key, head = found[1], head[: found.start()].rstrip()
            if not KEY.fullmatch(key):
                self._fault(line, _("A key has 1 to 12 letters, digits, - or _, and no - at its end."))
        number = len(self.steps) + 1
        if counted := NUMBER.match(head):
            number, head = int(counted[1]), head[counted.end() :]
        # Without a kind at the end of the text the fault is found there.
        self.steps.append(_Draft(line, number, tidy_line(head), key or token_hex(4)))

    def _kind(self, said: str, line: int) -> None:
        step = self.steps[-1]
        step.kind = Kind.ACTION
        if len(said) < 3 or said[0] != "*" or said[-1] != "*":
            self._fault(line, self._no_kind())
            return
        word, _comma, rest = said[1:-1].partition(",")
        try:
            step.kind = Kind(word.strip().casefold())
        except ValueError:
            unknown = _("“%(word)s” is no kind of step. There are: %(kinds)s.")
            kinds = ", ".join(kind.value.capitalize() for kind in Kind)
            self._fault(line, unknown % {"word": word.strip()[:40], "kinds": kinds})
        rest = rest.strip()
        if rest.casefold().startswith("optional"):
            step.is_required = False
            rest = rest[len("optional") :].lstrip(" ,")
        if rest.casefold().startswith("to "):
            step.team = self.teams.get(tidy_line(rest[3:]).casefold())
            if step.team is None:
                self._fault(line, _("There is no team “%(team)s”.") % {"team": rest[3:].strip()[:80]})
        elif rest:
            self._fault(line, _("After the kind stands “optional”, or “to” and a team."))

    def _nodes(self) -> list[Node]:
        if self.steps[-1].kind is None:
            self._fault(self.steps[-1].line, self._no_kind())
        by_key: dict[str, _Draft] = {}
        by_number: dict[str, _Draft] = {}
        for step in self.steps:
            if step.key in by_key:
                first = by_key[step.key].line
                self._fault(step.line, _("Line %(line)s has the same key.") % {"line": first})
            if str(step.number) in by_number:
                first = by_number[str(step.number)].line
                self._fault(step.line, _("Line %(line)s has the same number.") % {"line": first})
            by_key[step.key] = by_number[str(step.number)] = step
        nodes = []
        for step in self.steps:
            ways = tuple(self._way(*each, by_key, by_number) for each in step.exits)
            body, say = tidy_text("\n".join(step.body)), tidy_text("\n".join(step.say))
            kind = step.kind or Kind.ACTION
            node = Node(step.key, kind, step.title, body, say, step.is_required, step.team, ways)
            self.faults += of_node(node, step.line)
            nodes.append(node)
        return nodes

    def _way(
        self, label: str, to: str, line: int, by_key: Mapping[str, _Draft], by_number: Mapping[str, _Draft]
    ) -> Way:
        if to == "?":
            return Way(label)
        found = by_key.get(to[1:]) if to.startswith("#") else by_number.get(str(int(to)))
        if found is None:
            self._fault(line, _("There is no step %(to)s to lead to.") % {"to": to})
            return Way(label)
        return Way(label, found.key)

    def _no_kind(self) -> str:
        return _("Below the title stands the kind of the step in stars, *Action* say.")

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))
