"""Folders of Greenhouse and Lever: what of them comes in, once, and what is refused by file and line."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Member
from customers.imports.readers import Unreadable
from hiring.actions.merging import merge_candidates
from hiring.imports.engine import import_folder
from hiring.models import (
    Application,
    Attribute,
    Candidate,
    CandidateNote,
    Interview,
    Offer,
    Rating,
    Requisition,
    Scorecard,
)
from hiring.queries.sealing import readable_cards

EXPORTS = Path(__file__).resolve().parent.parent / "data/exports"
pytestmark = pytest.mark.django_db


def fill(folder: Path, format: str, tables: dict[str, list[dict]]) -> Path:
    """Rows in the columns of the real tables, which are copied without theirs."""
    for file in (EXPORTS / format).glob("*.csv"):
        with file.open(newline="") as real:
            header = next(csv.reader(real))
        with (folder / file.name).open("w", newline="") as written:
            writer = csv.DictWriter(written, header)
            writer.writeheader()
            writer.writerows(tables.get(file.stem, []))
    return folder


APPLICATION = {"id": "7", "candidate_id": "3", "applied_at": "2026-01-05 09:00:00", "status": "active"}
SCORECARD = {
    "id": "50",
    "application_id": "7",
    "candidate_id": "3",
    "interview": "Onsite",
    "interviewed_at": "2026-01-10 10:00:00",
    "overall_recommendation": "strong_yes",
    "submitted_at": "2026-01-10 11:30:00.123",
    "submitted_by_user_id": "91",
}
GREENHOUSE = {
    "job": [{"id": "1", "name": "Support rep", "status": "open", "created_at": "2026-01-01 00:00:00"}],
    "job_stage": [
        {"id": "11", "job_id": "1", "name": "Application Review"},
        {"id": "12", "job_id": "1", "name": "Onsite"},
    ],
    "candidate": [
        {"id": "3", "first_name": "Lena", "last_name": "Fischer", "created_at": "2026-01-05 09:00:00"},
        {"id": "4", "first_name": "Tom", "last_name": "Becker", "created_at": "2026-01-05 09:00:00"},
        {"id": "5", "first_name": "Ana", "last_name": "", "created_at": "2026-01-05 09:00:00"},
    ],
    "email_address": [
        {"candidate_id": "3", "index": "0", "value": "Lena@people.example"},
        {"candidate_id": "5", "index": "0", "value": "ana@harbour.example"},
    ],
    "job_application": [{"application_id": id, "job_id": "1"} for id in ("7", "8", "9")],
    "application": [
        APPLICATION | {"current_stage_id": "12"},
        APPLICATION
        | {"id": "8", "candidate_id": "4", "status": "rejected", "rejected_at": "2026-01-20 09:00:00"},
        APPLICATION | {"id": "9", "candidate_id": "404"},
        APPLICATION | {"id": "10", "candidate_id": "5", "status": "frozen"},
    ],
    "application_history": [
        {"application_id": "7", "updated_at": "2026-01-08 09:00:00", "new_stage_id": "12"}
    ],
    "interview": [{"id": "30", "job_stage_id": "12", "name": "Onsite"}],
    "scheduled_interview": [
        {
            "id": "40",
            "application_id": "7",
            "interview_id": "30",
            "start": "2026-01-10 10:00:00",
            "end": "2026-01-10 10:45:00",
            "status": "complete",
        }
    ],
    "scheduled_interviewer": [
        {"interviewer_id": "91", "scheduled_interview_id": "40", "scorecard_id": "50"},
        {"interviewer_id": "92", "scheduled_interview_id": "40", "scorecard_id": "51"},
    ],
    "user_email": [
        {"user_id": "91", "email": "lee@harbour.example"},
        {"user_id": "92", "email": "gone@harbour.example"},
    ],
    "scorecard": [
        SCORECARD,
        SCORECARD | {"id": "51", "submitted_by_user_id": "92", "overall_recommendation": "no_decision"},
        SCORECARD | {"id": "52", "submitted_by_user_id": "404"},
    ],
    "activity": [
        {
            "id": "60",
            "candidate_id": "3",
            "user_id": "91",
            "subject": "Call",
            "body": "Rang back",
            "created_at": "2026-01-06 09:00:00",
        },
        {
            "id": "61",
            "candidate_id": "4",
            "user_id": "",
            "body": "Applied online",
            "created_at": "2026-01-05 09:00:01",
        },
        {"id": "62", "candidate_id": "404", "body": "Of nobody", "created_at": "2026-01-05 09:00:01"},
        {"id": "63", "candidate_id": "3", "body": "", "created_at": "2026-01-05 09:00:01"},
    ],
    "scorecard_attribute": [
        {"scorecard_id": "50", "index": "0", "name": "Empathy", "rating": "strong_yes", "note": "Listens"},
        {"scorecard_id": "50", "index": "1", "name": "Product sense", "rating": "mixed", "note": ""},
        {"scorecard_id": "51", "index": "0", "name": "Empathy", "rating": "no_decision"},
        {"scorecard_id": "51", "index": "1", "name": "Product sense", "rating": "stong_yes"},
    ],
}


def refused(report) -> set[tuple[str, int, str]]:
    return {(each.place.file, each.place.line, each.column) for each in report.refused}


def test_it_takes_over_a_greenhouse(harbour, lee, ana, mo, tmp_path):
    report = import_folder(harbour, fill(tmp_path, "greenhouse", GREENHOUSE), "greenhouse")

    assert {noun: count.added for noun, count in report.counts.items()} == {
        "requisitions": 1,
        "candidates": 3,
        "applications": 2,
        "interviews": 1,
        "scorecards": 2,
        "notes": 2,
        "offers": 0,
    }
    assert refused(report) == {
        ("application.csv", 4, "candidate"),
        ("application.csv", 5, "status"),
        ("scorecard.csv", 4, "submitted_by_user_id"),
        ("scorecard_attribute.csv", 5, "rating"),
        ("activity.csv", 4, "candidate"),
    }
    assert set(CandidateNote.objects.values_list("author__name", "text", "application__external_id")) == {
        ("Lee", "Call\nRang back", "greenhouse:7"),
        (None, "Applied online", "greenhouse:8"),
    }
    job = Requisition.objects.get()
    assert [(each.name, each.kind) for each in job.stages.all()] == [
        ("Application Review", "applied"),
        ("Onsite", "panel"),
        ("Applied", "applied"),
    ]
    lena = Application.objects.get(external_id="greenhouse:7")
    assert (lena.stage.name, lena.candidate.email, lena.moves.count()) == ("Onsite", "lena@people.example", 1)
    tom = Application.objects.get(external_id="greenhouse:8")
    assert (tom.state, f"{tom.closed_at:%Y-%m-%d}") == ("rejected", "2026-01-20")
    # Whoever works here does not read the own file.
    assert Candidate.objects.get(name="Ana").member == ana

    card = Scorecard.objects.get(external_id="greenhouse:50")
    assert (card.member, card.state, card.recommendation) == (lee, "submitted", "strong_yes")
    assert {each.attribute.name: (each.value, each.evidence) for each in card.ratings.all()} == {
        "Empathy": (5, "Listens"),
        "Product sense": (3, ""),
    }
    # The shipped attribute was known by its name, the other is the company's own now.
    assert Attribute.objects.get(name="Empathy").key == "empathy"
    assert Attribute.objects.get(name="Product sense").key == ""
    other = Scorecard.objects.get(external_id="greenhouse:51")
    assert (other.member.is_stub, other.state, report.stub_people) == (True, "excused", 1)
    assert set(readable_cards(mo)) == {card}


def test_it_takes_a_folder_twice_and_tries_one(harbour, lee, tmp_path):
    folder = fill(tmp_path, "greenhouse", GREENHOUSE)
    tried = import_folder(harbour, folder, "greenhouse", dry_run=True)
    assert tried.counts["scorecards"].added == 2
    assert not Candidate.objects.exists() and not Member.objects.filter(is_stub=True).exists()

    import_folder(harbour, folder, "greenhouse")
    again = import_folder(harbour, folder, "greenhouse")
    assert {(count.added, count.changed) for count in again.counts.values()} == {(0, 0)}
    assert (Interview.objects.count(), Rating.objects.count()) == (1, 3)

    lena = GREENHOUSE["candidate"][0] | {"last_name": "Fisher"}
    fill(tmp_path, "greenhouse", GREENHOUSE | {"candidate": [lena, *GREENHOUSE["candidate"][1:]]})
    assert import_folder(harbour, folder, "greenhouse").counts["candidates"].changed == 1
    assert Candidate.objects.get(external_id="greenhouse:3").name == "Lena Fisher"


def test_a_second_folder_takes_nobody_apart(harbour, lee, rae, tmp_path):
    folder = fill(tmp_path, "greenhouse", GREENHOUSE)
    import_folder(harbour, folder, "greenhouse")
    lena, tom = (Candidate.objects.get(external_id=f"greenhouse:{id}") for id in (3, 4))
    # They applied for one job, of which one application is closed.
    merge_candidates(actor=rae, kept=tom, gone=lena)
    again = import_folder(harbour, folder, "greenhouse")
    assert {(count.added, count.changed) for count in again.counts.values()} == {(0, 0)}
    assert Application.objects.filter(candidate=tom).count() == 2


LEVER = {
    "posting": [{"id": "p", "text": "Support rep", "state": "published", "created_at": "2026-01-01 00:00:00"}],
    "stage": [{"id": "s", "text": "On-site interview"}, {"id": "n", "text": "New applicant"}],
    "archive_reason": [{"id": "h", "text": "Hired"}, {"id": "w", "text": "Withdrew"}],
    "opportunity": [
        {"id": "o1", "contact": "c1", "name": "Noor Aziz", "created_at": "2026-01-05 09:00:00", "stage_id": "s",
         "origin": "referred"},
        {"id": "o2", "contact": "c2", "name": "Owen Blake", "created_at": "2026-01-05 09:00:00", "stage_id": "n",
         "archived_at": "2026-02-01 00:00:00", "archived_reason_id": "h", "origin": "sourced"},
    ],
    "application": [{"id": "a1", "opportunity_id": "o1", "posting_id": "p"}],
    "contact_email": [{"contact_id": "c1", "email": "noor@people.example"}],
    "interview": [
        {"id": "i", "opportunity_id": "o1", "date": "2026-01-09 10:00:00", "duration": "30", "stage_id": "s",
         "subject": "Values", "timezone": "Asia/Kathmandu"},
        {"id": "j", "opportunity_id": "o1", "date": "2026-01-09 10:00:00", "duration": "long"},
    ],
    "interview_feedback": [{"feedback_form_id": "f", "interview_id": "i"}],
    "user": [{"id": "u", "email": "lee@harbour.example", "name": "Lee"}],
    "feedback_form": [
        {"id": "f", "creator_id": "u", "opportunity_id": "o1", "text": "Values", "score_system_value": "3 - Hire",
         "completed_at": "2026-01-09 11:00:00", "created_at": "2026-01-09 10:30:00"},
    ],
    "offer": [
        {"id": "x1", "opportunity_id": "o2", "status": "signed", "creator_id": "u", "created_at": "2026-01-25 09:00"},
        {"id": "x2", "opportunity_id": "o1", "status": "draft", "created_at": "2026-01-25 09:00:00"},
        {"id": "x3", "opportunity_id": "gone", "status": "sent", "created_at": "2026-01-25 09:00:00"},
        {"id": "x4", "opportunity_id": "o1", "status": "eaten", "created_at": "2026-01-25 09:00:00"},
    ],
    "feedback_form_field": [
        {"feedback_form_id": "f", "field_index": "0", "value_index": "0", "value_number": "4"},
        {"feedback_form_id": "f", "field_index": "1", "value_index": "0", "value_text": "Kind to the waiter"},
    ],
}  # fmt: skip


def test_it_takes_over_a_lever(harbour, lee, tmp_path):
    folder = fill(tmp_path, "lever", LEVER)
    report = import_folder(harbour, folder, "lever")

    assert refused(report) == {
        ("interview.csv", 3, "duration"),
        ("offer.csv", 4, "application"),
        ("offer.csv", 5, "status"),
    }
    offer = Offer.objects.get()
    assert (offer.application.external_id, offer.state, offer.made_by) == ("lever:o2", "accepted", lee)
    assert str(offer.starts_on) == "2026-02-01"
    noor, owen = Application.objects.order_by("external_id")
    assert (noor.requisition.title, noor.stage.kind, noor.source) == ("Support rep", "panel", "referral")
    assert (owen.requisition.title, owen.state) == ("Without a posting", "hired")
    card = Scorecard.objects.get()
    assert (card.interview.external_id, card.interview.zone) == ("lever:i", "Asia/Kathmandu")
    assert (card.member, card.recommendation, card.state) == (lee, "yes", "submitted")
    assert {each.attribute.name: (each.value, each.evidence) for each in card.ratings.all()} == {
        "Values, field 0": (4, ""),
        "Values, field 1": (None, "Kind to the waiter"),
    }
    again = import_folder(harbour, folder, "lever")
    assert {(count.added, count.changed) for count in again.counts.values()} == {(0, 0)}


@pytest.mark.parametrize("format", ["greenhouse", "lever"])
def test_it_reads_the_tables_as_they_are_exported(harbour, format):
    """Their rows are of different companies and fit to few others: these are refused, each with its place."""
    out = StringIO()
    call_command(
        "import_hiring", "--company", "harbour", "--format", format, str(EXPORTS / format), stdout=out
    )

    assert Candidate.objects.count() >= 2 and Requisition.objects.count() >= 2
    assert "interviews: " in out.getvalue()
    assert ".csv:2: " in out.getvalue() and "rows refused" in out.getvalue()


def test_it_says_what_it_cannot_read(harbour, tmp_path):
    with pytest.raises(Unreadable, match="no folder"):
        import_folder(harbour, tmp_path / "none", "lever")
    with pytest.raises(CommandError, match="no company"):
        call_command("import_hiring", "--company", "none", "--format", "lever", str(tmp_path))
    bad = LEVER | {"opportunity": [LEVER["opportunity"][0] | {"name": "\0", "created_at": "tomorrow"}]}
    report = import_folder(harbour, fill(tmp_path, "lever", bad), "lever")
    assert ("opportunity.csv", 2, "created_at") in refused(report)
