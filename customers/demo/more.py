"""What higher apps add to the companies of the demo once their records are in: add(company, say), safe to repeat.

Each is marked in the ledger, so that a demo from before there was such a thing gets it at its next start.
"""

from collections.abc import Callable

from accounts.models import Company

Add = Callable[[Company, Callable[[str], None]], None]
_added: dict[str, Add] = {}


def register(verb: str, add: Add) -> None:
    """verb: of the mark that it was added."""
    _added[verb] = add


def verbs() -> tuple[str, ...]:
    return tuple(_added)


def add_more(company: Company, say: Callable[[str], None]) -> None:
    for add in _added.values():
        add(company, say)
