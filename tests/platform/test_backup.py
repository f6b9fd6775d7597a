"""A backup of real rows, restored into a database of its own by the commands that people run."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.outbox import react_once
from customers.actions import answer_survey, reply_to_ticket, resolve_ticket
from metrics import rollup
from tests.factories import a_category, a_customer, a_ticket

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    (settings.VAR / "imports" / "deep").mkdir(parents=True)
    (settings.VAR / "imports" / "deep" / "7-tickets.csv").write_text("external_id\nT1\n")
    (settings.VAR / "secret_key").write_text("not for a backup")
    return settings.VAR


@pytest.fixture
def work(harbour, ana):
    for number in range(4):
        ticket = a_ticket(ana, assignee=ana, customer=a_customer(ana), category=a_category(harbour))
        reply_to_ticket(actor=ana, ticket=ticket, body=f"Hello नमस्ते {number}", seconds=60)
        resolve_ticket(actor=ana, ticket=ticket)
        answer_survey(actor=ana, company_id=harbour.id, kind="csat", score=5, ticket=ticket)
    while react_once():
        pass
    rollup.drain(harbour.id)


@pytest.fixture
def backup(var, work, tmp_path) -> Path:
    call_command("backup", str(tmp_path / "one.backup"))
    return tmp_path / "one.backup"


@pytest.fixture
def elsewhere(var, tmp_path):
    """Another installation: runs manage.py there, and answers questions about its database."""
    place = Elsewhere(f"{connection.settings_dict['NAME']}_elsewhere", tmp_path / "elsewhere")
    place.administer(
        f'DROP DATABASE IF EXISTS "{place.name}" WITH (FORCE)', f'CREATE DATABASE "{place.name}"'
    )
    yield place
    place.administer(f'DROP DATABASE IF EXISTS "{place.name}" WITH (FORCE)')


class Elsewhere:
    def __init__(self, name: str, var: Path) -> None:
        self.name, self.var = name, var
        before, _, options = os.environ["DATABASE_URL"].partition("?")
        self.url = f"{before.rpartition('/')[0]}/{name}?{options}"

    def administer(self, *statements: str) -> None:
        link = psycopg2.connect(os.environ["DATABASE_URL"])
        link.autocommit = True
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        link.close()

    def ask(self, statement: str) -> list[tuple]:
        link = psycopg2.connect(self.url)
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        link.close()
        return found

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "DATABASE_URL": self.url, "DATABASE_OWNER_URL": self.url, "VAR": str(self.var)}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


COUNTED = (
    "customers_ticket",
    "customers_ticketevent",
    "customers_survey",
    "metrics_fact",
    "accounts_activity",
)


def counts_here() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in COUNTED)}")
        return list(cursor.fetchone())


def test_what_was_lost_is_back_and_every_figure_is_right(backup, elsewhere):
    counted = f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in COUNTED)}"
    done = elsewhere.manage("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert list(elsewhere.ask(counted)[0]) == counts_here()
    assert (elsewhere.var / "imports" / "deep" / "7-tickets.csv").read_text() == "external_id\nT1\n"

    elsewhere.ask("TRUNCATE customers_ticket, metrics_rep_day, accounts_activity CASCADE")
    elsewhere.ask("CREATE TABLE customers_later (id int, ticket bigint REFERENCES customers_ticket)")
    refused = elsewhere.manage("restore", str(backup))
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    assert elsewhere.ask("SELECT count(*) FROM customers_ticket") == [(0,)]

    done = elsewhere.manage("restore", str(backup), "--force")
    assert done.returncode == 0, done.stderr
    assert list(elsewhere.ask(counted)[0]) == counts_here()
    assert elsewhere.ask("SELECT to_regclass('customers_later')") == [(None,)]
    proof = elsewhere.manage("reconcile_rollups", "--all")
    assert proof.returncode == 0, proof.stdout
    assert "compared" in proof.stdout
    # As good as new: it takes the next row, under the rights that its roles have.
    assert elsewhere.ask("SELECT has_table_privilege('cs_app', 'customers_ticket', 'INSERT')") == [(True,)]
    assert elsewhere.manage("migrate", "--check").returncode == 0


def test_it_is_one_closed_file_without_secrets(backup, tmp_path):
    assert backup.stat().st_mode & 0o777 == 0o600
    with tarfile.open(backup) as archive:
        names = archive.getnames()
    assert names == ["database.dump", "files/imports/deep/7-tickets.csv", "manifest.json"]
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == [backup.name]


def test_it_is_never_written_over(backup):
    before = backup.read_bytes()
    with pytest.raises(CommandError, match="never written over"):
        call_command("backup", str(backup))
    assert backup.read_bytes() == before


def test_it_says_where_it_cannot_write(var, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(tmp_path / "none" / "one.backup"))


def changed(backup: Path, change) -> Path:
    """The same backup with `change(members)` done to its members, {name: bytes}."""
    with tarfile.open(backup) as archive:
        members = {entry.name: archive.extractfile(entry).read() for entry in archive.getmembers()}
    change(members)
    with tarfile.open(backup, "w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return backup


def with_manifest(**fields):
    def change(members):
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **fields}).encode()

    return change


DAMAGES = {
    "a byte": (lambda members: members.update({"database.dump": members["database.dump"] + b"x"}), "damaged"),
    "a file too many": (lambda members: members.update({"files/../../x": b"x"}), "damaged"),
    "a file too few": (lambda members: members.pop("files/imports/deep/7-tickets.csv"), "damaged"),
    "no manifest": (lambda members: members.pop("manifest.json"), "no manifest"),
    "a newer format": (with_manifest(format=99), "newer version"),
    "newer tables": (with_manifest(migrations=["customers.9999_later"]), "newer version"),
}


def test_a_damaged_or_newer_one_changes_nothing(backup, tmp_path):
    before = counts_here()
    for name, (change, words) in DAMAGES.items():
        copy = shutil.copy(backup, tmp_path / "copy")
        with pytest.raises(CommandError, match=words):
            call_command("restore", str(changed(Path(copy), change)), "--force")
        assert counts_here() == before, name


def test_what_is_no_backup_is_refused(var, harbour, tmp_path):
    path = tmp_path / "other"
    for content in (None, b"", b"hello"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CommandError, match="no backup|No such file"):
            call_command("restore", str(path), "--force")
    assert counts_here()
