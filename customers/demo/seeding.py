"""Makes the two companies of the demo. Killed half-way and started again, it goes on where it was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.actions import link_user
from accounts.models import Company, Member
from customers.imports.engine import Report, import_file, one_at_a_time, plan
from customers.imports.removal import SEEDINGS
from customers.models import ImportRun, Survey
from metrics import rollup

from . import desk, forum, marks, more
from .made_up import PREFIX
from .records import DATA

PASSWORD = "demo"
Say = Callable[[str], None]


class SeedingFailed(Exception):
    """A file could not be read to its end; str() says which and why."""


@dataclass(frozen=True)
class Demo:
    """One company of the demo; write_files(records, folder, now) writes what is imported."""

    slug: str
    name: str
    zone: str
    admin: str
    sign_ins: tuple[str, ...]
    note: Callable[[], str]
    write_files: Callable[[Path, Path, datetime], None]


DEMOS = (
    Demo(
        "demo",
        "Northwind Service Desk",
        "UTC",
        desk.ADMIN,
        (desk.LEADER, desk.MANAGER, desk.REP, desk.ADMIN),
        desk.note,
        desk.write_files,
    ),
    Demo(
        "forum",
        "Mail Forum",
        "Asia/Kolkata",
        forum.ADMIN,
        (forum.LEADER, forum.GUEST, forum.ADMIN),
        forum.note,
        forum.write_files,
    ),
)


def seed(say: Say, records: Path | None = None, *, again: bool = False) -> None:
    """Makes what is not there yet; again: also what was there and was removed. Raises SeedingFailed."""
    records = records or Path(settings.TEST_RECORDS or DATA)
    with one_at_a_time(SEEDINGS):
        for demo in DEMOS:
            _seed(demo, records, say, again)


def _seed(demo: Demo, records: Path, say: Say, again: bool) -> None:
    begun = marks.begin(
        slug=demo.slug,
        name=demo.name,
        zone=demo.zone,
        admin_email=demo.admin,
        note=demo.note(),
        again=again,
    )
    if begun is None and (company := marks.ready_without_more(demo.slug)):
        more.add_more(company, say)
        marks.finish(company)
        return
    if begun is None:
        say(f"{demo.slug}: there already, or removed; left as it is")
        return
    company, now = begun
    folder = Path(settings.VAR) / "demo" / demo.slug
    # What an older version of the demo left there would be imported too.
    for old in folder.glob("*.csv.gz*"):
        old.unlink()
    demo.write_files(records, folder, now)
    files, _unknown = plan([folder])
    say(f"{demo.slug}: {len(files)} files written to {folder}, as of {now:%Y-%m-%d %H:%M} UTC")
    for kind, file in files:
        _import(company, file, kind, say)
    made_up = Survey.objects.filter(company=company, identity__contains=f":x:{PREFIX}").update(
        is_made_up=True
    )
    if made_up:
        say(f"{demo.slug}: {made_up} answers labelled as made up")
    for member in Member.objects.filter(company=company, email__in=demo.sign_ins):
        # A password that everybody knows is for demonstrations alone.
        link_user(member=member, password=PASSWORD if settings.DEMO else None)
    # A worker would do this too; here the figures are final when the command returns.
    say(f"{demo.slug}: {rollup.drain(company.id)} days of people computed")
    more.add_more(company, say)
    marks.finish(company)


def _import(company: Company, file: Path, kind: str, say: Say) -> None:
    """Imports a file, unless an earlier seeding did; one that was cut off goes on behind its last batch."""
    done = ImportRun.objects.filter(
        company=company, kind=kind, file_name=file.name, state=ImportRun.State.DONE
    )
    if done.exists():
        say(f"{company.slug}: {file.name} is in already")
        return
    report = import_file(company, file, kind)
    if report.failure:
        raise SeedingFailed(f"{file}: {report.failure}")
    say(f"{company.slug}: {file.name}: {_in_words(report)}")


def _in_words(report: Report) -> str:
    words = f"{report.read} rows read, {report.added} added"
    words += f", {report.changed} changed" if report.changed else ""
    return words + (f", {report.refused} refused" if report.refused else "")
