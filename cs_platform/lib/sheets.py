"""CSV downloads: streamed, without a cap on rows, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

# A spreadsheet runs a cell that begins with one of these.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), with a byte order mark so that spreadsheets see UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download called name.csv."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)
    response["Content-Disposition"] = f'attachment; filename="{plain}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def safe(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; figures stay figures."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(RUN):
        return "'" + cell
    return cell
