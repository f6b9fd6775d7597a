"""Playbooks and their runs, made by a few statements: 2,000 of 30 steps and 100,000 runs at the full scale."""

from contextlib import closing
from dataclasses import dataclass

from bench.calling import Caller
from bench.data import Made
from bench.place import loader

STEPS = 30
# A word that every playbook has in its steps, one that five have, one of every tenth title with a typo, and one that
# nothing holds or is like.
COMMON, RARE, TYPO, NOTHING = "customer", "quixotic", "refnud", "zzyzxqw"

PLAYBOOKS = """
INSERT INTO playbooks_scenario (company_id, name, version)
SELECT %(company)s, 'Scenario ' || g || ' of word' || (g * 31) %% 5000, 1
  FROM generate_series(1, greatest(%(playbooks)s / 5, 1)) g;
INSERT INTO playbooks_playbook (company_id, scenario_id, title, interval_days, verified_until, lapse, version)
SELECT %(company)s, scenarios.ids[1 + g %% cardinality(scenarios.ids)],
       CASE WHEN g %% 10 = 0 THEN 'Refund ' ELSE 'Playbook ' END || g || ', word' || (g * 17) %% 5000
         || ' word' || (g * 97) %% 5000, 90,
       %(today)s::date + (g %% 100) - 20, '', 1
  FROM generate_series(1, %(playbooks)s) g,
       (SELECT array_agg(id) AS ids FROM playbooks_scenario WHERE company_id = %(company)s) scenarios;
INSERT INTO playbooks_version (company_id, playbook_id, number, state, change, summary, editors, published_at, answer,
  edits)
SELECT %(company)s, id, 1, 'published', 'material', '', '{}', %(now)s, '', 1
  FROM playbooks_playbook WHERE company_id = %(company)s;
"""
# Every fifth step is a decision that may leave the next one out.
STEPS_AND_EXITS = """
INSERT INTO playbooks_step (company_id, of_id, key, position, kind, title, body, say, is_required)
SELECT %(company)s, v.id, 'k' || n, n,
       CASE WHEN n = 1 THEN 'start' WHEN n = %(steps)s THEN 'end' WHEN n %% 5 = 0 THEN 'decision'
            WHEN n %% 3 = 0 THEN 'script' ELSE 'action' END,
       'Step ' || n || ' word' || (v.id * 7 + n * 13) %% 5000,
       'Ask the customer about ' || (SELECT string_agg('word' || (v.id * (3 + w) + n * w) %% 5000, ' ')
         FROM generate_series(1, 15) w)
         || CASE WHEN n = 7 AND v.id %% greatest(%(playbooks)s / 5, 1) = 0 THEN ' quixotic' ELSE '' END,
       CASE WHEN n %% 3 = 0 THEN 'I look at word' || (v.id + n) %% 5000 || ' with you.' ELSE '' END, true
  FROM playbooks_version v, generate_series(1, %(steps)s) n WHERE v.company_id = %(company)s;
INSERT INTO playbooks_exit (company_id, step_id, position, label, "to")
SELECT %(company)s, s.id, p, CASE WHEN s.kind = 'decision' THEN (ARRAY['Yes', 'No'])[p + 1] ELSE '' END,
       'k' || s.position + 1 + p
  FROM playbooks_step s, generate_series(0, 1) p
 WHERE s.company_id = %(company)s AND s.kind <> 'end' AND (p = 0 OR s.kind = 'decision');
"""
# Each was stopped after its first decision: seven entries.
RUNS = """
INSERT INTO playbooks_run (company_id, version_id, ticket_id, state, step_key, starter_id, holder_id, started_at,
  ended_at, moves, is_trial)
SELECT %(company)s, versions.ids[1 + g %% cardinality(versions.ids)], tickets.ids[1 + g %% cardinality(tickets.ids)],
       'abandoned', 'k6', people.ids[1 + g %% cardinality(people.ids)], people.ids[1 + g %% cardinality(people.ids)],
       %(now)s::timestamptz - make_interval(mins => g), %(now)s::timestamptz - make_interval(mins => g - 1), 7, false
  FROM generate_series(1, %(runs)s) g,
       (SELECT array_agg(id) AS ids FROM playbooks_version WHERE company_id = %(company)s) versions,
       (SELECT array_agg(id) AS ids FROM (SELECT id FROM customers_ticket WHERE company_id = %(company)s LIMIT 50000) t
       ) tickets,
       (SELECT array_agg(id) AS ids FROM accounts_member WHERE company_id = %(company)s) people;
INSERT INTO playbooks_runevent (company_id, run_id, number, move, step_key, exit, text, actor_id, occurred_at, seconds)
SELECT %(company)s, r.id, n,
       CASE n WHEN 1 THEN 'started' WHEN 6 THEN 'chosen' WHEN 7 THEN 'abandoned' ELSE 'done' END,
       'k' || greatest(n - 1, 1), CASE n WHEN 6 THEN 0 END, CASE n WHEN 7 THEN 'Another case' ELSE '' END, r.starter_id,
       r.started_at + make_interval(secs => 8 * (n - 1)), CASE WHEN n > 1 THEN 8 END
  FROM playbooks_run r, generate_series(1, 7) n WHERE r.company_id = %(company)s;
"""
WORDS = """
SELECT refresh_playbook_words(ARRAY(SELECT id FROM playbooks_playbook WHERE company_id = %(company)s));
"""
TABLES = ("scenario", "playbook", "version", "step", "exit", "run", "runevent", "playbookwords")


@dataclass(frozen=True)
class Work:
    """What the pages are opened on: a run in its middle."""

    run: int


def prepared(company: Made, scale: int, leader: Caller) -> Work:
    """Fills what an earlier run has not filled already, and goes half-way through a run."""
    from playbooks.models import Playbook

    if not Playbook.objects.filter(company_id=company.id).exists():
        _fill(company, playbooks=max(min(scale // 50, 2_000), 20), runs=max(min(scale, 100_000), 100))
    return Work(_half_way(leader))


def _fill(company: Made, playbooks: int, runs: int) -> None:
    given = {"company": company.id, "now": company.now, "today": company.today, "steps": STEPS}
    with closing(loader()) as link, link.cursor() as cursor:
        for statement in (PLAYBOOKS, STEPS_AND_EXITS, RUNS, WORDS):
            cursor.execute(statement, given | {"playbooks": playbooks, "runs": runs})
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(f'playbooks_{table}' for table in TABLES)}")


def _half_way(leader: Caller) -> int:
    from customers.models import Ticket
    from playbooks.actions.runs import move_on, start_run
    from playbooks.graph import Kind
    from playbooks.models import Version
    from playbooks.queries.graphs import graph_of

    version = Version.objects.filter(company_id=leader.company.id, state="published").latest("id")
    ticket = Ticket.objects.filter(company_id=leader.company.id).latest("opened_at")
    run = start_run(actor=leader.member, version=version, ticket=ticket)
    graph = graph_of(version)
    while graph.number(run.step_key) < STEPS // 2:
        is_decision = graph[run.step_key].kind == Kind.DECISION
        run = move_on(actor=leader.member, run=run, exit=0 if is_decision else None)
    return run.id
