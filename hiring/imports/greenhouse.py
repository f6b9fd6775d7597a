"""The tables of Greenhouse, as connectors export them. Times without an offset are in UTC."""

from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from customers.imports.columns import Frame

from .records import Applied, Bad, Card, Export, Job, Move, Note, Person, Rated, Talk
from .tables import Folder, Row, folder_of

STATES = {"active": "active", "rejected": "rejected", "hired": "hired"}
# What an attribute can be rated there: as points here. None: "no decision" is no evidence.
RATINGS = {"definitely_not": 1, "no": 2, "mixed": 3, "yes": 4, "strong_yes": 5, "no_decision": None}
RECOMMENDATIONS = {"definitely_not", "no", "yes", "strong_yes"}
TALKS = {"complete": "held", "awaiting_feedback": "held", "scheduled": "planned", "canceled": "cancelled"}
SOURCES = {"referral": "referral", "prospecting": "sourced", "agencies": "agency", "jobs boards": "job_board"}
USUAL = timedelta(minutes=45)
TABLES = (
    "job", "job_stage", "candidate", "email_address", "phone_number", "social_media_address", "application",
    "job_application", "application_history", "source", "interview", "scheduled_interview",
    "scheduled_interviewer", "scorecard", "scorecard_attribute", "user_email", "activity",
)  # fmt: skip


def read(path: Path, frame: Frame) -> Export:
    """Raises Unreadable."""
    folder = folder_of(path, frame)
    export = folder.export
    export.jobs = folder.made(folder.rows("job"), _job)
    stages = _stages(folder)
    export.people = _people(folder)
    export.applications = _applications(folder, stages)
    links = folder.table(("scheduled_interviewer",), "scorecard_id", "scheduled_interview_id")
    export.talks = _talks(folder, stages)
    _cards(folder, links)
    export.notes = _notes(folder)
    return export


def _job(row: Row) -> Job:
    return Job(
        row.place,
        row.needed("id"),
        row.needed("name")[:200],
        row["status"].lower() == "open",
        row.time("created_at"),
    )


def _stages(folder: Folder) -> dict[str, str]:
    """{id: name}; the stages of each job come in the order of the file."""
    found: dict[str, str] = {}

    def keep(row: Row) -> None:
        found[row.needed("id")] = row.needed("name")[:80]
        folder.export.stages.setdefault(row.needed("job_id"), []).append(found[row["id"]])

    folder.made(folder.rows("job_stage"), keep)
    return found


def _people(folder: Folder) -> list[Person]:
    emails = folder.table(("email_address",), "candidate_id", "value")
    phones = folder.table(("phone_number",), "candidate_id", "value")
    links: dict[str, list[str]] = {}

    def link(row: Row) -> None:
        links.setdefault(row["candidate_id"], []).append(row["value"])

    folder.made(folder.rows("social_media_address"), link)

    def person(row: Row) -> Person:
        id, name = row.needed("id"), f"{row['first_name']} {row['last_name']}".strip()
        if not name:
            raise Bad("first_name", _("Is empty, but needed."))
        return Person(
            row.place,
            id,
            name[:200],
            row.time("created_at"),
            emails.get(id, "").lower(),
            phones.get(id, "")[:60],
            "\n".join(links.get(id, ())),
        )

    return folder.made(folder.rows("candidate"), person)


def _applications(folder: Folder, stages: dict[str, str]) -> list[Applied]:
    jobs = folder.table(("job_application",), "application_id", "job_id")
    sources = folder.table(("source",), "id", "source_type_name")
    names = folder.table(("source",), "id", "name")
    moves: dict[str, list[Move]] = {}

    def move(row: Row) -> None:
        at, stage = row.time("updated_at"), stages.get(row["new_stage_id"], "")
        if at and stage:
            moves.setdefault(row.needed("application_id"), []).append(Move(at, stage))

    folder.made(folder.rows("application_history"), move)

    def application(row: Row) -> Applied | None:
        id, state = row.needed("id"), row.needed("status").lower()
        if row.is_true("prospect") or row.is_true("is_deleted"):
            return None
        if state not in STATES:
            raise Bad("status", _("“%(cell)s” is no state that is known here.") % {"cell": state[:60]})
        applied_at = row.time("applied_at", "last_activity_at")
        if applied_at is None:
            raise Bad("applied_at", _("Is empty, but needed."))
        closed_at = row.time("rejected_at", "last_activity_at") if state != "active" else None
        return Applied(
            row.place,
            id,
            row.needed("candidate_id"),
            jobs.get(id, ""),
            stages.get(row["current_stage_id"], ""),
            STATES[state],
            applied_at,
            closed_at,
            source=SOURCES.get(sources.get(row["source_id"], "").lower(), "other"),
            source_detail=names.get(row["source_id"], "")[:200],
            moves=moves.get(id, []),
        )

    return folder.made(folder.rows("application"), application)


