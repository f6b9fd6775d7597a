"""The same facts a second time, in SQL from the source rows: what reconciliation holds the ledger against.

Written apart from the derivation in Python on purpose, and set-based where that one walks. Rows have
the columns of `metrics.registry.WITNESSED`. Parameters: company, now, window (seconds).
"""

from metrics.facts import LOCAL_DAY


def _day(instant: str) -> str:
    return LOCAL_DAY.format(instant=instant, company="%(company)s")


TICKETS = f"""
WITH event AS MATERIALIZED (
  SELECT e.ticket_id, e.occurred_at AS at, 0 AS stated, e.id, e.event, coalesce(e.actor_id, 0) AS actor,
         e.by_requester, coalesce(e.assignee_id, 0) AS assignee, e.seconds, e.is_public
    FROM customers_ticketevent e WHERE e.company_id = %(company)s),
facet AS MATERIALIZED (
  SELECT ticket_id, bool_or(event IN ('resolved', 'closed')) AS resolves, bool_or(event = 'reopened') AS reopens,
         bool_or(event = 'restored') AS restores, bool_or(seconds IS NOT NULL) AS times,
         (array_agg(event ORDER BY at DESC, id DESC)
            FILTER (WHERE event IN ('merged', 'spam', 'deleted', 'restored')))[1] AS verdict
    FROM event GROUP BY ticket_id),
ticket AS MATERIALIZED (
  SELECT t.id, t.opened_at, t.requester_email, t.customer_id, coalesce(t.category_id, 0) AS category_id,
         t.first_response_due_at AS due, f.ticket_id IS NOT NULL AS has_events, coalesce(f.resolves, false) AS resolves,
         coalesce(f.reopens, false) AS reopens, coalesce(f.times, false) AS times,
         coalesce(s.status, '') AS said, coalesce(s.assignee_id, 0) AS said_assignee,
         s.first_response_at AS said_response, coalesce(s.first_responder_id, 0) AS said_responder,
         coalesce(s.resolved_at, s.closed_at) AS said_resolved,
         s.last_resolved_at AS said_last, coalesce(s.resolver_id, 0) AS said_resolver,
         coalesce(s.reopened_count, 0) AS said_reopened, s.handle_seconds AS said_seconds
    FROM customers_ticket t
    LEFT JOIN facet f ON f.ticket_id = t.id
    LEFT JOIN customers_ticketstatement s ON s.ticket_id = t.id
   WHERE t.company_id = %(company)s AND coalesce(f.verdict, 'restored') = 'restored'
     AND NOT (coalesce(s.status, '') IN ('merged', 'spam') AND NOT coalesce(f.restores, false))),
story AS (
  SELECT e.* FROM event e JOIN ticket t ON t.id = e.ticket_id
  UNION ALL
  SELECT id, said_resolved, 1, 0, 'resolved', said_resolver, false, 0, NULL, true
    FROM ticket WHERE said_resolved IS NOT NULL AND NOT resolves),
turned AS (
  SELECT s.*, CASE WHEN event IN ('resolved', 'closed') THEN 'R' WHEN event = 'reopened' THEN 'O' END AS turn,
         count(*) FILTER (WHERE event = 'assigned') OVER told AS hands,
         count(*) FILTER (WHERE event IN ('resolved', 'closed', 'reopened')) OVER told AS turns
    FROM story s WINDOW told AS (PARTITION BY ticket_id ORDER BY at, stated, id)),
held AS (
  SELECT u.*, t.opened_at, t.has_events, t.said, t.said_assignee,
         CASE WHEN hands > 0 THEN first_value(assignee) OVER (PARTITION BY ticket_id, hands ORDER BY u.at, stated, u.id)
              WHEN t.has_events THEN 0 ELSE t.said_assignee END AS holder,
         CASE WHEN turns > 0 THEN first_value(turn) OVER (PARTITION BY ticket_id, turns ORDER BY u.at, stated, u.id)
         END AS standing
    FROM turned u JOIN ticket t ON t.id = u.ticket_id),
stepped AS MATERIALIZED (
  SELECT h.*, lag(holder) OVER told AS holder_before, lag(standing) OVER told AS standing_before,
         row_number() OVER told AS step
    FROM held h WINDOW told AS (PARTITION BY ticket_id ORDER BY at, stated, id)),
scene AS MATERIALIZED (
  SELECT s.*, turn = 'R' AND standing_before IS DISTINCT FROM 'R' AS resolving,
         turn = 'O' AND standing_before = 'R' AS reopening,
         count(*) FILTER (WHERE turn = 'R' AND standing_before IS DISTINCT FROM 'R')
           OVER (PARTITION BY ticket_id ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS part,
         has_events OR said NOT IN ('open', 'pending', 'on_hold') AS leaves
    FROM stepped s),
resolution AS MATERIALIZED (
  SELECT c.ticket_id, c.at, c.part,
         coalesce(nullif(c.actor, 0), nullif(t.said_resolver, 0), c.holder) AS rep
    FROM scene c JOIN ticket t ON t.id = c.ticket_id WHERE c.resolving),
reopening AS (SELECT ticket_id, min(at) AS first_at FROM scene WHERE reopening GROUP BY ticket_id),
first_resolution AS MATERIALIZED (
  SELECT t.*, r.at AS resolved_at, r.rep AS resolver,
         CASE WHEN t.reopens OR t.said_reopened = 0
              THEN coalesce(o.first_at <= r.at + make_interval(secs => %(window)s), false)
              WHEN t.said_last > r.at THEN t.said_last <= r.at + make_interval(secs => %(window)s)
              ELSE true END AS reopened
    FROM ticket t JOIN resolution r ON r.ticket_id = t.id AND r.part = 0
    LEFT JOIN reopening o ON o.ticket_id = t.id),
followed AS (
  SELECT a.id FROM first_resolution a JOIN ticket o ON o.requester_email = a.requester_email
     AND o.category_id = a.category_id AND o.id <> a.id AND a.requester_email <> ''
   WHERE o.opened_at > a.resolved_at AND o.opened_at <= a.resolved_at + make_interval(secs => %(window)s)
  UNION
  SELECT a.id FROM first_resolution a JOIN ticket o ON o.customer_id = a.customer_id
     AND o.category_id = a.category_id AND o.id <> a.id AND '' IN (a.requester_email, o.requester_email)
   WHERE o.opened_at > a.resolved_at AND o.opened_at <= a.resolved_at + make_interval(secs => %(window)s)),
reply AS (
  SELECT DISTINCT ON (e.ticket_id) e.ticket_id, e.at, e.actor
    FROM event e LEFT JOIN accounts_member m ON m.id = e.actor
   WHERE e.event = 'replied' AND e.is_public AND NOT e.by_requester AND NOT coalesce(m.is_bot, false)
   ORDER BY e.ticket_id, e.at, e.id),
response AS MATERIALIZED (
  SELECT t.id, t.opened_at, t.due, coalesce(r.at, t.said_response) AS at,
         CASE WHEN r.at IS NULL THEN t.said_responder ELSE coalesce(nullif(r.actor, 0), t.said_responder) END AS rep
    FROM ticket t LEFT JOIN reply r ON r.ticket_id = t.id),
backlog AS (
  SELECT id AS ticket_id, opened_at AS at, CASE WHEN has_events THEN 0 ELSE said_assignee END AS rep, 1 AS change
    FROM ticket WHERE has_events OR said NOT IN ('resolved', 'closed') OR said_resolved IS NOT NULL
  UNION ALL
  SELECT ticket_id, at, coalesce(holder_before, CASE WHEN has_events THEN 0 ELSE said_assignee END), -1
    FROM scene WHERE standing_before IS DISTINCT FROM 'R' OR NOT leaves
  UNION ALL
  SELECT ticket_id, at, holder, 1 FROM scene WHERE standing IS DISTINCT FROM 'R' OR NOT leaves),
at_opening AS (
  SELECT DISTINCT ON (e.ticket_id) e.ticket_id, e.assignee FROM event e JOIN ticket t ON t.id = e.ticket_id
   WHERE e.event = 'assigned' AND e.at <= t.opened_at ORDER BY e.ticket_id, e.at DESC, e.id DESC),
at_due AS (
  SELECT DISTINCT ON (e.ticket_id) e.ticket_id, e.assignee FROM event e JOIN ticket t ON t.id = e.ticket_id
   WHERE e.event = 'assigned' AND e.at <= t.due ORDER BY e.ticket_id, e.at DESC, e.id DESC),
had AS (
  SELECT t.id, coalesce(o.assignee, CASE WHEN t.has_events THEN 0 ELSE t.said_assignee END) AS at_opening,
         coalesce(d.assignee, CASE WHEN t.has_events THEN 0 ELSE t.said_assignee END) AS at_due
    FROM ticket t LEFT JOIN at_opening o ON o.ticket_id = t.id LEFT JOIN at_due d ON d.ticket_id = t.id),
found AS (
  SELECT 1 AS kind, t.id AS source_id, h.at_opening AS rep_id, t.opened_at AS at, 1::bigint AS v1, 0::bigint AS v2
    FROM ticket t JOIN had h ON h.id = t.id
  UNION ALL
  SELECT 2, id, resolver, resolved_at, floor(extract(epoch FROM resolved_at - opened_at))::bigint, 0
    FROM first_resolution
  UNION ALL
  SELECT 3, id, resolver, resolved_at, (NOT reopened AND id NOT IN (SELECT id FROM followed))::int, reopened::int
    FROM first_resolution WHERE resolved_at + make_interval(secs => %(window)s) <= %(now)s
  UNION ALL
  SELECT 4, id, rep, at, floor(extract(epoch FROM at - opened_at))::bigint, 0 FROM response WHERE at IS NOT NULL
  UNION ALL
  SELECT 5, r.id, CASE WHEN r.at <= r.due THEN r.rep ELSE h.at_due END, least(r.at, r.due),
         coalesce(r.at <= r.due, false)::int, 0
    FROM response r JOIN had h ON h.id = r.id WHERE r.due IS NOT NULL AND (r.at <= r.due OR r.due <= %(now)s)
  UNION ALL
  SELECT 6, r.ticket_id, c.actor, r.at, sum(c.seconds)::bigint, (r.part = 0)::int
    FROM scene c JOIN resolution r ON r.ticket_id = c.ticket_id AND r.part = c.part
   WHERE c.seconds IS NOT NULL GROUP BY r.ticket_id, c.actor, r.at, r.part
  UNION ALL
  SELECT 6, id, resolver, resolved_at, said_seconds, 1
    FROM first_resolution WHERE said_seconds IS NOT NULL AND NOT times
  UNION ALL
  SELECT 7, ticket_id, rep, at, sum(change)::bigint, 0 FROM backlog GROUP BY ticket_id, rep, at HAVING sum(change) <> 0)
SELECT f.kind::smallint, f.source_id, f.rep_id, {_day("f.at")} AS day, f.at AS occurred_at, f.v1, f.v2,
       coalesce(t.customer_id, 0) AS customer_id, coalesce(t.category_id, 0)::int AS category_id,
       t.channel AS channel_id
  FROM found f JOIN customers_ticket t ON t.id = f.source_id
"""

