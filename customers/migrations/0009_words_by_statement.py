import re
from importlib import import_module

from django.db import migrations

BEFORE = import_module("customers.migrations.0006_search")

# Each text is searched anew once a statement, however many of its rows the statement touched. Who refreshes words
# locks them first: of two writers the second then reads what the first has left.
REFRESH = f"""
CREATE OR REPLACE FUNCTION refresh_ticket_words(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  SELECT FROM customers_ticketwords WHERE ticket_id = ANY(ids) ORDER BY ticket_id FOR NO KEY UPDATE;
  INSERT INTO customers_ticketwords (ticket_id, company_id, opened_at, words)
  SELECT t.id, t.company_id, t.opened_at, {BEFORE.OWN} || coalesce(e.words, '')
    FROM customers_ticket t
    LEFT JOIN customers_customer c ON c.id = t.customer_id
    LEFT JOIN LATERAL (
      SELECT setweight(plain_words(string_agg(left(body, 20000), ' ' ORDER BY id), 100000), 'D') AS words
        FROM customers_ticketevent WHERE ticket_id = t.id AND body <> '') e ON true
   WHERE t.id = ANY(ids)
   ORDER BY t.id
  ON CONFLICT (ticket_id) DO UPDATE
     SET opened_at = excluded.opened_at, words = excluded.words
$$;
"""

# By EXCEPT, not by a join: a plan that was made for one row would join a thousand to a thousand, row by row.
# An event's statement may be its ticket's, and its trigger the first: then there is no row of words yet.
TEXTS = "id, subject, body, customer_id, requester_email, external_id, tags, opened_at"
TRIGGERS = f"""
CREATE OR REPLACE FUNCTION ticket_words_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {BEFORE.WAIT}
  INSERT INTO customers_ticketwords (ticket_id, company_id, opened_at, words)
  SELECT t.id, t.company_id, t.opened_at, {BEFORE.OWN}
    FROM fresh t LEFT JOIN customers_customer c ON c.id = t.customer_id
  ON CONFLICT (ticket_id) DO NOTHING;
  RETURN NULL;
END $$;

DROP TRIGGER ticket_words_changed ON customers_ticket;
CREATE OR REPLACE FUNCTION ticket_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[] := ARRAY(SELECT id FROM (SELECT {TEXTS} FROM fresh EXCEPT SELECT {TEXTS} FROM former) changed);
BEGIN
  IF cardinality(ids) > 0 THEN
    {BEFORE.WAIT}
    PERFORM refresh_ticket_words(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_words_changed AFTER UPDATE ON customers_ticket
  REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ticket_words_changed();

CREATE OR REPLACE FUNCTION event_words_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  known integer;
BEGIN
  {BEFORE.WAIT}
  UPDATE customers_ticketwords w SET words = w.words || n.words
    FROM (SELECT ticket_id, setweight(plain_words(string_agg(left(body, 20000), ' ' ORDER BY id), 100000), 'D') AS words
            FROM fresh WHERE body <> '' GROUP BY ticket_id) n
   WHERE w.ticket_id = n.ticket_id AND pg_column_size(w.words) < 200000;
  GET DIAGNOSTICS known = ROW_COUNT;
  IF known < (SELECT count(DISTINCT ticket_id) FROM fresh WHERE body <> '') THEN
    PERFORM refresh_ticket_words(ARRAY(SELECT DISTINCT ticket_id FROM fresh WHERE body <> '' AND NOT EXISTS (
      SELECT FROM customers_ticketwords w WHERE w.ticket_id = fresh.ticket_id)));
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER event_words_changed ON customers_ticketevent;
CREATE OR REPLACE FUNCTION event_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[] := ARRAY(
    SELECT ticket_id FROM (SELECT id, ticket_id, body FROM fresh EXCEPT SELECT id, ticket_id, body FROM former) gained
    UNION
    SELECT ticket_id FROM (SELECT id, ticket_id, body FROM former EXCEPT SELECT id, ticket_id, body FROM fresh) lost);
BEGIN
  IF cardinality(ids) > 0 THEN
    {BEFORE.WAIT}
    PERFORM refresh_ticket_words(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER event_words_changed AFTER UPDATE ON customers_ticketevent
  REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION event_words_changed();
"""

# Of a row of words every version is a long one, and new ones wait in a list that a vacuum puts into the index: so it
# comes after a fiftieth of the table, not a fifth.
STORAGE = """
ALTER TABLE customers_ticketwords SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
  toast.autovacuum_vacuum_scale_factor = 0.02);
"""
NO_STORAGE = """
ALTER TABLE customers_ticketwords RESET (
  autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, toast.autovacuum_vacuum_scale_factor);
"""


def _as_it_was() -> str:
    """The statements of the earlier migration for what this one changes."""
    found = BEFORE.TRIGGERS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    names = "refresh_ticket_words|ticket_words_inserted|ticket_words_changed|event_words_inserted|event_words_changed"
    functions = re.findall(rf"CREATE OR REPLACE FUNCTION (?:{names})\(.*?\n(?:END )?\$\$;", found, re.S)
    triggers = re.findall(r"CREATE TRIGGER (?:ticket|event)_words_changed\b.*?;", found, re.S)
    dropped = "DROP TRIGGER ticket_words_changed ON customers_ticket;"
    dropped += "DROP TRIGGER event_words_changed ON customers_ticketevent;"
    return "\n".join([dropped, *functions, *triggers])


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_notes_kept_by_the_database")]
    operations = [
        migrations.RunSQL(REFRESH + TRIGGERS, _as_it_was()),
        migrations.RunSQL(STORAGE, NO_STORAGE),
    ]
