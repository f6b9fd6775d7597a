"""Which playbooks hold what somebody typed: titles first, then scenarios, then steps; trusted ones before others."""

from collections.abc import Callable, Sequence
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

_TRUSTED = "coalesce(p.verified_until >= %(today)s, false) DESC"
_COLUMNS = "p.id, p.title, p.scenario__name, p.verified_until"
_PLAYBOOKS = ("id", "title", "scenario__name", "verified_until")
# Title and scenario hold all words somewhere in them, titles first; then the words stand in the steps, too (the company
# stands in that index as a word). What has words has been published.
_HOLDING = f"""
WITH named AS (
  SELECT {_COLUMNS}, 1 AS part, row_number() OVER (
           ORDER BY ({{in_title}}) DESC, {_TRUSTED}, p.name LIKE plain_name(%(begin)s) DESC, length(p.name), p.title,
                    p.id) AS at
    FROM (SELECT p.*, w.name FROM playbooks_playbookwords w JOIN ({{readable}}) p ON p.id = w.playbook_id
           WHERE w.company_id = %(company)s AND {{each}} LIMIT %(ordered)s) p
   ORDER BY at LIMIT %(most)s),
held AS (
  SELECT {_COLUMNS}, 2 AS part, row_number() OVER (ORDER BY {_TRUSTED}, p.rank DESC, p.title, p.id) AS at
    FROM (SELECT p.*, ts_rank('{{{{0.05,0.1,0.4,1}}}}', w.words, to_tsquery('plain_words', %(query)s)) AS rank
            FROM playbooks_playbookwords w JOIN ({{readable}}) p ON p.id = w.playbook_id
           WHERE w.words @@ (to_tsquery('plain_words', %(query)s) && %(mark)s::tsquery)
             AND w.company_id + 0 = %(company)s AND NOT ({{each}})
             AND (SELECT count(*) FROM named) < %(most)s LIMIT %(ordered)s) p
   ORDER BY at LIMIT %(most)s)
SELECT * FROM named UNION ALL SELECT * FROM held ORDER BY part, at LIMIT %(most)s
"""
# The index of names finds what is like the words; IS TRUE keeps the planner from comparing each name of the company
# instead, and other companies' names are never compared. Who may read is asked of what is found only.
_ALIKE = """
SET LOCAL pg_trgm.word_similarity_threshold = %(alike)s;
SELECT p.id, p.title, s.name, p.verified_until
  FROM (SELECT w.playbook_id, w.name, word_similarity(plain_name(%(q)s), w.name) AS alike
          FROM playbooks_playbookwords w
         WHERE (w.company_id = %(company)s) IS TRUE AND plain_name(%(q)s) <%% w.name
           AND (w.playbook_id IN (SELECT id FROM ({readable}) r)) IS TRUE
         ORDER BY alike DESC, w.name, w.playbook_id LIMIT %(most)s) h
  JOIN playbooks_playbook p ON p.id = h.playbook_id
  JOIN playbooks_scenario s ON s.id = p.scenario_id
 ORDER BY h.alike DESC, h.name, h.playbook_id
"""
_STEPS = """
SELECT DISTINCT ON (v.playbook_id) v.playbook_id, s.position, s.title
  FROM playbooks_version v JOIN playbooks_step s ON s.company_id = v.company_id AND s.of_id = v.id
 WHERE v.company_id = %(company)s AND v.playbook_id = ANY(%(playbooks)s) AND v.state = 'published'
   AND lower(left(s.title || ' ' || s.body || ' ' || s.say, 20000)) LIKE ANY(%(terms)s)
 ORDER BY v.playbook_id, s.position
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


def search_playbooks(member: Member, q: str, most: int = SHOWN, *, or_alike: bool = True) -> Found:
    """Published ones that the member may read, best first; if none, those with names like the words (`or_alike`)."""
    terms = terms_of(q)
    if not terms:
        return Found(q, [])
    today = member.company.today()
    ask = _asking(member, q, terms, today, most)
    rows = ask(_HOLDING)
    is_alike = or_alike and not rows and max(map(len, terms)) >= LONG_ENOUGH
    if is_alike:
        rows = ask(_ALIKE)
    # A single word that nothing holds stands in no step either.
    in_steps = [] if is_alike and len(terms) == 1 else rows
    return Found(q, _hits(rows, _steps(member, in_steps, terms), terms, today), is_alike and bool(rows))


def found_elsewhere(member: Member, q: str, terms: list[str], is_nothing: bool) -> Elsewhere | None:
    """For the search of everything, which every page has."""
    found = search_playbooks(member, q, IN_PALETTE, or_alike=is_nothing)
    if not found.hits:
        return None
    lines = [Line(reverse("playbooks:show", args=[hit.id]), hit.shown, _beside(hit)) for hit in found.hits]
    all_url = f"{reverse('playbooks:search')}?{urlencode({'q': q})}"
    return Elsewhere(_("Playbooks"), "book", lines, all_url, _("All playbooks with these words"))


def _beside(hit: Hit) -> str:
    if hit.step:
        return _("step %(number)s: %(title)s") % {"number": hit.step[0], "title": hit.step[1]}
    return hit.scenario if hit.scenario != hit.title else str(hit.trust.label)


def _asking(
    member: Member, q: str, terms: Sequence[str], today: date, most: int
) -> Callable[[str], list[tuple]]:
    """What answers (id, title, scenario, last trusted day) of each playbook that a statement finds."""
    try:
        inner, given = readable(member).order_by().values(*_PLAYBOOKS).query.sql_with_params()
    except EmptyResultSet:
        return lambda _sql: []
    # The inner query has its parameters by place; here all of them have names.
    names = {f"r{number}": value for number, value in enumerate(given)}
    holds_each = " AND ".join(f"{{name}} LIKE plain_name(%(t{number})s)" for number in range(len(terms)))
    pieces = {
        "readable": inner % tuple(f"%({name})s" for name in names),
        "each": holds_each.format(name="w.name"),
        "in_title": holds_each.format(name="plain_name(p.title)"),
    }
    values = {
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
        "most": most,
    }

    def ask(sql: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(**pieces), values)
            return [row[:4] for row in cursor.fetchall()]

    return ask


def _hits(rows: list[tuple], steps: dict[int, tuple[int, str]], terms: list[str], today: date) -> list[Hit]:
    return [
        Hit(
            playbook,
            title,
            marked(title, terms),
            scenario,
            trust_on(until, today),
            steps.get(playbook),
        )
        for playbook, title, scenario, until in rows
    ]


def _steps(member: Member, rows: list[tuple], terms: list[str]) -> dict[int, tuple[int, str]]:
    """{playbook: the first step that holds one of the words}, of those whose title and scenario do not hold them all"""
    playbooks = [row[0] for row in rows if not holds(f"{row[1]} {row[2]}", terms)]
    if not playbooks:
        return {}
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "company": member.company_id,
            "playbooks": playbooks,
            "terms": [f"%{term}%" for term in terms],
        }
        cursor.execute(_STEPS, given)
        return {playbook: (position, title) for playbook, position, title in cursor.fetchall()}