SURVEYS = f"""
SELECT (CASE s.kind WHEN 'csat' THEN 8 WHEN 'nps' THEN 9 ELSE 10 END)::smallint AS kind, s.id AS source_id,
       coalesce(s.stated_rep_id, CASE WHEN s.kind = 'nps' THEN
         (SELECT o.owner_id FROM customers_customerowner o WHERE o.company_id = s.company_id
             AND o.customer_id = s.customer_id AND o.valid_from <= {_day("first.at")}
           ORDER BY o.valid_from DESC LIMIT 1)
         ELSE t.resolver_id END, 0) AS rep_id,
       {_day("first.at")} AS day, first.at AS occurred_at,
       (SELECT a.score FROM customers_surveyanswer a
         WHERE a.survey_id = s.id AND a.answered_at <= first.at + interval '30 days'
         ORDER BY a.answered_at DESC LIMIT 1)::bigint AS v1, 0::bigint AS v2,
       coalesce(s.customer_id, 0) AS customer_id, coalesce(t.category_id, 0)::int AS category_id,
       coalesce(t.channel, 0)::smallint AS channel_id
  FROM customers_survey s
  CROSS JOIN LATERAL (SELECT min(a.answered_at) AS at FROM customers_surveyanswer a WHERE a.survey_id = s.id) first
  LEFT JOIN customers_ticket t ON t.id = s.ticket_id
 WHERE s.company_id = %(company)s
"""

