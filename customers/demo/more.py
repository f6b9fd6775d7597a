"""What higher apps add to the companies of the demo once their records are in: add(company, say), safe to repeat."""

from collections.abc import Callable

from accounts.models import Company

Add = Callable[[Company, Callable[[str], None]], None]
_added: list[Add] = []


def register(add: Add) -> None:
    _added.append(add)


def add_more(company: Company, say: Callable[[str], None]) -> None:
    for add in _added:
        add(company, say)
