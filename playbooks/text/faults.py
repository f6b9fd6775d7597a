"""What is wrong with a text, told by line; and what every text has to keep to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.models.rules import LONGEST_TEXT
from playbooks.graph import MOST_EXITS, MOST_STEPS, Node, Refused

LARGEST, MOST_FAULTS = 100_000, 20


@dataclass(frozen=True)
class Fault:
    """line: from 1, 0 for the text as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        return (
            _("Line %(line)s: %(text)s") % {"line": self.line, "text": self.text} if self.line else self.text
        )


class Unreadable(Refused):
    """A text that is no playbook; `faults` say where and why."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        super().__init__("\n".join(map(str, self.faults)))


def lines_of(text: str) -> list[str]:
    """The lines of a text that may be read. Raises Unreadable."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise Unreadable([Fault(0, _("This is longer than 100 kB. A playbook is far shorter."))])
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if faults := [
        Fault(number, _("There is a character that no text has."))
        for number, line in enumerate(lines, 1)
        if any((letter < " " and letter != "\t") or "\ud800" <= letter <= "\udfff" for letter in line)
    ]:
        raise Unreadable(faults)
    if not text.strip():
        raise Unreadable([Fault(0, _("There is nothing to read."))])
    return lines


def of_node(node: Node, line: int) -> list[Fault]:
    """What is too much in a step."""
    found = []
    if len(node.title) > 200:
        found.append(Fault(line, _("A title has at most 200 characters.")))
    if max(len(node.body), len(node.say)) > LONGEST_TEXT:
        found.append(Fault(line, _("The text of this step is too long.")))
    if len(node.exits) > MOST_EXITS:
        found.append(Fault(line, _("At most %(most)s exits at a step.") % {"most": MOST_EXITS}))
    if any(len(way.label) > 120 for way in node.exits):
        found.append(Fault(line, _("An exit has at most 120 characters.")))
    return found


def too_many(count: int, line: int) -> list[Fault]:
    if count <= MOST_STEPS:
        return []
    return [Fault(line, _("At most %(most)s steps: part the playbook.") % {"most": MOST_STEPS})]


def tidy_line(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())


def tidy_text(text: str) -> str:
    """A text of several lines, without empty ones around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
