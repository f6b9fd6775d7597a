"""Which column of a file is which of ours: by name, by a ready mapping, or as somebody says."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib import clock
from customers.models import Upload

from .intake import file_of
from .kinds import KINDS, Kind
from .mapping import SHIPPED, Mapping

READY = {"zendesk": "Zendesk", "freshdesk": "Freshdesk", "intercom": "Intercom"}
TITLES = {
    "people": gettext_lazy("People"),
    "reporting_lines": gettext_lazy("Reporting lines"),
    "customers": gettext_lazy("Customers"),
    "contacts": gettext_lazy("Contacts"),
    "revenue": gettext_lazy("Revenue"),
    "tickets": gettext_lazy("Tickets"),
    "ticket_events": gettext_lazy("Ticket events"),
    "notes": gettext_lazy("Notes"),
    "surveys": gettext_lazy("Survey answers"),
    "shifts": gettext_lazy("Shifts"),
}


def register(kind: type[Kind], title: Any) -> None:
    """A kind of records of a higher app, behind our own."""
    KINDS[kind.name], TITLES[kind.name] = kind, title


@dataclass(frozen=True)
class Guess:
    """What a file most likely is. `columns` is {theirs: ours}, "" where we know none."""

    kind: str
    ready: str
    columns: dict[str, str]


@cache
def ready(name: str) -> dict[str, Any]:
    """The shipped mapping of another program, as data; nothing for our own format."""
    return json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8")) if name in READY else {}


def guess(upload: Upload, kind: str | None = None, program: str | None = None) -> Guess:
    """For the first look at a file; kind and program are what somebody has chosen meanwhile."""
    names = names_of(upload)
    program = _program(names) if program is None else program
    kind = kind or upload.kind or ("tickets" if program else _kind(names))
    return Guess(kind, program, match(names, kind, program))


def match(names: Iterable[str], kind: str, program: str) -> dict[str, str]:
    """{theirs: ours} by the names alone; each of ours is taken once."""
    known = {column.name for column in KINDS[kind].columns} if kind in KINDS else set()
    found: dict[str, str] = {}
    for name in names:
        ours = ready(program).get("columns", {}).get(name, name) or ""
        for candidate in (ours, ours.replace(" ", "_").replace("-", "_")):
            if candidate in known and candidate not in found.values():
                found[name] = candidate
                break
        else:
            found[name] = ""
    return found


def lacking(found: Guess) -> list[str]:
    """The columns that the kind needs and nothing fills."""
    filled = {*found.columns.values()} | {lookup["to"] for lookup in ready(found.ready).get("lookups", [])}
    return [
        column.name for column in KINDS[found.kind].columns if column.required and column.name not in filled
    ]


def names_of(upload: Upload) -> list[str]:
    return [column["name"] for column in upload.report.get("columns", [])]


def mapping_of(upload: Upload) -> Mapping:
    """The engine's mapping of an upload: a ready one, with the columns as they were chosen."""
    data = dict(ready(upload.mapping.get("ready", "")))
    chosen = upload.mapping.get("columns")
    if chosen is not None:
        # A column that look-ups start from keeps its name; the others that nobody wants are left out.
        used = {lookup["column"] for lookup in data.get("lookups", [])} | data.get("only", {}).keys()
        used |= {name for lookup in data.get("lookups", []) for name in lookup.get("when", {})}
        used -= {column.name for column in KINDS[upload.kind].columns}
        data["columns"] = {name: ours or None for name, ours in chosen.items() if ours or name not in used}
    return Mapping.of(data)


def looked_up(program: str) -> dict[str, bool]:
    """{file: whether it is needed} of the look-ups of a ready mapping, by the first of its names."""
    files: dict[str, bool] = {}
    for lookup in ready(program).get("lookups", []):
        names = lookup["file"] if isinstance(lookup["file"], list) else [lookup["file"]]
        files[names[0]] = files.get(names[0], False) or not lookup.get("optional", False)
    return files


def lay_out(upload: Upload) -> None:
    """Gives the files that came with this one the names by which its mapping looks for them.

    These names are the mapping's own: what people call their files names nothing on disk.
    """
    path = file_of(upload)
    others = Upload.objects.filter(company_id=upload.company_id, path__startswith=f"{_folder(upload)}/")
    by_name = {other.file_name.lower(): other for other in others.exclude(id=upload.id).order_by("id")}
    for lookup in mapping_of(upload).lookups:
        for name in lookup.files:
            other = by_name.get(name) or by_name.get(f"{name}.gz")
            if other is None:
                continue
            link = path.with_name(name + (".gz" if other.path.endswith(".gz") else ""))
            if not link.is_symlink():
                link.symlink_to(file_of(other).name)
            _shelve(other, upload)


def _shelve(other: Upload, upload: Upload) -> None:
    """A file of look-ups has found its use, and nobody has to say any more what is in it."""
    Upload.objects.filter(id=other.id, state=Upload.State.UPLOADED).update(
        state=Upload.State.DONE,
        message=_("Looked up by %(file)s.") % {"file": upload.file_name},
        finished_at=clock.now(),
    )


def came_with(upload: Upload) -> set[str]:
    """The names of the files that were handed in together with this one."""
    others = Upload.objects.filter(company_id=upload.company_id, path__startswith=f"{_folder(upload)}/")
    return {name.lower().removesuffix(".gz") for name in others.values_list("file_name", flat=True)}


def _folder(upload: Upload) -> str:
    return upload.path.rpartition("/")[0]


def _program(names: list[str]) -> str:
    """The program whose export has the most of these columns, if that is no chance."""
    signs = {
        program: len({*names} & {*ready(program).get("columns", {}), *_sources(program)}) for program in READY
    }
    best = max(signs, key=lambda program: signs[program])
    ours = max(len({*names} & {column.name for column in kind.columns}) for kind in KINDS.values())
    return best if signs[best] >= 4 and signs[best] > ours else ""


def _sources(program: str) -> set[str]:
    return {lookup["column"] for lookup in ready(program).get("lookups", [])}


def _kind(names: list[str]) -> str:
    """The kind whose needed columns are all there, and of those the one with most columns."""
    fitting = {
        kind: len({*names} & {column.name for column in KINDS[kind].columns})
        for kind in KINDS
        if {column.name for column in KINDS[kind].columns if column.required} <= {*names}
    }
    return max(fitting, key=lambda kind: fitting[kind], default="")
