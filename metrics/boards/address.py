"""Where a figure is found: the addresses of boards, of what explains a figure, and of the rows behind it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from metrics.queries import Level, Scope

NOBODYS = "nobody"


def whose(person_id: int) -> str:
    """A person as an address says it."""
    return str(person_id) if person_id else NOBODYS


@dataclass(frozen=True)
class FigureAddress:
    """A metric of a scope from start to end."""

    metric: str
    scope: Scope
    start: date
    end: date

    @property
    def query(self) -> str:
        asked = {"level": self.scope.level.value}
        if self.scope.level != Level.COMPANY:
            asked["person"] = whose(self.scope.person_id)
        if self.scope.level == Level.MANAGER and self.scope.tree:
            asked["scope"] = "tree"
        return urlencode(asked | {"from": self.start.isoformat(), "to": self.end.isoformat()})

    @property
    def explain(self) -> str:
        return f"{reverse('boards:explain', args=[self.metric])}?{self.query}"

    def api(self, email: str) -> str:
        """The same figure for programs, which name people by e-mail."""
        asked = {"level": self.scope.level.value}
        if self.scope.level != Level.COMPANY:
            asked["person"] = email or NOBODYS
        if self.scope.level == Level.MANAGER and self.scope.tree:
            asked["scope"] = "tree"
        asked |= {"from": self.start.isoformat(), "to": self.end.isoformat()}
        return f"{reverse('metrics:metric', args=[self.metric])}?{urlencode(asked)}"
