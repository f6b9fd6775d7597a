"""Imports a folder: all of it in one transaction, or, as a dry run, nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from accounts import activity
from accounts.models import Company, Member
from customers.imports.columns import Frame
from customers.imports.engine import one_at_a_time
from hiring.actions.library import stock_library

from . import greenhouse, lever
from .records import Export, Refusal
from .writing import Count, Writer

FORMATS: dict[str, Callable[[Path, Frame], Export]] = {"greenhouse": greenhouse.read, "lever": lever.read}


@dataclass
class Report:
    """What came of a folder: counts by noun, what was refused, and what else there is to know."""

    files: list[str]
    counts: dict[str, Count]
    refused: list[Refusal]
    stub_people: int
    remarks: dict[str, int] = field(default_factory=dict)


def import_folder(
    company: Company,
    path: Path,
    format: str,
    *,
    dry_run: bool = False,
    actor: Member | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Report:
    """Raises Unreadable. Called again, it adds only what is new and changes what has changed."""
    export = FORMATS[format](path, Frame.of(company, "UTC"))
    with one_at_a_time(company.id), transaction.atomic():
        stock_library(company_id=company.id)
        writer = Writer(company, format, export, progress)
        writer.write()
        counts = {noun: vars(count) for noun, count in writer.counts.items()}
        activity.record(
            "hiring.imported", company, actor=actor, company_id=company.id, of=format, counts=counts
        )
        stubs = writer.directory.stubs_left()[0]
        transaction.set_rollback(dry_run)
    return Report(export.files, writer.counts, export.refused, stubs, export.remarks)
