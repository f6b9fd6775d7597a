"""A row of a company in every table that there is, and how many rows each company has, table by table."""

import re
from itertools import count

from django.db import connection

from accounts.models import Member
from cs_platform.lib.tables import tables_of_a_company

_numbers = count(1)
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atthasdef OR a.attidentity <> '', (
         SELECT f.confrelid::regclass::text FROM pg_constraint f
          WHERE f.contype = 'f' AND f.conrelid = a.attrelid AND f.conkey = ARRAY[a.attnum])
  FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
_VALUES = {
    "boolean": "false", "jsonb": "'{}'", "date": "'2026-06-01'", "timestamp with time zone": "'2026-06-01 10:00Z'",
    "tsvector": "''", "uuid": "gen_random_uuid()",
}  # fmt: skip
# Where any value would not do.
_FITTING = {
    ("accounts_companyzone", "valid_from"): "'2030-01-01'",
    ("accounts_companyzone", "zone"): "'UTC'",
    ("customers_shift", "ended_at"): "'2026-06-01 18:00Z'",
    ("playbooks_version", "state"): "'draft'",
    ("playbooks_run", "state"): "'active'",
    ("hiring_application", "state"): "'active'",
    ("hiring_interview", "ends_at"): "'2026-06-01 11:00Z'",
    ("hiring_scorecard", "state"): "'assigned'",
    ("training_programmeversion", "state"): "'draft'",
    ("training_module", "kind"): "'common'",
    ("training_module", "level"): "''",
    ("training_item", "kind"): "'lesson'",
    ("training_item", "form"): "''",
    ("training_question", "options"): "ARRAY['a', 'b']",
    ("training_question", "right"): "ARRAY[0]",
    ("training_enrolment", "state"): "'active'",
    ("training_entry", "kind"): "'done'",
    ("training_ridealong", "ends_at"): "'2026-06-01 11:00Z'",
    ("training_session", "ends_at"): "'2026-06-01 11:00Z'",
    (
        "training_supervision",
        "supervisor_id",
    ): "(SELECT max(id) FROM accounts_member WHERE company_id = {company})",
    (
        "customers_note",
        "customer_id",
    ): "(SELECT min(id) FROM customers_customer WHERE company_id = {company})",
}


def fill_every_table(company_id: int) -> None:
    """Rows that point to others come after those."""
    # A supervision is between two.
    Member.objects.create(company_id=company_id, name="Second", email=f"second{company_id}@people.example")
    for table in reversed(tables_of_a_company()):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table.name} WHERE {table.condition})", {"company": company_id}
            )
            if not cursor.fetchone()[0]:
                _add_row(cursor, table.name, company_id)
    with connection.cursor() as cursor:
        # Steps are written in a draft; a published version is the one that the database keeps.
        cursor.execute(
            "UPDATE playbooks_version SET state = 'published', published_at = now()"
            " WHERE company_id = %s AND state = 'draft'",
            [company_id],
        )
        cursor.execute(
            "UPDATE training_programmeversion SET state = 'published', published_at = now()"
            " WHERE company_id = %s AND state = 'draft'",
            [company_id],
        )
        # In the same way a scorecard is written before it is in.
        cursor.execute(
            "UPDATE hiring_scorecard SET state = 'submitted', submitted_at = now(), recommendation = 'yes'"
            " WHERE company_id = %s AND state = 'assigned'",
            [company_id],
        )


def _add_row(cursor, table: str, company_id: int) -> None:
    cursor.execute(_COLUMNS, [table])
    values = {}
    for name, kind, is_needed, has_default, target in cursor.fetchall():
        if name == "company_id":
            values[name] = str(company_id)
        elif (table, name) in _FITTING:
            values[name] = _FITTING[table, name].format(company=company_id)
        elif is_needed and target:
            cursor.execute(f"SELECT min(id) FROM {target} WHERE company_id = %s", [company_id])
            values[name] = str(cursor.fetchone()[0])
        elif is_needed and not has_default:
            values[name] = _value(kind)
    columns = ", ".join(f'"{name}"' for name in values)
    cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(values.values())})")


def _value(kind: str) -> str:
    if kind.endswith("[]"):
        return "'{}'"
    if re.fullmatch(r"character varying\([1-5]\)", kind):
        return "'x'"
    if kind.startswith("character") or kind == "text":
        return f"'x{next(_numbers)}'"
    return _VALUES.get(kind, "1")


def rows_of(company_id: int) -> dict[str, int]:
    """{table: rows} by walking every table of the database, not the list that the product goes by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_name)"
            " WHERE tables.table_schema = 'public' AND columns.table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND column_name = 'company_id'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE company_id = %s", [company_id])
            found[table] = cursor.fetchone()[0]
    return found


def rows_of_all() -> dict[str, int]:
    """{table: rows} of all companies together, and of tables that belong to none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_stat_user_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found
