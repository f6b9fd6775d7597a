"""What needs doing, by role: the first thing on each home page."""

from dataclasses import dataclass

from accounts.models import Member


@dataclass(frozen=True)
class Need:
    """A line that waits for somebody. icon: a Tabler name. due: words of time or nothing. url: where it is done."""

    icon: str
    title: str
    detail: str
    due: str
    is_late: bool
    act: str
    url: str


def needs_of_manager(member: Member) -> list[Need]:
    return []


def needs_of_leader(member: Member) -> list[Need]:
    return []
