"""The SQL of `bench.data`. The meaning of each fact is that of `metrics.kinds`."""

# Words to look for: one that every second ticket of a company has, and one that five have.
COMMON, RARE = "invoice", "quixotic"

DROP_KEY = "ALTER TABLE metrics_fact DROP CONSTRAINT metrics_fact_pkey"
ADD_KEY = "ALTER TABLE metrics_fact ADD PRIMARY KEY (company_id, kind, source_id, seq)"

PEOPLE = """
INSERT INTO accounts_member (company_id, email, name, role, is_active, is_stub, is_bot, created_at)
SELECT %(company)s, %(title)s || g || %(domain)s, initcap(%(title)s) || ' ' || g, %(role)s, true, false, false, now()
  FROM generate_series(1, %(count)s) g ORDER BY g
"""

LINES = """
INSERT INTO accounts_reportingline (company_id, member_id, valid_from, manager_id, from_people_file, recorded_at)
SELECT %(company)s, m.id, %(since)s, a.id, false, now()
  FROM accounts_member m
  CROSS JOIN LATERAL (SELECT substring(m.email, '\\d+')::int AS number) n
  LEFT JOIN accounts_member a ON a.company_id = m.company_id
       AND a.email = %(above)s || (1 + (n.number - 1 + %(shift)s) %% %(above_count)s) || %(domain)s
 WHERE m.company_id = %(company)s AND m.email LIKE %(title)s || '%%' AND n.number %% %(every)s = 0
   AND m.email = %(title)s || n.number || %(domain)s
"""

CUSTOMERS = """
INSERT INTO customers_category (company_id, name) SELECT %(company)s, 'Category ' || g FROM generate_series(1, 12) g;
INSERT INTO customers_customer (company_id, external_id, name, segment, churn_reason, is_stub, created_at)
SELECT %(company)s, 'C' || g, 'Customer ' || g, '', '', false, now() FROM generate_series(1, %(customers)s) g;
"""

# Durations are log-normal: half of the tickets take less than 4 hours, some take weeks.
DRAWN = """
DROP TABLE IF EXISTS made;
CREATE TEMPORARY TABLE made AS
WITH people AS MATERIALIZED (
  SELECT array_agg(id) AS ids FROM accounts_member WHERE company_id = %(company)s AND email ~ '^rep\\d+@'),
areas AS MATERIALIZED (SELECT array_agg(id) AS ids FROM customers_category WHERE company_id = %(company)s),
accounts AS MATERIALIZED (SELECT array_agg(id) AS ids FROM customers_customer WHERE company_id = %(company)s),
drawn AS MATERIALIZED (
  SELECT g, date_trunc('second', %(now)s::timestamptz
           - make_interval(secs => (%(tickets)s - g + random()) * %(days)s * 86400.0 / %(tickets)s)) AS opened_at,
         1 + floor(random() * cardinality(people.ids))::int AS rep, 1 + floor(random() * 12)::int AS area,
         1 + floor(random() * %(customers)s)::int AS account, floor(random() * 5)::int AS contact,
         1 + floor(random() * 5)::int AS channel, 1 + floor(random() * 5)::int AS score,
         make_interval(secs => least(floor(exp(random_normal(9.5, 1.3))), 60 * 86400)) AS to_resolve,
         make_interval(secs => floor(exp(random_normal(7.2, 1.1)))) AS to_respond,
         make_interval(secs => floor(random() * 20 * 86400) + 1) AS to_reopen,
         make_interval(secs => floor(random() * 3 * 86400)) AS to_answer,
         floor(exp(random_normal(6.2, 0.8)))::bigint AS handled,
         random() < 0.06 AS reopens, random() < 0.8 AS has_due, random() < 0.15 AS answers
    FROM people, generate_series(1, %(tickets)s) g)
SELECT (SELECT coalesce(max(id), 0) FROM customers_ticket) + g AS id, g, opened_at,
       people.ids[d.rep] AS rep, areas.ids[d.area] AS category_id, accounts.ids[d.account] AS customer_id,
       'r' || 5 * d.account + contact || '@customer.example' AS requester, channel, score, handled, answers, to_answer,
       CASE WHEN opened_at + to_resolve <= %(now)s THEN opened_at + to_resolve END AS resolved_at,
       CASE WHEN opened_at + to_respond <= %(now)s THEN opened_at + to_respond END AS responded_at,
       CASE WHEN has_due THEN opened_at + interval '1 hour' END AS due_at,
       CASE WHEN reopens AND opened_at + to_resolve + to_reopen <= %(now)s
            THEN opened_at + to_resolve + to_reopen END AS reopened_at
  FROM drawn d, people, areas, accounts;
CREATE INDEX ON made (requester, category_id, opened_at);
ANALYZE made;
"""

