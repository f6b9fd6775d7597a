from django.db import migrations

# As in 0002, and a step or an exit does not come from a draft to what is published either: where it was and where it
# goes to both have to be drafts.
FROZEN_STEPS = """
CREATE OR REPLACE FUNCTION playbooks_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  places bigint[];
BEGIN
  IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  IF TG_TABLE_NAME = 'playbooks_step' THEN
    places := ARRAY[(to_jsonb(OLD) ->> 'of_id')::bigint, (to_jsonb(NEW) ->> 'of_id')::bigint];
  ELSE
    places := ARRAY(SELECT s.of_id FROM playbooks_step s WHERE s.id IN (
      (to_jsonb(OLD) ->> 'step_id')::bigint, (to_jsonb(NEW) ->> 'step_id')::bigint));
  END IF;
  -- Of a step that goes with its draft the version or the step is gone already.
  IF EXISTS (SELECT FROM playbooks_version v WHERE v.id = ANY(places) AND v.state <> 'draft') THEN
    RAISE EXCEPTION 'steps change in a draft only';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0004_readers_are_asked_again")]
    # What was before let more through; there is nothing to go back to.
    operations = [migrations.RunSQL(FROZEN_STEPS, migrations.RunSQL.noop)]
