from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER, TEAM = "accounts_member", "accounts_team"
LINKS = {
    "playbooks_scenario": {"team_id": TEAM, "senior_id": MEMBER},
    "playbooks_scenariocategory": {"scenario_id": "playbooks_scenario", "category_id": "customers_category"},
    "playbooks_playbook": {
        "scenario_id": "playbooks_scenario",
        "owner_id": MEMBER,
        "verifier_id": MEMBER,
        "verifier_team_id": TEAM,
        "verified_by_id": MEMBER,
        "audience_id": TEAM,
    },
    "playbooks_version": {
        "playbook_id": "playbooks_playbook",
        "author_id": MEMBER,
        "reviewer_id": MEMBER,
        "approver_id": MEMBER,
        "edited_by_id": MEMBER,
    },
    "playbooks_step": {"of_id": "playbooks_version", "team_id": TEAM},
    "playbooks_exit": {"step_id": "playbooks_step"},
    "playbooks_acknowledgement": {"version_id": "playbooks_version", "member_id": MEMBER},
    "playbooks_flag": {"version_id": "playbooks_version", "author_id": MEMBER, "answered_by_id": MEMBER},
    "playbooks_run": {
        "version_id": "playbooks_version",
        "ticket_id": "customers_ticket",
        "customer_id": "customers_customer",
        "starter_id": MEMBER,
        "holder_id": MEMBER,
    },
    "playbooks_runevent": {"run_id": "playbooks_run", "actor_id": MEMBER, "receiver_id": MEMBER},
    "playbooks_writingslot": {
        "scenario_id": "playbooks_scenario",
        "member_id": MEMBER,
        "given_by_id": MEMBER,
    },
    "playbooks_coverageday": {},
}

# A trigger, since no CHECK sees the old row. Rows still go together with their company (`is_being_removed`).
FROZEN_VERSION = """
CREATE FUNCTION playbooks_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a published version is never deleted';
  END IF;
  IF OLD.state = 'published' AND NEW.state = 'superseded' AND NEW.superseded_at IS NOT NULL
     AND to_jsonb(OLD) - 'state' - 'superseded_at' = to_jsonb(NEW) - 'state' - 'superseded_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a published version is never changed';
END $$;
CREATE TRIGGER playbooks_version_stays BEFORE UPDATE OR DELETE ON playbooks_version FOR EACH ROW
  WHEN (OLD.state IN ('published', 'superseded')) EXECUTE FUNCTION playbooks_version_stays();
"""
# Steps may change while their version is a draft, and in no other state: who approves must know what is approved.
FROZEN_STEPS = """
CREATE FUNCTION playbooks_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given record := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
  found text;
BEGIN
  IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  IF TG_TABLE_NAME = 'playbooks_step' THEN
    SELECT v.state INTO found FROM playbooks_version v WHERE v.id = (to_jsonb(given) ->> 'of_id')::bigint;
  ELSE
    SELECT v.state INTO found FROM playbooks_step s JOIN playbooks_version v ON v.id = s.of_id
     WHERE s.id = (to_jsonb(given) ->> 'step_id')::bigint;
  END IF;
  -- Of a step that goes with its draft the version or the step is gone already.
  IF found IS NULL OR found = 'draft' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'steps change in a draft only';
END $$;
CREATE TRIGGER playbooks_step_stays BEFORE INSERT OR UPDATE OR DELETE ON playbooks_step
  FOR EACH ROW EXECUTE FUNCTION playbooks_step_stays();
CREATE TRIGGER playbooks_exit_stays BEFORE INSERT OR UPDATE OR DELETE ON playbooks_exit
  FOR EACH ROW EXECUTE FUNCTION playbooks_step_stays();
"""
# A log only grows.
LOG = """
CREATE FUNCTION playbooks_runevent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (is_being_removed(OLD.company_id)
     -- A trial of a draft goes with the draft.
     OR EXISTS (SELECT FROM playbooks_run r WHERE r.id = OLD.run_id AND r.is_trial)) THEN RETURN OLD; END IF;
  -- The erasure of personal text, as in the ledger.
  IF TG_OP = 'UPDATE' AND current_setting('cs.erasing', true) = 'on'
     AND to_jsonb(OLD) - 'text' = to_jsonb(NEW) - 'text' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the log of a run only grows';
END $$;
CREATE TRIGGER playbooks_runevent_stays BEFORE UPDATE OR DELETE ON playbooks_runevent
  FOR EACH ROW EXECUTE FUNCTION playbooks_runevent_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0001_initial"), ("accounts", "0008_a_company_can_be_removed")]
    operations = [
        *[same_company(table, column, to) for table, links in LINKS.items() for column, to in links.items()],
        *any_company(*LINKS),
        migrations.RunSQL(
            "ALTER TABLE playbooks_version ADD CONSTRAINT version_second_person"
            " CHECK (approver_id IS NULL OR approver_id <> ALL(editors))",
            "ALTER TABLE playbooks_version DROP CONSTRAINT version_second_person",
        ),
        migrations.RunSQL(
            FROZEN_VERSION,
            "DROP TRIGGER playbooks_version_stays ON playbooks_version; DROP FUNCTION playbooks_version_stays();",
        ),
        migrations.RunSQL(
            FROZEN_STEPS,
            "DROP TRIGGER playbooks_exit_stays ON playbooks_exit; DROP TRIGGER playbooks_step_stays ON playbooks_step;"
            " DROP FUNCTION playbooks_step_stays();",
        ),
        migrations.RunSQL(
            LOG,
            "DROP TRIGGER playbooks_runevent_stays ON playbooks_runevent; DROP FUNCTION playbooks_runevent_stays();",
        ),
    ]