TICKETS = """
INSERT INTO customers_ticket (id, company_id, external_id, opened_at, customer_id, requester_email, subject, body,
  category_id, priority, channel, tags, first_response_due_at, created_at, status, assignee_id, first_response_at,
  first_responder_id, resolved_at, resolver_id, last_resolved_at, reopened_count, handle_seconds)
SELECT id, %(company)s, 'H' || g, opened_at, customer_id, requester, 
       'Question ' || g || CASE WHEN g %% 2 = 0 THEN ' about an invoice' ELSE '' END
         || CASE WHEN g %% greatest(%(tickets)s / 5, 1) = 0 THEN ', quixotic' ELSE '' END,
       (SELECT string_agg('word' || (g * (7 + n) + n * n) %% 5000, ' ') FROM generate_series(1, 12) n),
       category_id, 'normal', channel,
       '{}', due_at, opened_at, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END, rep, responded_at,
       CASE WHEN responded_at IS NOT NULL THEN rep END, resolved_at, CASE WHEN resolved_at IS NOT NULL THEN rep END,
       coalesce(reopened_at, resolved_at), (reopened_at IS NOT NULL)::int,
       CASE WHEN resolved_at IS NOT NULL THEN handled ELSE 0 END
  FROM made ORDER BY id;
INSERT INTO customers_ticketstatement (company_id, ticket_id, status, assignee_id, first_response_at,
  first_responder_id, resolved_at, resolver_id, last_resolved_at, reopened_count, handle_seconds,
  merged_into_external_id)
SELECT %(company)s, id, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END, rep, responded_at,
       CASE WHEN responded_at IS NOT NULL THEN rep END, resolved_at, CASE WHEN resolved_at IS NOT NULL THEN rep END,
       coalesce(reopened_at, resolved_at), (reopened_at IS NOT NULL)::int, handled, ''
  FROM made ORDER BY id;
SELECT setval(pg_get_serial_sequence('customers_ticket', 'id'), max(id)) FROM customers_ticket;
SELECT refresh_ticket_words(array_agg(id)) FROM made;
"""

ANSWERS = """
INSERT INTO customers_survey (company_id, identity, kind, ticket_id, customer_id, stated_rep_id, first_answered_at,
                              score, comment, is_made_up)
SELECT %(company)s, 'S' || g, 'csat', id, customer_id, rep, resolved_at + to_answer, score, '', false
  FROM made WHERE answers AND resolved_at + to_answer <= %(now)s ORDER BY id;
INSERT INTO customers_surveyanswer (company_id, survey_id, answered_at, score, comment)
SELECT company_id, id, first_answered_at, score, '' FROM customers_survey WHERE company_id = %(company)s;
"""

# Eight hours on every working day.
SHIFTS = """
INSERT INTO customers_shift (company_id, member_id, started_at, ended_at)
SELECT %(company)s, m.id, day + interval '8 hours', day + interval '16 hours'
  FROM generate_series(%(today)s::date - %(days)s, %(today)s::date - 1, interval '1 day') day
  JOIN accounts_member m ON m.company_id = %(company)s AND m.email ~ '^rep\\d+@'
 WHERE extract(isodow FROM day) < 6;
"""

# In the order of time, as they would have come.
FACTS = """
INSERT INTO metrics_fact (company_id, kind, source_id, seq, rep_id, customer_id, category_id, channel_id, day,
                          occurred_at, v1, v2, rule_version)
SELECT %(company)s, kind, source_id, seq, rep_id, customer_id, category_id, channel_id,
       (at AT TIME ZONE 'UTC')::date, at, v1, v2, 1
  FROM (
    SELECT t.kind, m.id AS source_id, t.seq, m.rep AS rep_id, m.customer_id, m.category_id, m.channel, t.at, t.v1, t.v2
      FROM made m CROSS JOIN LATERAL (VALUES
        (1, 0, opened_at, 1, 0),
        (2, 0, resolved_at, extract(epoch FROM resolved_at - opened_at)::bigint, 0),
        (4, 0, responded_at, extract(epoch FROM responded_at - opened_at)::bigint, 0),
        (5, 0, CASE WHEN due_at <= %(now)s OR responded_at <= due_at THEN least(responded_at, due_at) END,
            coalesce(responded_at <= due_at, false)::int, 0),
        (6, 0, resolved_at, handled, 1),
        (7, 0, opened_at, 1, 0),
        (7, 1, resolved_at, -1, 0)) t (kind, seq, at, v1, v2)
     WHERE t.at IS NOT NULL
    UNION ALL
    SELECT 3, id, 0, rep, customer_id, category_id, channel, resolved_at, (NOT reopened AND NOT followed)::int,
           reopened::int
      FROM (SELECT m.*, coalesce(reopened_at <= resolved_at + make_interval(secs => %(window)s), false) AS reopened,
                   EXISTS (SELECT FROM made o WHERE o.requester = m.requester AND o.category_id = m.category_id
                              AND o.id <> m.id AND o.opened_at > m.resolved_at
                              AND o.opened_at <= m.resolved_at + make_interval(secs => %(window)s)) AS followed
              FROM made m WHERE resolved_at + make_interval(secs => %(window)s) <= %(now)s) outcome
    UNION ALL
    SELECT 8, s.id, 0, s.stated_rep_id, s.customer_id, t.category_id, t.channel, s.first_answered_at, s.score, 0
      FROM customers_survey s JOIN customers_ticket t ON t.id = s.ticket_id WHERE s.company_id = %(company)s
    UNION ALL
    SELECT 11, id, 0, member_id, 0, 0, 0, started_at, 28800, 0 FROM customers_shift WHERE company_id = %(company)s
  ) f (kind, source_id, seq, rep_id, customer_id, category_id, channel_id, at, v1, v2)
 ORDER BY at, source_id, kind;
"""

TIMERS = """
INSERT INTO metrics_timer (company_id, kind, source_id, due_at)
SELECT %(company)s, 3, id, resolved_at + make_interval(secs => %(window)s) FROM made
 WHERE resolved_at + make_interval(secs => %(window)s) > %(now)s
UNION ALL SELECT %(company)s, 5, id, due_at FROM made WHERE due_at > %(now)s AND coalesce(responded_at > due_at, true);
"""