def _talks(folder: Folder, stages: dict[str, str]) -> list[Talk]:
    names = folder.table(("interview",), "id", "name")
    of_stage = folder.table(("interview",), "id", "job_stage_id")

    def talk(row: Row) -> Talk:
        starts_at = row.time("start")
        if starts_at is None:
            raise Bad("start", _("Is empty, but needed."))
        ends_at = row.time("end", "ends") or starts_at + USUAL
        kit = row["interview_id"]
        return Talk(
            row.place,
            row.needed("id"),
            row.needed("application_id"),
            names.get(kit, _("Interview"))[:100],
            TALKS.get(row["status"].lower(), "held"),
            starts_at,
            max(ends_at, starts_at + timedelta(minutes=1)),
            stages.get(of_stage.get(kit, ""), ""),
            location=row["location"][:300],
        )

    return folder.made(folder.rows("scheduled_interview"), talk)


def _cards(folder: Folder, links: dict[str, str]) -> None:
    """Scorecards; one without a planned interview was of a talk all the same, which is made."""
    emails = folder.table(("user_email",), "user_id", "email")
    ratings: dict[str, list[Rated]] = {}

    def rating(row: Row) -> None:
        word = row.needed("rating").lower()
        if word not in RATINGS:
            raise Bad("rating", _("“%(cell)s” is no rating that is known here.") % {"cell": word[:60]})
        rated = Rated(row.needed("name")[:80], RATINGS[word], True, row["note"])
        ratings.setdefault(row.needed("scorecard_id"), []).append(rated)

    folder.made(folder.rows("scorecard_attribute"), rating)
    known = {talk.id for talk in folder.export.talks}

    def card(row: Row) -> Card:
        id, email = row.needed("id"), emails.get(row.needed("submitted_by_user_id"), "").lower()
        if "@" not in email:
            raise Bad("submitted_by_user_id", _("Nobody of this id has an address in user_email."))
        talk = links.get(id, "")
        if talk not in known:
            talk = f"of-{id}"
            folder.export.talks.append(_made_talk(row, talk))
        recommendation = row["overall_recommendation"].lower()
        return Card(
            row.place,
            id,
            talk,
            email,
            recommendation if recommendation in RECOMMENDATIONS else "",
            row.time("submitted_at"),
            ratings=ratings.get(id, []),
        )

    folder.export.cards = folder.made(folder.rows("scorecard"), card)


def _made_talk(row: Row, id: str) -> Talk:
    at = row.time("interviewed_at", "created_at")
    if at is None:
        raise Bad("interviewed_at", _("Is empty, but needed."))
    name = row["interview"] or _("Interview")
    return Talk(row.place, id, row.needed("application_id"), name[:100], "held", at, at + USUAL)


def _notes(folder: Folder) -> list[Note]:
    """What stands in the activity feed of a candidate."""
    emails = folder.table(("user_email",), "user_id", "email")

    def note(row: Row) -> Note | None:
        text = "\n".join(part for part in (row["subject"], row["body"]) if part)
        if not text:
            return None
        at = row.time("created_at")
        if at is None:
            raise Bad("created_at", _("Is empty, but needed."))
        email = emails.get(row["user_id"], "").lower()
        return Note(
            row.place, row.needed("id"), row.needed("candidate_id"), at, text, email if "@" in email else ""
        )

    return folder.made(folder.rows("activity"), note)
