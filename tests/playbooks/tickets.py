"""Tickets of many categories and channels, by chance; and coverage counted a second way, in DuckDB."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from accounts.models import Company, Member
from customers.actions import log_ticket
from customers.models import Category, Ticket
from playbooks.models import Playbook, Scenario, ScenarioCategory, Version


def some_tickets(actor: Member, dice: random.Random, categories: list[Category], days: int, n: int) -> None:
    """Tickets opened on the days up to now, by any channel, some of them without a category."""
    from cs_platform.lib import clock

    for _ in range(n):
        opened_at = clock.now() - timedelta(seconds=dice.randrange(days * 86_400))
        category = dice.choice([*categories, None])
        log_ticket(
            actor=actor,
            subject="Help",
            category=category,
            channel=dice.randrange(7),
            opened_at=opened_at,
            assignee=actor,
        )


def counted_apart(company: Company, day: date) -> dict[str, int]:
    """{part: tickets}, from the tables of tickets and playbooks alone."""
    zone = ZoneInfo(str(company.zones().at(datetime.combine(day, datetime.min.time(), ZoneInfo("UTC"))).key))
    tables = {
        "ticket": Ticket.objects.filter(company=company).values_list(
            "id", "opened_at", "category_id", "channel", "status"
        ),
        "mapping": ScenarioCategory.objects.filter(company=company).values_list(
            "category_id", "channel", "scenario_id"
        ),
        "scenario": Scenario.objects.filter(company=company).values_list("id", "archived_at"),
        "playbook": Playbook.objects.filter(company=company).values_list(
            "id", "scenario_id", "verified_until", "archived_at"
        ),
        "version": Version.objects.filter(company=company).values_list("playbook_id", "state"),
    }
    with duckdb.connect() as db:
        db.execute("CREATE TABLE ticket (id BIGINT, day DATE, category BIGINT, channel INT, status TEXT)")
        db.execute("CREATE TABLE mapping (category BIGINT, channel INT, scenario BIGINT)")
        db.execute("CREATE TABLE scenario (id BIGINT, archived_at TIMESTAMPTZ)")
        db.execute("CREATE TABLE playbook (id BIGINT, scenario BIGINT, until DATE, archived_at TIMESTAMPTZ)")
        db.execute("CREATE TABLE version (playbook BIGINT, state TEXT)")
        for name, rows in tables.items():
            for row in rows:
                given = list(row)
                if name == "ticket":
                    given[1] = row[1].astimezone(zone).date()
                db.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(given))})", given)
        return dict(db.execute(_COUNT, {"day": day}).fetchall())


_COUNT = """
WITH judged AS (
  SELECT t.id, s.id AS scenario,
         (SELECT max(p.until) FROM playbook p WHERE p.scenario = s.id AND p.archived_at IS NULL
             AND EXISTS (FROM version v WHERE v.playbook = p.id AND v.state = 'published')) AS until,
         (SELECT count(*) FROM playbook p JOIN version v ON v.playbook = p.id
           WHERE p.scenario = s.id AND p.archived_at IS NULL AND v.state = 'published') AS published,
         (SELECT count(*) FROM playbook p JOIN version v ON v.playbook = p.id
           WHERE p.scenario = s.id AND p.archived_at IS NULL AND v.state IN ('draft', 'in_review')) AS work
    FROM ticket t
    LEFT JOIN mapping named ON named.category = t.category AND named.channel = t.channel
     AND named.scenario IN (SELECT id FROM scenario WHERE archived_at IS NULL)
    LEFT JOIN mapping whole ON whole.category = t.category AND whole.channel IS NULL
     AND whole.scenario IN (SELECT id FROM scenario WHERE archived_at IS NULL)
    LEFT JOIN scenario s ON s.id = coalesce(named.scenario, whole.scenario)
   WHERE t.day BETWEEN CAST($day AS DATE) - 89 AND CAST($day AS DATE)
     AND t.status NOT IN ('merged', 'spam', 'deleted'))
SELECT CASE WHEN scenario IS NULL THEN 'unmapped'
            WHEN until >= CAST($day AS DATE) + 15 THEN 'verified'
            WHEN until >= CAST($day AS DATE) THEN 'due'
            WHEN published > 0 THEN 'lapsed'
            WHEN work > 0 THEN 'draft' ELSE 'none' END, count(*)
  FROM judged GROUP BY 1
"""
