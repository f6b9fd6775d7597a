"""Which playbooks hold what somebody typed: titles first, then scenarios, then steps; trusted ones before others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Member
from customers.queries.search_everything import Elsewhere, Line
from customers.queries.search_words import holds, marked, terms_of, tsquery
from playbooks.models.playbook import Trust, trust_on

from .lists import readable

SHOWN, IN_PALETTE = 10, 5
# Of words that very many hold so many are put in order.
ORDERED = 60
# A typo still leaves this much of a word's trigrams.
ALIKE = 0.4
# Shorter words are like too many.
LONG_ENOUGH = 4
# The step of a search in which rows were found that are only like the words.
_ALIKE = 3

_TRUSTED = "coalesce(p.verified_until >= %(today)s, false) DESC"
_JOINED = """
  JOIN playbooks_playbook p ON p.id = h.playbook_id
  JOIN playbooks_scenario s ON s.id = p.scenario_id
  JOIN playbooks_version v ON v.company_id = p.company_id AND v.playbook_id = p.id AND v.state = 'published'
"""
_COLUMNS = "p.id, p.title, s.name, p.verified_until, v.id AS version_id"
# In three steps, of one statement: title and scenario hold all words somewhere in them, titles first; the words stand
# in the steps, too (the company stands in that index as a word); nothing holds them, and some names are like them.
_SEARCH = f"""
WITH readable AS MATERIALIZED ({{readable}}),
named AS (
  SELECT {_COLUMNS}, 1 AS step, row_number() OVER (
           ORDER BY ({{in_title}}) DESC, {_TRUSTED}, h.name LIKE plain_name(%(begin)s) DESC, length(h.name), p.title,
                    p.id) AS at
    FROM (SELECT w.playbook_id, w.name FROM playbooks_playbookwords w JOIN readable r ON r.id = w.playbook_id
           WHERE w.company_id = %(company)s AND {{each}} LIMIT %(ordered)s) h {_JOINED}
   ORDER BY at LIMIT %(most)s),
held AS (
  SELECT {_COLUMNS}, 2 AS step, row_number() OVER (ORDER BY {_TRUSTED}, h.rank DESC, p.title, p.id) AS at
    FROM (SELECT w.playbook_id, ts_rank('{{{{0.05,0.1,0.4,1}}}}', w.words, to_tsquery('plain_words', %(query)s)) AS rank
            FROM playbooks_playbookwords w JOIN readable r ON r.id = w.playbook_id
           WHERE w.words @@ (to_tsquery('plain_words', %(query)s) && %(mark)s::tsquery)
             AND w.company_id + 0 = %(company)s AND NOT ({{each}})
             AND (SELECT count(*) FROM named) < %(most)s LIMIT %(ordered)s) h {_JOINED}
   ORDER BY at LIMIT %(most)s),
alike AS (
  SELECT {_COLUMNS}, 3 AS step, row_number() OVER (ORDER BY h.alike DESC, p.title, p.id) AS at
    FROM (SELECT w.playbook_id, word_similarity(plain_name(%(q)s), w.name) AS alike
            FROM playbooks_playbookwords w JOIN readable r ON r.id = w.playbook_id
           WHERE w.company_id = %(company)s AND %(is_long)s
             AND NOT EXISTS (SELECT FROM named) AND NOT EXISTS (SELECT FROM held)) h {_JOINED}
   WHERE h.alike >= %(alike)s ORDER BY at LIMIT %(most)s)
SELECT * FROM named UNION ALL SELECT * FROM held UNION ALL SELECT * FROM alike ORDER BY step, at LIMIT %(most)s
"""
_STEPS = """
SELECT DISTINCT ON (of_id) of_id, position, title FROM playbooks_step
 WHERE company_id = %(company)s AND of_id = ANY(%(versions)s)
   AND lower(left(title || ' ' || body || ' ' || say, 20000)) LIKE ANY(%(terms)s)
 ORDER BY of_id, position
"""


@dataclass(frozen=True)
class Hit:
    """A playbook that was found. shown: its title with the words marked. step: (number, title) where a word stands,
    if the title and the scenario do not hold them all."""

    id: int
    title: str
    shown: str
    scenario: str
    trust: Trust
    step: tuple[int, str] | None = None


@dataclass(frozen=True)
class Found:
    """is_alike: nothing holds the words, and these have names that are like them."""

    q: str
    hits: list[Hit]
    is_alike: bool = False


def search_playbooks(member: Member, q: str, most: int = SHOWN) -> Found:
    """Published ones that the member may read, best first."""
    terms = terms_of(q)
    if not terms:
        return Found(q, [])
    today = member.company.today()
    rows = _rows(member, q, terms, today, most)
    return Found(q, _hits(member, rows, terms, today), any(step == _ALIKE for *_row, step, _at in rows))


def found_elsewhere(member: Member, q: str, terms: list[str]) -> Elsewhere | None:
    """For the search of everything, which every page has."""
    found = search_playbooks(member, q, IN_PALETTE)
    if not found.hits:
        return None
    lines = [Line(reverse("playbooks:show", args=[hit.id]), hit.shown, _beside(hit)) for hit in found.hits]
    all_url = f"{reverse('playbooks:search')}?{urlencode({'q': q})}"
    return Elsewhere(_("Playbooks"), "book", lines, all_url, _("All playbooks with these words"))


def _beside(hit: Hit) -> str:
    if hit.step:
        return _("step %(number)s: %(title)s") % {"number": hit.step[0], "title": hit.step[1]}
    return hit.scenario if hit.scenario != hit.title else str(hit.trust.label)


def _rows(member: Member, q: str, terms: Sequence[str], today: date, most: int) -> list[tuple]:
    try:
        inner, given = readable(member).order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    # The inner query has its parameters by place; here all of them have names.
    names = {f"r{number}": value for number, value in enumerate(given)}
    allowed = inner % tuple(f"%({name})s" for name in names)
    holds_each = " AND ".join(f"{{name}} LIKE plain_name(%(t{number})s)" for number in range(len(terms)))
    each, in_title = holds_each.format(name="w.name"), holds_each.format(name="plain_name(p.title)")
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH.format(readable=allowed, each=each, in_title=in_title),
            {
                **names,
                **{f"t{number}": f"%{term}%" for number, term in enumerate(terms)},
                "q": q,
                "query": tsquery(terms),
                "begin": " ".join(terms) + "%",
                "company": member.company_id,
                "mark": f"'~{member.company_id}'",
                "today": today,
                "ordered": ORDERED,
                "alike": ALIKE,
                "is_long": max(map(len, terms)) >= LONG_ENOUGH,
                "most": most,
            },
        )
        return cursor.fetchall()


def _hits(member: Member, rows: list[tuple], terms: list[str], today: date) -> list[Hit]:
    in_steps = [row[4] for row in rows if not holds(f"{row[1]} {row[2]}", terms)]
    steps = _steps(member, in_steps, terms) if in_steps else {}
    return [
        Hit(
            playbook,
            title,
            marked(title, terms),
            scenario,
            trust_on(until, today),
            steps.get(version),
        )
        for playbook, title, scenario, until, version, _step, _at in rows
    ]


def _steps(member: Member, versions: list[int], terms: list[str]) -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "company": member.company_id,
            "versions": versions,
            "terms": [f"%{term}%" for term in terms],
        }
        cursor.execute(_STEPS, given)
        return {version: (position, title) for version, position, title in cursor.fetchall()}
