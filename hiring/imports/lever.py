"""The tables of Lever, as connectors export them. Times are in UTC; an opportunity is an application here.

The fields of Lever's forms have no names in these tables: each becomes an attribute "form, field n". Whole numbers
from 1 to 5 are ratings; what has words only is evidence without a rating.
"""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from customers.imports.columns import Frame

from .records import Applied, Bad, Card, Export, Job, Move, Offered, Person, Rated, Talk
from .tables import Folder, Row, folder_of

# "3 - Hire"; of four steps.
SCORE = re.compile(r"^([1-4])\b")
RECOMMENDATIONS = ("definitely_not", "no", "yes", "strong_yes")
ORIGINS = {"applied": "applied", "referred": "referral", "referral": "referral", "sourced": "sourced"}
ORIGINS |= {"agency": "agency", "university": "other", "internal": "internal"}
HIRED, WITHDRAWN = re.compile(r"\bhired\b", re.I), re.compile(r"withdr|offer declined|position closed", re.I)
NO_JOB = "none"
# An offer that nobody has sent yet is none here.
OFFERS = {"signed": "accepted", "denied": "declined"}
OFFERS |= dict.fromkeys(("sent", "sent-manually", "opened"), "out")
OFFERS |= dict.fromkeys(("draft", "approval-sent", "approved"), "")
TABLES = (
    "posting", "stage", "opportunity", "application", "contact_email", "contact_phone", "contact_link",
    "opportunity_stage_history", "opportunity_source", "archive_reason", "interview", "feedback_form",
    "feedback_form_field", "interview_feedback", "user", "users", "offer",
)  # fmt: skip


def read(path: Path, frame: Frame) -> Export:
    """Raises Unreadable."""
    folder = folder_of(path, frame)
    stages = folder.table(("stage",), "id", "text")
    folder.export.jobs = folder.made(folder.rows("posting"), _job)
    _opportunities(folder, stages)
    folder.export.talks = _talks(folder, stages)
    _cards(folder)
    folder.export.offers = _offers(folder)
    return folder.export


def _job(row: Row) -> Job:
    return Job(
        row.place,
        row.needed("id"),
        row.needed("text")[:200],
        row["state"].lower() in ("published", "internal", "open"),
        row.time("created_at"),
        row["categories_location"][:120],
    )


def _opportunities(folder: Folder, stages: dict[str, str]) -> None:
    """People by their contact, and what they applied for."""
    emails = folder.table(("contact_email",), "contact_id", "email")
    phones = folder.table(("contact_phone",), "contact_id", "value")
    links = folder.table(("contact_link",), "contact_id", "link")
    jobs = folder.table(("application",), "opportunity_id", "posting_id")
    reasons = folder.table(("archive_reason",), "id", "text")
    sources = folder.table(("opportunity_source",), "opportunity_id", "source")
    moves: dict[str, list[Move]] = {}
    people: dict[str, Person] = {}

    def move(row: Row) -> None:
        at, stage = row.time("updated_at"), stages.get(row["stage_id"], "")
        if at and stage:
            moves.setdefault(row.needed("opportunity_id"), []).append(Move(at, stage[:80]))

    folder.made(folder.rows("opportunity_stage_history"), move)

    def opportunity(row: Row) -> Applied:
        id, contact, at = row.needed("id"), row.needed("contact"), row.time("created_at")
        if at is None:
            raise Bad("created_at", _("Is empty, but needed."))
        people.setdefault(
            contact,
            Person(
                row.place,
                contact,
                row.needed("name")[:200],
                at,
                emails.get(contact, "").lower(),
                phones.get(contact, "")[:60],
                links.get(contact, ""),
            ),
        )
        closed_at, reason = row.time("archived_at"), reasons.get(row["archived_reason_id"], "")
        state = "rejected" if closed_at else "active"
        if closed_at and HIRED.search(reason):
            state = "hired"
        elif closed_at and WITHDRAWN.search(reason):
            state = "withdrawn"
        return Applied(
            row.place,
            id,
            contact,
            jobs.get(id, NO_JOB),
            stages.get(row["stage_id"], row["stage_id"])[:80],
            state,
            at,
            closed_at,
            reason[:400],
            ORIGINS.get(row["origin"].lower(), "other"),
            sources.get(id, "")[:200],
            moves.get(id, []),
        )

    folder.export.applications = folder.made(folder.rows("opportunity"), opportunity)
    folder.export.people = list(people.values())
    if any(each.job == NO_JOB for each in folder.export.applications):
        first = folder.export.applications[0].place
        folder.export.jobs.append(Job(first, NO_JOB, _("Without a posting"), False))


