"""Where the rows of a company are: asked of the database itself, so that no table can be forgotten."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

_WITH_COMPANY = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND a.attname = 'company_id' AND NOT a.attisdropped
"""
_LINKS = """
SELECT DISTINCT f.conrelid::regclass::text, f.confrelid::regclass::text, a.attname, b.attname
  FROM pg_constraint f
  JOIN LATERAL unnest(f.conkey, f.confkey) AS k (own, other) ON true
  JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.own
  JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.other
 WHERE f.contype = 'f' AND f.conparentid = 0 AND f.connamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True)
class Table:
    """condition: SQL that says which rows are those of the company %(company)s. loops: columns that point to
    other rows of the same table."""

    name: str
    condition: str
    loops: tuple[str, ...] = ()


def tables_of_a_company(root: str = "accounts_company") -> list[Table]:
    """Every table with rows of a company, the company's own last: what points to a row comes before that row.

    Also those that know their company only through another table. Raises RuntimeError if tables point to each
    other in a ring, which no order would do for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WITH_COMPANY)
        conditions = {name: "company_id = %(company)s" for (name,) in cursor.fetchall()}
        conditions[root] = "id = %(company)s"
        cursor.execute(_LINKS)
        links = cursor.fetchall()
    while reached := {
        child: f"{column} IN (SELECT {key} FROM {parent} WHERE {conditions[parent]})"
        for child, parent, column, key in links
        if parent in conditions and child not in conditions
    }:
        conditions |= reached
    loops = {
        name: tuple(sorted({own for a, b, own, _ in links if a == b == name and own != "company_id"}))
        for name in conditions
    }
    points_to = {(a, b) for a, b, *_ in links if a != b and a in conditions and b in conditions}
    points_to |= {(name, root) for name in conditions if name != root}
    return [Table(name, conditions[name], loops[name]) for name in _in_order(conditions, points_to)]


def _in_order(names: Iterable[str], points_to: set[tuple[str, str]]) -> list[str]:
    left, order = sorted(names), []
    while left:
        free = [name for name in left if not any((other, name) in points_to for other in left)]
        if not free:
            raise RuntimeError(f"These tables point to each other in a ring: {', '.join(left)}")
        order += free
        left = [name for name in left if name not in free]
    return order