# Minute by minute: every change of offset falls on a whole minute.
SHIFTS = f"""
SELECT 11::smallint AS kind, m.id AS source_id, m.member_id AS rep_id, m.day, m.started_at AS occurred_at,
       floor(sum(extract(epoch FROM m.stop - m.start)))::bigint AS v1, 0::bigint AS v2,
       0::bigint AS customer_id, 0 AS category_id, 0::smallint AS channel_id
  FROM (SELECT s.id, s.member_id, s.started_at, greatest(s.started_at, minute) AS start,
               least(s.ended_at, minute + interval '1 minute') AS stop, {_day("greatest(s.started_at, minute)")} AS day
          FROM customers_shift s
          CROSS JOIN LATERAL generate_series(date_trunc('minute', s.started_at), s.ended_at, interval '1 minute') minute
         WHERE s.company_id = %(company)s AND minute < s.ended_at) m
 GROUP BY m.id, m.member_id, m.started_at, m.day
"""

REVENUE = """
SELECT 12::smallint AS kind, r.id AS source_id, coalesce(
         (SELECT o.owner_id FROM customers_customerowner o
           WHERE o.company_id = r.company_id AND o.customer_id = r.customer_id AND o.valid_from <= r.month
           ORDER BY o.valid_from DESC LIMIT 1),
         (SELECT o.owner_id FROM customers_customerowner o
           WHERE o.company_id = r.company_id AND o.customer_id = r.customer_id
             AND o.valid_from > r.month AND o.valid_from < r.month + interval '1 month'
             AND NOT EXISTS (SELECT FROM customers_customerowner p WHERE p.company_id = r.company_id
                                AND p.customer_id = r.customer_id AND p.valid_from <= r.month)
           ORDER BY o.valid_from LIMIT 1), 0) AS rep_id,
       r.month AS day, r.month::timestamp AT TIME ZONE 'UTC' AS occurred_at, r.amount_minor AS v1, 0::bigint AS v2,
       r.customer_id, 0 AS category_id, 0::smallint AS channel_id
  FROM customers_revenue r WHERE r.company_id = %(company)s
"""
