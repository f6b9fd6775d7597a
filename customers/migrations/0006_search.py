import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from cs_platform.lib.tenancy import any_company, same_company

# One configuration for five languages: words as they are, without case and accents. The parser would take
# addresses, paths and numbers with a sign for one word; with blanks in their places every part is found.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.plain_words (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.plain_words
  ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;

CREATE FUNCTION plain_words(body text, most integer) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('public.plain_words', translate(left(body, most), '@./\\-_:+~&=?%#<>''"', repeat(' ', 19)))
$$;
-- Names, for trigrams. Immutable as long as nobody edits the rules of unaccent, which ours are not.
CREATE FUNCTION plain_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(public.unaccent('public.unaccent', name))
$$;
CREATE FUNCTION quarter_of(at timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (extract(year FROM at AT TIME ZONE 'UTC') * 4 + extract(quarter FROM at AT TIME ZONE 'UTC') - 1)::smallint
$$;
"""
NO_CONFIGURATION = """
DROP FUNCTION quarter_of(timestamptz);
DROP FUNCTION plain_name(text);
DROP FUNCTION plain_words(text, integer);
DROP TEXT SEARCH CONFIGURATION public.plain_words;
"""

# Marks that no text contains: "~7" the company, "~7.8104" the company's quarter of the opening, "#vip" a tag. With
# them one index entry says which rows of a common word are a company's, or new.
MARKS = """array_to_tsvector(
        ARRAY['~' || t.company_id, '~' || t.company_id || '.' || quarter_of(t.opened_at)]
        || ARRAY(SELECT DISTINCT '#' || lower(coalesce(tag, '')) FROM unnest(t.tags) tag))"""
# Of a text the first 20,000 letters are found, of all replies together 100,000: a tsvector holds a megabyte.
OWN = f"""setweight(plain_words(t.subject, 20000), 'A')
      || setweight(plain_words(coalesce(c.name, ''), 20000), 'B')
      || setweight(plain_words(t.external_id || ' ' || t.requester_email || ' ' || array_to_string(t.tags, ' '), 20000), 'C')
      || setweight(plain_words(t.body, 20000), 'D')
      || {MARKS}"""
# What is new waits in a list that every search reads to its end, until it is as long as this and goes into the index
# at once. An import fills a long one, for that is several times quicker; single writes keep it short.
WAIT = """PERFORM set_config('gin_pending_list_limit',
    CASE WHEN (SELECT count(*) FROM (SELECT FROM fresh LIMIT 51) few) > 50 THEN '16MB' ELSE '1MB' END, true);"""
TRIGGERS = f"""
CREATE FUNCTION refresh_ticket_words(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO customers_ticketwords (ticket_id, company_id, opened_at, words)
  SELECT t.id, t.company_id, t.opened_at, {OWN} || coalesce(e.words, '')
    FROM customers_ticket t
    LEFT JOIN customers_customer c ON c.id = t.customer_id
    LEFT JOIN LATERAL (
      SELECT setweight(plain_words(string_agg(left(body, 20000), ' ' ORDER BY id), 100000), 'D') AS words
        FROM customers_ticketevent WHERE ticket_id = t.id AND body <> '') e ON true
   WHERE t.id = ANY(ids)
  ON CONFLICT (ticket_id) DO UPDATE
     SET opened_at = excluded.opened_at, words = excluded.words
$$;

CREATE FUNCTION ticket_words_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {WAIT}
  INSERT INTO customers_ticketwords (ticket_id, company_id, opened_at, words)
  SELECT t.id, t.company_id, t.opened_at, {OWN}
    FROM fresh t LEFT JOIN customers_customer c ON c.id = t.customer_id;
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_words_inserted AFTER INSERT ON customers_ticket
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ticket_words_inserted();

CREATE FUNCTION ticket_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_ticket_words(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_words_changed
  AFTER UPDATE OF subject, body, customer_id, requester_email, external_id, tags, opened_at ON customers_ticket
  FOR EACH ROW WHEN (
    (OLD.subject, OLD.body, OLD.customer_id, OLD.requester_email, OLD.external_id, OLD.tags, OLD.opened_at)
    IS DISTINCT FROM
    (NEW.subject, NEW.body, NEW.customer_id, NEW.requester_email, NEW.external_id, NEW.tags, NEW.opened_at))
  EXECUTE FUNCTION ticket_words_changed();

CREATE FUNCTION event_words_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {WAIT}
  UPDATE customers_ticketwords w SET words = w.words || n.words
    FROM (SELECT ticket_id, setweight(plain_words(string_agg(left(body, 20000), ' '), 20000), 'D') AS words
            FROM fresh WHERE body <> '' GROUP BY ticket_id) n
   WHERE w.ticket_id = n.ticket_id AND pg_column_size(w.words) < 200000;
  RETURN NULL;
END $$;
CREATE TRIGGER event_words_inserted AFTER INSERT ON customers_ticketevent
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION event_words_inserted();

CREATE FUNCTION event_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_ticket_words(ARRAY[OLD.ticket_id, NEW.ticket_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER event_words_changed AFTER UPDATE OF body, ticket_id ON customers_ticketevent
  FOR EACH ROW WHEN ((OLD.body, OLD.ticket_id) IS DISTINCT FROM (NEW.body, NEW.ticket_id))
  EXECUTE FUNCTION event_words_changed();

CREATE FUNCTION event_words_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_ticket_words(ARRAY(SELECT DISTINCT ticket_id FROM gone WHERE body <> ''));
  RETURN NULL;
END $$;
CREATE TRIGGER event_words_deleted AFTER DELETE ON customers_ticketevent
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION event_words_deleted();

-- Another name of a customer: only the words of weight B are other ones.
CREATE FUNCTION customer_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE customers_ticketwords w
     SET words = ts_filter(w.words, '{{a,c,d}}') || setweight(plain_words(NEW.name, 20000), 'B')
                 || {MARKS}
    FROM customers_ticket t
   WHERE t.company_id = NEW.company_id AND t.customer_id = NEW.id AND w.ticket_id = t.id;
  RETURN NULL;
END $$;
CREATE TRIGGER customer_words_changed AFTER UPDATE OF name ON customers_customer
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION customer_words_changed();

SELECT refresh_ticket_words(ARRAY(SELECT id FROM customers_ticket));
"""
NO_TRIGGERS = """
DROP TRIGGER customer_words_changed ON customers_customer;
DROP TRIGGER event_words_deleted ON customers_ticketevent;
DROP TRIGGER event_words_changed ON customers_ticketevent;
DROP TRIGGER event_words_inserted ON customers_ticketevent;
DROP TRIGGER ticket_words_changed ON customers_ticket;
DROP TRIGGER ticket_words_inserted ON customers_ticket;
DROP FUNCTION customer_words_changed();
DROP FUNCTION event_words_deleted();
DROP FUNCTION event_words_changed();
DROP FUNCTION event_words_inserted();
DROP FUNCTION ticket_words_changed();
DROP FUNCTION ticket_words_inserted();
DROP FUNCTION refresh_ticket_words(bigint[]);
"""

# The order of the queue: the running clock of an open ticket; a ticket whose clock stands comes last. The
# expressions are those of customers.queries.queue.
UNRESOLVED = "status IN ('open', 'pending', 'on_hold')"
DUE = """coalesce(CASE WHEN status = 'open' THEN least(
  CASE WHEN first_response_at IS NULL THEN first_response_due_at END, resolution_due_at) END,
  '9999-01-01 00:00:00+00'::timestamptz)"""
RANK = "(CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3 ELSE 2 END)"
INDEXES = {
    "queue_by_clock": f"customers_ticket (company_id, ({DUE}), id) WHERE {UNRESOLVED}",
    "queue_by_assignee": f"customers_ticket (company_id, assignee_id, ({DUE}), id) WHERE {UNRESOLVED}",
    "queue_by_opening": f"customers_ticket (company_id, opened_at, id) WHERE {UNRESOLVED}",
    "queue_by_priority": f"customers_ticket (company_id, {RANK}, id) WHERE {UNRESOLVED}",
    "queue_reopened": f"customers_ticket (company_id, ({DUE}), id) WHERE {UNRESOLVED} AND reopened_count > 0",
    "ticket_by_last_resolution": "customers_ticket (company_id, last_resolved_at, id) WHERE status IN ('resolved', 'closed')",
    "ticket_by_assignee": "customers_ticket (company_id, assignee_id, opened_at, id)",
    "ticket_by_category": "customers_ticket (company_id, category_id, opened_at, id)",
    "words_found": "customers_ticketwords USING gin (words)",
    "customer_by_name": "customers_customer (company_id, plain_name(name) text_pattern_ops)",
    "customer_names": "customers_customer USING gin (company_id, plain_name(name) gin_trgm_ops)",
    "contact_names": "customers_contact USING gin (company_id, plain_name(name || ' ' || email) gin_trgm_ops)",
}


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_screens_kept_by_the_database")]
    operations = [
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS unaccent; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
            "CREATE EXTENSION IF NOT EXISTS btree_gin;",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                ("ticket", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="words", serialize=False, to="customers.ticket")),
                ("opened_at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("company", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company")),
            ],
            options={
                "indexes": [models.Index(fields=["company", "opened_at", "ticket"], name="words_by_opening")],
            },
        ),
        same_company("customers_ticketwords", "ticket_id", "customers_ticket"),
        *any_company("customers_ticketwords"),
        # Which words are common is nothing for the planner to guess by: every word is looked for alike.
        migrations.RunSQL(
            "ALTER TABLE customers_ticketwords ALTER COLUMN words SET STATISTICS 0", migrations.RunSQL.noop
        ),
        migrations.RunSQL(CONFIGURATION, NO_CONFIGURATION),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {definition}", f"DROP INDEX {name}")
            for name, definition in INDEXES.items()
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        # Where tickets were, their rows wait for a check; the table takes its last key only after it.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
