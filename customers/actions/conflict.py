from typing import Any


class EditConflict(Exception):
    """Somebody else changed the row since it was read; `current` is the row as it stands now."""

    def __init__(self, current: Any, version: int):
        super().__init__(current)
        self.current = current
        self.version = version


def check_version(row: Any, version: int | None) -> None:
    """Raises EditConflict when the row is not the version that the editor saw. None does not ask."""
    if version is not None and row.version != version:
        raise EditConflict(row, row.version)
