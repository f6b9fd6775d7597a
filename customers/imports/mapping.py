"""Other names for columns and values: {"columns": {"Ticket ID": "external_id"}, "values": {"status": {"shut": "closed"}}}."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from .readers import Unreadable


@dataclass(frozen=True)
class Mapping:
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Mapping":
        """Raises Unreadable if the file is no such mapping."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            columns = {
                str(theirs).strip().lower(): str(ours) for theirs, ours in data.get("columns", {}).items()
            }
            values = {
                str(name): {str(theirs).strip().lower(): str(ours) for theirs, ours in pairs.items()}
                for name, pairs in data.get("values", {}).items()
            }
        except (OSError, ValueError, AttributeError) as error:
            raise Unreadable(
                _("%(file)s is not a mapping: %(why)s.") % {"file": path.name, "why": error}
            ) from error
        return cls(columns, values)

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def cells(self, cells: dict[str, str]) -> dict[str, str]:
        """The row under our names, with our values."""
        if not self.columns and not self.values:
            return cells
        found = {self.column(name): cell for name, cell in cells.items()}
        for name, pairs in self.values.items():
            if name in found:
                found[name] = pairs.get(found[name].strip().lower(), found[name])
        return found

    def signature(self) -> bytes:
        return json.dumps([self.columns, self.values], sort_keys=True).encode()
