"""A line of what needs doing, and where it is done."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse


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


def queue(**filters: str | int) -> str:
    """The queue, narrowed down."""
    return f"{reverse('customers:ticket_index')}?{urlencode(filters)}"
