import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from cs_platform.lib.tenancy import any_company, same_company

# A playbook is found by what is published of it, which changes seldom: so its words are made anew as a whole, once a
# statement, and its indexes have no list of what is yet to be put in. `plain_words` and `plain_name` are those by
# which tickets and customers are found.
REFRESH = """
CREATE FUNCTION refresh_playbook_words(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  SELECT FROM playbooks_playbookwords WHERE playbook_id = ANY(ids) ORDER BY playbook_id FOR NO KEY UPDATE;
  INSERT INTO playbooks_playbookwords (playbook_id, company_id, name, words)
  SELECT p.id, p.company_id, plain_name(p.title || ' ' || s.name),
         setweight(plain_words(p.title, 300), 'A') || setweight(plain_words(s.name, 300), 'B')
         || setweight(plain_words(coalesce(t.titles, ''), 30000), 'C')
         || setweight(plain_words(coalesce(t.texts, ''), 100000), 'D')
         || array_to_tsvector(ARRAY['~' || p.company_id])
    FROM playbooks_playbook p
    JOIN playbooks_scenario s ON s.id = p.scenario_id
    JOIN playbooks_version v ON v.company_id = p.company_id AND v.playbook_id = p.id AND v.state = 'published'
    LEFT JOIN LATERAL (
      SELECT string_agg(title, ' ' ORDER BY position) AS titles,
             string_agg(left(body, 10000) || ' ' || left(say, 10000), ' ' ORDER BY position) AS texts
        FROM playbooks_step WHERE company_id = v.company_id AND of_id = v.id) t ON true
   WHERE p.id = ANY(ids)
   ORDER BY p.id
  ON CONFLICT (playbook_id) DO UPDATE SET name = excluded.name, words = excluded.words
$$;
"""
# By EXCEPT, not by a join: see customers 0009.
TRIGGERS = """
CREATE FUNCTION playbook_words_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[] := ARRAY(SELECT playbook_id FROM (
    SELECT id, playbook_id FROM fresh WHERE state = 'published'
    EXCEPT SELECT id, playbook_id FROM former WHERE state = 'published') changed);
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM refresh_playbook_words(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER playbook_words_published AFTER UPDATE ON playbooks_version
  REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION playbook_words_published();

CREATE FUNCTION playbook_words_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[] := ARRAY(SELECT id FROM (
    SELECT id, title, scenario_id FROM fresh EXCEPT SELECT id, title, scenario_id FROM former) changed);
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM refresh_playbook_words(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER playbook_words_named AFTER UPDATE ON playbooks_playbook
  REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION playbook_words_named();

CREATE FUNCTION playbook_words_of_scenario() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[] := ARRAY(SELECT p.id FROM (
    SELECT company_id, id, name FROM fresh EXCEPT SELECT company_id, id, name FROM former) changed
    JOIN playbooks_playbook p ON p.company_id = changed.company_id AND p.scenario_id = changed.id);
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM refresh_playbook_words(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER playbook_words_of_scenario AFTER UPDATE ON playbooks_scenario
  REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION playbook_words_of_scenario();

SELECT refresh_playbook_words(ARRAY(SELECT id FROM playbooks_playbook));
"""
NO_TRIGGERS = """
DROP TRIGGER playbook_words_of_scenario ON playbooks_scenario;
DROP TRIGGER playbook_words_named ON playbooks_playbook;
DROP TRIGGER playbook_words_published ON playbooks_version;
DROP FUNCTION playbook_words_of_scenario();
DROP FUNCTION playbook_words_named();
DROP FUNCTION playbook_words_published();
"""
INDEXES = {
    "playbook_words_found": "playbooks_playbookwords USING gin (words) WITH (fastupdate = off)",
    "playbook_names_found": (
        "playbooks_playbookwords USING gin (company_id, name gin_trgm_ops) WITH (fastupdate = off)"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0002_kept_by_the_database"), ("customers", "0009_words_by_statement")]
    operations = [
        migrations.CreateModel(
            name="PlaybookWords",
            fields=[
                ("playbook", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="words", serialize=False, to="playbooks.playbook")),
                ("name", models.TextField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("company", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company")),
            ],
            options={
                "indexes": [models.Index(fields=["company", "playbook"], name="playbook_words_of")],
            },
        ),
        same_company("playbooks_playbookwords", "playbook_id", "playbooks_playbook"),
        *any_company("playbooks_playbookwords"),
        # Which words are common is nothing for the planner to guess by: every word is looked for in the index.
        migrations.RunSQL(
            "ALTER TABLE playbooks_playbookwords ALTER COLUMN words SET STATISTICS 0", migrations.RunSQL.noop
        ),
        migrations.RunSQL(REFRESH, "DROP FUNCTION refresh_playbook_words(bigint[]);"),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {definition}", f"DROP INDEX {name}")
            for name, definition in INDEXES.items()
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