def _talks(folder: Folder, stages: dict[str, str]) -> list[Talk]:
    def talk(row: Row) -> Talk:
        starts_at = row.time("date")
        if starts_at is None:
            raise Bad("date", _("Is empty, but needed."))
        minutes = row["duration"] or "45"
        if not minutes.isdecimal() or not 1 <= int(minutes) <= 1440:
            raise Bad("duration", _("“%(cell)s” is no number of minutes.") % {"cell": minutes[:60]})
        zone = row["timezone"]
        return Talk(
            row.place,
            row.needed("id"),
            row.needed("opportunity_id"),
            (row["subject"] or _("Interview"))[:100],
            "cancelled" if row["canceled_at"] else "held",
            starts_at,
            starts_at + timedelta(minutes=int(minutes)),
            stages.get(row["stage_id"], "")[:80],
            zone if zone in available_timezones() else "UTC",
            row["location"][:300],
        )

    return folder.made(folder.rows("interview"), talk)


def _cards(folder: Folder) -> None:
    emails = folder.table(("user", "users"), "id", "email")
    links = folder.table(("interview_feedback",), "feedback_form_id", "interview_id")
    fields: dict[str, list[Row]] = {}

    def keep(row: Row) -> None:
        fields.setdefault(row.needed("feedback_form_id"), []).append(row)

    folder.made(folder.rows("feedback_form_field"), keep)
    known = {talk.id for talk in folder.export.talks}

    def card(row: Row) -> Card | None:
        id, form = row.needed("id"), row["text"] or _("Feedback")
        if row["deleted_at"]:
            return None
        email = emails.get(row.needed("creator_id"), "").lower()
        if "@" not in email:
            raise Bad("creator_id", _("Nobody of this id has an address in user."))
        talk = row["interview_id"] or links.get(id, "")
        if talk not in known:
            talk = f"of-{id}"
            folder.export.talks.append(_made_talk(row, talk, form))
        score = SCORE.match(row["score_system_value"])
        return Card(
            row.place,
            id,
            talk,
            email,
            RECOMMENDATIONS[int(score[1]) - 1] if score else "",
            row.time("completed_at"),
            ratings=_ratings(form, fields.get(id, [])),
        )

    folder.export.cards = folder.made(folder.rows("feedback_form"), card)


def _ratings(form: str, rows: list[Row]) -> list[Rated]:
    found: dict[str, Rated] = {}
    for row in rows:
        name = _("%(form)s, field %(number)s") % {"form": form[:60], "number": row["field_index"]}
        number, words = row["value_number"] or row["value_decimal"], row["value_text"]
        value = int(float(number)) if re.fullmatch(r"[1-5](\.0+)?", number) else None
        before = found.get(name)
        evidence = "\n".join(part for part in (before.evidence if before else "", words) if part)
        found[name] = Rated(name, value or (before.value if before else None), True, evidence)
    return list(found.values())


def _made_talk(row: Row, id: str, form: str) -> Talk:
    """A form that was filled in without an interview that is in the tables."""
    at = row.time("completed_at", "created_at")
    if at is None:
        raise Bad("created_at", _("Is empty, but needed."))
    application = row.needed("opportunity_id")
    return Talk(row.place, id, application, form[:100], "held", at, at + timedelta(minutes=45))


def _offers(folder: Folder) -> list[Offered]:
    emails = folder.table(("user", "users"), "id", "email")

    def offer(row: Row) -> Offered | None:
        status, at = row.needed("status").lower(), row.time("created_at")
        if status not in OFFERS:
            raise Bad("status", _("“%(cell)s” is no state that is known here.") % {"cell": status[:60]})
        if at is None:
            raise Bad("created_at", _("Is empty, but needed."))
        if not OFFERS[status]:
            folder.export.remark(_("An offer that was not sent is left out"))
            return None
        email = emails.get(row["creator_id"], "").lower()
        application = row.needed("opportunity_id")
        return Offered(
            row.place, row.needed("id"), application, OFFERS[status], at, email if "@" in email else ""
        )

    found = folder.made(folder.rows("offer"), offer)
    if found:
        folder.export.remark(
            _("Offers name no day of start: that of the offer, or of the hire, stands there")
        )
    return found
