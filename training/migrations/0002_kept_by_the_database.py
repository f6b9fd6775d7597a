from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER, TEAM = "accounts_member", "accounts_team"
PLAYBOOK, EDITION, CUSTOMER = "playbooks_playbook", "playbooks_version", "customers_customer"
PROGRAMME, VERSION = "training_programme", "training_programmeversion"
MODULE, ITEM, QUESTION = "training_module", "training_item", "training_question"
ENROLMENT, ENTRY = "training_enrolment", "training_entry"
SESSION, PLAN = "training_session", "training_developmentplan"
LINKS = {
    "training_trainingsettings": {},
    "training_requirement": {"team_id": TEAM, "playbook_id": PLAYBOOK},
    PROGRAMME: {"team_id": TEAM},
    VERSION: {"programme_id": PROGRAMME, "author_id": MEMBER, "publisher_id": MEMBER},
    MODULE: {"of_id": VERSION, "playbook_id": PLAYBOOK, "edition_id": EDITION},
    ITEM: {"module_id": MODULE},
    QUESTION: {"playbook_id": PLAYBOOK, "author_id": MEMBER},
    "training_itemquestion": {"item_id": ITEM, "question_id": QUESTION},
    ENROLMENT: {"member_id": MEMBER, "version_id": VERSION, "enrolled_by_id": MEMBER},
    ENTRY: {"enrolment_id": ENROLMENT, "item_id": ITEM, "member_id": MEMBER, "by_id": MEMBER},
    "training_quiztry": {"enrolment_id": ENROLMENT, "item_id": ITEM},
    "training_ridealong": {
        "enrolment_id": ENROLMENT,
        "item_id": ITEM,
        "host_id": MEMBER,
        "planned_by_id": MEMBER,
        "entry_id": ENTRY,
    },
    "training_certificate": {
        "member_id": MEMBER,
        "playbook_id": PLAYBOOK,
        "enrolment_id": ENROLMENT,
        "issued_by_id": MEMBER,
        "revoked_by_id": MEMBER,
    },
    "training_supervision": {
        "member_id": MEMBER,
        "playbook_id": PLAYBOOK,
        "supervisor_id": MEMBER,
        "named_by_id": MEMBER,
    },
    SESSION: {"host_id": MEMBER, "created_by_id": MEMBER},
    "training_seat": {"session_id": SESSION, "member_id": MEMBER, "noted_by_id": MEMBER},
    PLAN: {"member_id": MEMBER, "opened_by_id": MEMBER},
    "training_plangoal": {"plan_id": PLAN},
    "training_planreview": {"plan_id": PLAN, "by_id": MEMBER},
    "training_voice": {"customer_id": CUSTOMER, "consent_by_id": MEMBER},
    "training_snapshot": {"member_id": MEMBER, "enrolment_id": ENROLMENT},
}

# Triggers, since no CHECK sees the old row. Rows still go together with their company (`is_being_removed`), and
# personal text can be blanked while `cs.erasing` is on.
KEPT = """
CREATE FUNCTION training_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  ELSIF OLD.state = 'published' AND NEW.state = 'superseded'
        AND to_jsonb(OLD) - 'state' = to_jsonb(NEW) - 'state' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a published programme is never changed';
END $$;
CREATE TRIGGER training_version_stays BEFORE UPDATE OR DELETE ON training_programmeversion FOR EACH ROW
  WHEN (OLD.state <> 'draft') EXECUTE FUNCTION training_version_stays();

CREATE FUNCTION training_content_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given jsonb;
  states text[];
BEGIN
  IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  FOR given IN SELECT to_jsonb(row) FROM (
      SELECT CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END AS row
      UNION ALL SELECT CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END) AS rows LOOP
    SELECT array_agg(v.state) INTO states FROM training_programmeversion v
     WHERE v.id = COALESCE(
       (given ->> 'of_id')::bigint,
       (SELECT m.of_id FROM training_module m WHERE m.id = COALESCE(
         (given ->> 'module_id')::bigint,
         (SELECT i.module_id FROM training_item i WHERE i.id = (given ->> 'item_id')::bigint))));
    IF states IS NULL OR states = ARRAY['draft'::varchar]::text[] THEN CONTINUE; END IF;
    RAISE EXCEPTION 'a published programme is never changed';
  END LOOP;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER training_module_stays BEFORE INSERT OR UPDATE OR DELETE ON training_module
  FOR EACH ROW EXECUTE FUNCTION training_content_stays();
CREATE TRIGGER training_item_stays BEFORE INSERT OR UPDATE OR DELETE ON training_item
  FOR EACH ROW EXECUTE FUNCTION training_content_stays();
CREATE TRIGGER training_itemquestion_stays BEFORE INSERT OR UPDATE OR DELETE ON training_itemquestion
  FOR EACH ROW EXECUTE FUNCTION training_content_stays();

CREATE FUNCTION training_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  texts text[] := ARRAY['words', 'next_step', 'shown'];
BEGIN
  IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND current_setting('cs.erasing', true) = 'on'
     AND to_jsonb(OLD) - texts = to_jsonb(NEW) - texts THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'rows of training_entry are never changed or deleted';
END $$;
CREATE TRIGGER training_entry_stays BEFORE UPDATE OR DELETE ON training_entry
  FOR EACH ROW EXECUTE FUNCTION training_entry_stays();

CREATE FUNCTION training_completed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = OLD.state AND NEW.completed_at = OLD.completed_at THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a completed path stays completed';
END $$;
CREATE TRIGGER training_completed_stays BEFORE UPDATE ON training_enrolment FOR EACH ROW
  WHEN (OLD.state = 'completed') EXECUTE FUNCTION training_completed_stays();
"""
NOT_KEPT = """
DROP TRIGGER training_completed_stays ON training_enrolment; DROP FUNCTION training_completed_stays();
DROP TRIGGER training_entry_stays ON training_entry; DROP FUNCTION training_entry_stays();
DROP TRIGGER training_itemquestion_stays ON training_itemquestion;
DROP TRIGGER training_item_stays ON training_item;
DROP TRIGGER training_module_stays ON training_module; DROP FUNCTION training_content_stays();
DROP TRIGGER training_version_stays ON training_programmeversion; DROP FUNCTION training_version_stays();
"""
# An entry is of the member whose enrolment it is.
OF_MEMBER = """
ALTER TABLE training_entry ADD CONSTRAINT training_entry_of_the_trainee FOREIGN KEY (company_id, enrolment_id, member_id)
  REFERENCES training_enrolment (company_id, id, member_id) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("accounts", "0008_a_company_can_be_removed")]
    operations = [
        *[same_company(table, column, to) for table, links in LINKS.items() for column, to in links.items()],
        *any_company(*LINKS),
        migrations.RunSQL(
            OF_MEMBER, "ALTER TABLE training_entry DROP CONSTRAINT training_entry_of_the_trainee"
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
