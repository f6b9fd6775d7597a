"""What higher apps say of a playbook on its page. They register a function; playbooks knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Member
from playbooks.models import Playbook


@dataclass(frozen=True)
class Said:
    """A line among the facts of a playbook. tone: good or watch, or nothing; url: where it is said at length."""

    label: str
    words: str
    icon: str = ""
    tone: str = ""
    url: str = ""


Sayer = Callable[[Member, Playbook], list[Said]]
_sayers: list[Sayer] = []


def register(sayer: Sayer) -> None:
    """What a reader is told of a playbook: sayer(member, playbook)."""
    if sayer not in _sayers:
        _sayers.append(sayer)


def said_of(member: Member, playbook: Playbook) -> list[Said]:
    return [said for sayer in _sayers for said in sayer(member, playbook)]
