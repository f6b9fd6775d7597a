"""The rows of the queue as markup. Fifty rows of template nodes took a third of the page's time, so a row's template
is rendered once for each language, as a pattern, and filled here. Whatever is filled in is escaped first."""

from collections.abc import Sequence
from functools import cache

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cs_platform.templatetags.ui import icon
from customers.queries.queue_rows import FIELDS, QueueRow

ICONS = {"clock": "clock", "late": "alert-triangle", "pause": "player-pause"}


def rows_as_html(rows: Sequence[QueueRow]) -> SafeString:
    language = get_language() or ""
    row_pattern, who, take = (_pattern(name, language) for name in ("row", "who", "take"))
    icons: dict[str, str] = {name: icon(file) for name, file in ICONS.items()}
    pieces = []
    for row in rows:
        cells: dict[str, str] = {name: conditional_escape(getattr(row, name)) for name in FIELDS}
        cells["icon"] = icons.get(row.icon, "")
        cells["who"] = (who if row.assignee else take) % cells
        pieces.append(row_pattern % cells)
    return mark_safe("".join(pieces))  # noqa: S308 - the patterns are our templates, the cells are escaped


@cache
def _pattern(name: str, language: str) -> str:
    return render_to_string(f"customers/queue/_{name}.html").strip()
