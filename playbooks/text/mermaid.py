"""A playbook as a Mermaid flowchart, https://mermaid.js.org/syntax/flowchart.html.

    flowchart TD
      k_s(["The customer says they were charged twice"]):::start
      k_both{"Are both payments settled?"}:::decision
      k_s --> k_both
      k_both -->|"Yes, both settled"| k_refund
      k_both -->|"No"| nowhere

It has kinds, titles and exits of steps; what to do and to say it cannot have (`onto` keeps those of the steps before).
A step's id is its key with `k_` before it. Reading also takes charts that others wrote: the kind is the class, else the
shape. Styles, classes, links to click and the frames of subgraphs are left out. Entities such as #quot; are read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from secrets import token_hex

from django.utils.translation import gettext as _

from playbooks.graph import KEY, Graph, Kind, Node, Way

from .faults import Fault, Unreadable, lines_of, of_node, tidy_line, too_many

SHAPES = {
    Kind.START: ("([", "])"),
    Kind.ACTION: ("[", "]"),
    Kind.DECISION: ("{", "}"),
    Kind.SCRIPT: ("[/", "/]"),
    Kind.CHECK: ("{{", "}}"),
    Kind.HANDOFF: (">", "]"),
    Kind.END: ("((", "))"),
}
# What else others draw, the longest opening first.
OPENINGS = [
    ("(((", ")))", Kind.END),
    ("((", "))", Kind.END),
    ("([", "])", None),
    ("[[", "]]", Kind.ACTION),
    ("[(", ")]", Kind.ACTION),
    ("[/", "/]", Kind.SCRIPT),
    ("[\\", "\\]", Kind.SCRIPT),
    ("{{", "}}", Kind.CHECK),
    ("(", ")", None),
    ("[", "]", Kind.ACTION),
    ("{", "}", Kind.DECISION),
    (">", "]", Kind.HANDOFF),
]
NOWHERE, LONGEST_LINE = "nowhere", 5_000
HEADER = re.compile(r"(?:flowchart|graph)(?:\s+(?:TB|TD|BT|RL|LR))?\s*;?", re.IGNORECASE)
LEFT_OUT = re.compile(
    r"(?:classDef|class|style|linkStyle|click|direction)\s|subgraph\b|end\s*;?$|accTitle|accDescr"
)
ID = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_]|-(?![-.>]))*")
CLASS = re.compile(r":::([A-Za-z0-9_-]+)")
LINK = re.compile(r"(?:<)?(?:-{2,5}|={2,5}|-\.{1,4}-)[>ox]?")
TOLD = re.compile(r"(?:--|==|-\.)\s+(?P<label>[^|]+?)\s+(?:-{2,5}|={2,5}|\.{1,4}-)[>ox]?(?=\s)")
BREAK = re.compile(r"<br\s*/?>|\\n", re.IGNORECASE)
ENTITY = re.compile(r"[#&](?:([0-9]{1,7})|(quot|amp|lt|gt|apos|nbsp));")
NAMES = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'", "nbsp": " "}


def write(graph: Graph) -> str:
    """The chart of a playbook."""
    lines = ["flowchart TD"]
    for node in graph.nodes:
        opening, closing = SHAPES[node.kind]
        title = _quoted(tidy_line(node.title))
        lines.append(f'  k_{node.key}{opening}"{title}"{closing}:::{node.kind.value}')
    for node in graph.nodes:
        for way in node.exits:
            label = _quoted(tidy_line(way.label))
            told = f'|"{label}"|' if label else ""
            to = f"k_{way.to}" if way.to in graph else NOWHERE
            lines.append(f"  k_{node.key} -->{told} {to}")
    return "\n".join(lines) + "\n"


def read(text: str) -> Graph:
    """The steps of a chart. Raises Unreadable, which names the lines."""
    return _Reader(lines_of(text)).graph()


def onto(graph: Graph, before: Graph) -> Graph:
    """A graph that was read, with what a chart cannot have taken from the steps of the same key before."""
    known = {node.key: node for node in before.nodes}
    return Graph(
        tuple(
            replace(node, body=old.body, say=old.say, is_required=old.is_required, team=old.team)
            if (old := known.get(node.key))
            else node
            for node in graph.nodes
        )
    )


def _quoted(text: str) -> str:
    return "".join(f"#{ord(letter)};" if letter in '"#&|<>\\`' else letter for letter in text)


def _plain(text: str) -> str:
    def said(found: re.Match[str]) -> str:
        if found[2]:
            return NAMES[found[2]]
        number = int(found[1])
        return chr(number) if 32 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else " "

    return tidy_line(ENTITY.sub(said, BREAK.sub(" ", text)))


@dataclass
class _Box:
    line: int
    key: str
    title: str = ""
    kind: Kind | None = None
    exits: list[Way] = field(default_factory=list)


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.boxes: dict[str, _Box] = {}
        self.keys: set[str] = set()
        self.faults: list[Fault] = []

    def graph(self) -> Graph:
        is_open = False
        for number, line in enumerate(self.lines, 1):
            said = line.strip()
            if not said or said.startswith("%%"):
                continue
            if not is_open:
                is_open = True
                if not HEADER.fullmatch(said):
                    self._fault(number, _("A chart begins with “flowchart TD”."))
                    break
            elif not LEFT_OUT.match(said):
                self._statement(tidy_line(said.rstrip(";")), number)
        boxes = [box for name, box in self.boxes.items() if name != NOWHERE]
        if not boxes and not self.faults:
            self._fault(0, _("There is no step in this chart."))
        self.faults += too_many(len(boxes), boxes[-1].line if boxes else 0)
        nodes = self._nodes(boxes) if not self.faults else []
        if self.faults:
            raise Unreadable(sorted(self.faults, key=lambda fault: fault.line))
        return Graph(tuple(nodes))

    def _nodes(self, boxes: Iterable[_Box]) -> list[Node]:
        led = {way.to for box in self.boxes.values() for way in box.exits}
        nodes = []
        for box in boxes:
            kind = box.kind
            if kind is None:
                kind = Kind.END if not box.exits else Kind.START if box.key not in led else Kind.ACTION
            node = Node(box.key, kind, box.title, exits=tuple(box.exits))
            self.faults += of_node(node, box.line)
            nodes.append(node)
        return nodes

    def _statement(self, said: str, line: int) -> None:
        """A box, or boxes with links between: a --> b -->|label| c."""
        if len(said) > LONGEST_LINE:
            self._fault(line, _("This line is too long. Write each arrow on its own."))
            return
        box, at = self._box(said, 0, line)
        while box is not None and said[at:].strip():
            if said[at:].lstrip().startswith("&"):
                self._fault(line, _("Write each arrow on its own; & is not read."))
                return
            label, at = self._link(said, at, line)
            if at < 0:
                return
            following, at = self._box(said, at, line)
            if following is None:
                return
            box.exits.append(Way(label, "" if following.key == NOWHERE else following.key))
            box = following

    def _link(self, said: str, at: int, line: int) -> tuple[str, int]:
        """The label of an arrow and where it ends, -1 for none."""
        at += len(said[at:]) - len(said[at:].lstrip())
        if told := TOLD.match(said, at):
            return _plain(told["label"].strip('"')), told.end()
        arrow = LINK.match(said, at)
        if arrow is None:
            self._fault(line, _("Here an arrow is expected: %(text)s") % {"text": said[at : at + 30]})
            return "", -1
        at = arrow.end()
        rest = said[at:].lstrip()
        if not rest.startswith("|"):
            return "", at
        at += len(said[at:]) - len(rest) + 1
        end = said.find("|", at)
        if end < 0:
            self._fault(line, _("The label of this arrow does not end: a | is missing."))
            return "", -1
        return _plain(said[at:end].strip().strip('"')), end + 1

    def _box(self, said: str, at: int, line: int) -> tuple[_Box | None, int]:
        at += len(said[at:]) - len(said[at:].lstrip())
        name = ID.match(said, at)
        if name is None:
            self._fault(line, _("Here a step is expected: %(text)s") % {"text": said[at : at + 30] or "…"})
            return None, at
        at = name.end()
        box = self.boxes.get(name[0])
        if box is None:
            box = self.boxes[name[0]] = _Box(line, self._key(name[0]), title=name[0])
        for opening, closing, kind in OPENINGS:
            if said.startswith(opening, at):
                at = self._title(said, at + len(opening), closing, box, line)
                box.kind = kind
                break
        if at >= 0 and (named := CLASS.match(said, at)):
            at = named.end()
            if named[1] in list(Kind):
                box.kind = Kind(named[1])
        return (box, at) if at >= 0 else (None, at)

    def _title(self, said: str, at: int, closing: str, box: _Box, line: int) -> int:
        """Reads what stands in the shape; where it ends, -1 if it does not."""
        if said.startswith('"', at):
            end = said.find('"', at + 1)
            inner, after = said[at + 1 : end], end + 1
            if end < 0 or not said.startswith(closing, after):
                end = -1
        else:
            end = after = said.find(closing, at)
            inner = said[at:end]
        if end < 0:
            self._fault(line, _("This shape does not end: %(closing)s is missing.") % {"closing": closing})
            return -1
        box.title, box.line = _plain(inner), line
        return after + len(closing)

    def _key(self, name: str) -> str:
        """The key of a step by its id, as it is if it can be one."""
        if name == NOWHERE:
            return NOWHERE
        key = name.removeprefix("k_")
        if not KEY.fullmatch(key) or key in self.keys:
            key = token_hex(4)
        self.keys.add(key)
        return key

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))
