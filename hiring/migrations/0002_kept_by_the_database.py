from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER, TEAM = "accounts_member", "accounts_team"
ATTRIBUTE, QUESTION, VERSION = "hiring_attribute", "hiring_question", "hiring_kitversion"
REQUISITION, STAGE, APPLICATION = "hiring_requisition", "hiring_stage", "hiring_application"
CANDIDATE, INTERVIEW, SCORECARD = "hiring_candidate", "hiring_interview", "hiring_scorecard"
LINKS = {
    "hiring_hiringsettings": {},
    ATTRIBUTE: {},
    QUESTION: {"attribute_id": ATTRIBUTE},
    "hiring_kit": {},
    VERSION: {"kit_id": "hiring_kit", "author_id": MEMBER},
    "hiring_kitattribute": {"of_id": VERSION, "attribute_id": ATTRIBUTE},
    "hiring_kitquestion": {"of_id": VERSION, "question_id": QUESTION, "attribute_id": ATTRIBUTE},
    REQUISITION: {"owner_id": MEMBER, "manager_id": MEMBER, "team_id": TEAM},
    "hiring_requisitionmember": {"requisition_id": REQUISITION, "member_id": MEMBER},
    STAGE: {"requisition_id": REQUISITION, "kit_id": VERSION},
    "hiring_criterion": {"requisition_id": REQUISITION, "attribute_id": ATTRIBUTE},
    CANDIDATE: {"member_id": MEMBER},
    APPLICATION: {
        "candidate_id": CANDIDATE,
        "requisition_id": REQUISITION,
        "stage_id": STAGE,
        "next_by_id": MEMBER,
    },
    "hiring_stagemove": {"application_id": APPLICATION, "stage_id": STAGE, "moved_by_id": MEMBER},
    "hiring_candidatenote": {"application_id": APPLICATION, "author_id": MEMBER},
    "hiring_candidatefile": {"candidate_id": CANDIDATE, "added_by_id": MEMBER},
    INTERVIEW: {
        "application_id": APPLICATION,
        "stage_id": STAGE,
        "kit_id": VERSION,
        "planned_by_id": MEMBER,
    },
    SCORECARD: {
        "interview_id": INTERVIEW,
        "application_id": APPLICATION,
        "stage_id": STAGE,
        "member_id": MEMBER,
        "excused_by_id": MEMBER,
    },
    "hiring_rating": {"scorecard_id": SCORECARD, "attribute_id": ATTRIBUTE},
    "hiring_sign": {"scorecard_id": SCORECARD, "attribute_id": ATTRIBUTE},
    "hiring_sample": {"scorecard_id": SCORECARD, "question_id": "hiring_kitquestion"},
    "hiring_revision": {"rating_id": "hiring_rating", "revised_by_id": MEMBER},
    "hiring_decision": {"application_id": APPLICATION, "decided_by_id": MEMBER, "approved_by_id": MEMBER},
    "hiring_offer": {
        "application_id": APPLICATION,
        "manager_id": MEMBER,
        "team_id": TEAM,
        "member_id": MEMBER,
        "made_by_id": MEMBER,
    },
    "hiring_lettertemplate": {},
    "hiring_letter": {"application_id": APPLICATION, "author_id": MEMBER},
    "hiring_interviewertraining": {"member_id": MEMBER, "noted_by_id": MEMBER},
    "hiring_voluntaryanswer": {"application_id": APPLICATION},
}

# Triggers, since no CHECK sees the old row. Rows still go together with their company (`is_being_removed`), and
# personal text can be blanked while `cs.erasing` is on.
SEALED = """
CREATE FUNCTION hiring_scorecard_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a submitted scorecard is never deleted';
  END IF;
  IF current_setting('cs.erasing', true) = 'on' AND to_jsonb(OLD) - 'summary' = to_jsonb(NEW) - 'summary' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a submitted scorecard is never changed';
END $$;
CREATE TRIGGER hiring_scorecard_stays BEFORE UPDATE OR DELETE ON hiring_scorecard FOR EACH ROW
  WHEN (OLD.state = 'submitted') EXECUTE FUNCTION hiring_scorecard_stays();

CREATE FUNCTION hiring_rating_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given jsonb := to_jsonb(CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END);
  texts text[] := ARRAY['evidence', 'quote', 'first_try', 'feedback', 'second_try'];
  found text;
BEGIN
  IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND current_setting('cs.erasing', true) = 'on'
     AND to_jsonb(OLD) - texts = to_jsonb(NEW) - texts THEN RETURN NEW; END IF;
  SELECT s.state INTO found FROM hiring_scorecard s WHERE s.id = (given ->> 'scorecard_id')::bigint;
  IF found IN ('assigned', 'draft') THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
  RAISE EXCEPTION 'a submitted scorecard is never changed';
END $$;
CREATE TRIGGER hiring_rating_stays BEFORE INSERT OR UPDATE OR DELETE ON hiring_rating
  FOR EACH ROW EXECUTE FUNCTION hiring_rating_stays();
CREATE TRIGGER hiring_sign_stays BEFORE INSERT OR UPDATE OR DELETE ON hiring_sign
  FOR EACH ROW EXECUTE FUNCTION hiring_rating_stays();
CREATE TRIGGER hiring_sample_stays BEFORE INSERT OR UPDATE OR DELETE ON hiring_sample
  FOR EACH ROW EXECUTE FUNCTION hiring_rating_stays();
"""
NO_SEALED = """
DROP TRIGGER hiring_sample_stays ON hiring_sample; DROP TRIGGER hiring_sign_stays ON hiring_sign;
DROP TRIGGER hiring_rating_stays ON hiring_rating; DROP FUNCTION hiring_rating_stays();
DROP TRIGGER hiring_scorecard_stays ON hiring_scorecard; DROP FUNCTION hiring_scorecard_stays();
"""
# What only grows: {table: columns of text that an erasure blanks}.
GROWS = {
    "hiring_kitversion": (),
    "hiring_kitattribute": (),
    "hiring_kitquestion": (),
    "hiring_stagemove": (),
    "hiring_revision": ("reason",),
}


def grows(table: str, texts: tuple[str, ...]) -> migrations.RunSQL:
    name = f"{table}_stays"
    without = "".join(f" - '{column}'" for column in texts)
    erasing = (
        f"IF TG_OP = 'UPDATE' AND current_setting('cs.erasing', true) = 'on'"
        f" AND to_jsonb(OLD){without} = to_jsonb(NEW){without} THEN RETURN NEW; END IF;"
        if texts
        else ""
    )
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' AND is_being_removed(OLD.company_id) THEN RETURN OLD; END IF;
          {erasing}
          RAISE EXCEPTION 'rows of {table} are never changed or deleted';
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0001_initial"), ("accounts", "0008_a_company_can_be_removed")]
    operations = [
        *[same_company(table, column, to) for table, links in LINKS.items() for column, to in links.items()],
        *any_company(*LINKS),
        migrations.RunSQL(SEALED, NO_SEALED),
        *[grows(table, texts) for table, texts in GROWS.items()],
    ]
