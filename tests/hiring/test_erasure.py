"""Erasure, and the clock that leads to it: afterwards nothing tells of the person, and the ratings are there."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import get_connection, send_mail
from django.db import connection

from accounts.actions import save_draft
from accounts.models import Activity, Draft, Notification
from accounts.notifications import Notice, notify
from accounts.outbox import react_once
from cs_platform.lib import clock
from hiring.actions.candidates import add_candidate_note, close_application, plan_next
from hiring.actions.erasure import erase_candidate
from hiring.actions.files import keep_file, read_text
from hiring.actions.letters import write_letter
from hiring.actions.merging import merge_candidates
from hiring.actions.retention import ended, warn_of_ends, wind_clock
from hiring.actions.scorecards import Tried, excuse_scorecard, revise_rating
from hiring.models import Candidate, Decision, HiringSettings, Interview, KitQuestion, Rating, Scorecard
from hiring.tasks import keep_no_longer
from tests.factories import a_member
from tests.hiring.making import a_card, a_requisition, a_sheet, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
WORD = "zanzibar"  # in all that is written of the person
NAME, EMAIL, PHONE = f"Noor {WORD}", f"noor@{WORD}.example", "+31 6 1234 5678"


def everything_kept(folder: Path) -> str:
    """Every row of every table of the product, and every file."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name != "django_migrations"
        ]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [row for (row,) in cursor.fetchall()]
    files = [file.read_bytes().decode(errors="replace") for file in folder.rglob("*") if file.is_file()]
    return "\n".join([*rows, *files]).lower()


@pytest.fixture
def told(mo, lee, ana, rae, settings, tmp_path):
    """A person of whom everything is told that can be told."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    application = an_application(
        mo, a_requisition(mo), name=NAME, phone=PHONE, links=f"https://{WORD}.example"
    )
    candidate = application.candidate
    other = an_application(mo, a_requisition(mo), name=f"N. {WORD}", consent_text=WORD).candidate
    Candidate.objects.filter(id=other.id).update(external_id=WORD)
    merge_candidates(actor=mo, kept=candidate, gone=other)
    candidate.refresh_from_db()
    Candidate.objects.filter(id=candidate.id).update(
        email=EMAIL, consent_text=f"I, {NAME}, agree", external_id=f"gh-{WORD}"
    )
    type(application).objects.filter(id=application.id).update(source_detail=WORD, external_id=WORD)
    application.refresh_from_db()
    plan_next(actor=mo, application=application, action=f"Call {NAME}", by=lee, on=None)
    add_candidate_note(actor=mo, application=application, text=f"A note on {WORD}")
    kept = keep_file(actor=mo, candidate=candidate, upload=SimpleUploadedFile(f"{WORD}.txt", WORD.encode()))
    read_text(kept)
    late = a_member(mo.company, "Late")
    interview = an_interview(mo, application, {lee: "lead", ana: "scorer", rae: "scorer", late: "shadow"})
    Interview.objects.update(place=WORD)
    for member in (lee, ana, rae):
        card = a_card(interview, member)
        samples = {
            each.id: Tried(WORD, WORD, WORD) for each in KitQuestion.objects.filter(of=interview.kit)[:1]
        }
        scored(card, a_sheet(card, words=f"Said {WORD}", samples=samples))
    excuse_scorecard(actor=mo, card=a_card(interview, late), why=f"Knows {NAME}")
    rating = Rating.objects.filter(scorecard__member=lee).first()
    revise_rating(actor=lee, rating=rating, value=2, reason=f"Because {WORD}")
    Decision.objects.create(
        company=mo.company, application=application, outcome="no_hire", threshold="3.5", is_against=True,
        reason=f"Though {WORD}", answer=WORD, decided_by=mo, state="refused",
    )  # fmt: skip
    write_letter(actor=mo, application=application, occasion="status", subject=WORD, body=f"Dear {NAME}")
    save_draft(actor=mo, place=f"application:{application.id}:note", content={"text": WORD})
    save_draft(actor=mo, place="ticket:new", content={"body": f"{NAME} asked"})
    save_draft(actor=lee, place="ticket:new", content={"body": "of somebody else"})
    notify(mo.company_id, [Notice(lee.id, "x", "x", f"/hiring/applications/{application.id}/", {"n": NAME})])
    Activity.objects.create(
        company=mo.company, verb="x", subject_type="application", subject_id=application.id,
        detail={"text": WORD, "stage": 7}, occurred_at=clock.now(),
    )  # fmt: skip
    send_mail(WORD, f"Dear {NAME}", "cs@x.example", [EMAIL], connection=get_connection())
    send_mail("Other", "Stays", "cs@x.example", ["other@x.example"], connection=get_connection())
    return application


def test_nothing_tells_of_the_person_afterwards(told, mo, lee, tmp_path, django_capture_on_commit_callbacks):
    assert everything_kept(tmp_path).count(WORD) > 30
    before = sorted(Rating.objects.values_list("scorecard_id", "attribute_id", "value", "is_given"))

    with django_capture_on_commit_callbacks(execute=True):
        erase_candidate(actor=mo, candidate=told.candidate)

    kept = everything_kept(tmp_path)
    assert WORD not in kept and PHONE not in kept
    assert "stays" in kept and "of somebody else" in kept
    assert sorted(Rating.objects.values_list("scorecard_id", "attribute_id", "value", "is_given")) == before
    assert Scorecard.objects.filter(state="submitted", recommendation="yes").count() == 3
    candidate = Candidate.objects.get(merged_into=None)
    assert (candidate.name, candidate.keep_until) == ("", None) and candidate.erased_at
    assert str(candidate) == "Erased candidate"
    ledger = Activity.objects.get(verb="x")
    assert ledger.detail == {"text": "", "stage": 7}
    assert not Notification.objects.exists() and Draft.objects.count() == 1
    # What is still to be told of it is told, and nothing comes back.
    while react_once():
        pass
    version = candidate.version
    assert erase_candidate(actor=mo, candidate=candidate).version == version
    assert WORD not in everything_kept(tmp_path)


def test_the_name_is_typed_by_who_hires_for_all_of_the_jobs(told, client, mo, lee, ana):
    url = f"/hiring/candidates/{told.candidate_id}/erasure/"
    client.force_login(ana.user)
    assert client.get(url).status_code == 403
    client.force_login(mo.user)
    assert NAME in client.get(url).content.decode()
    assert client.post(url, {"name": "Somebody else"}).status_code == 422
    assert client.post(url, {"name": NAME}).status_code == 302
    page = client.get(f"/hiring/applications/{told.id}/").content.decode()
    assert "This file was erased" in page and WORD not in page
    assert client.get(f"/hiring/requisitions/{told.requisition_id}/board/").status_code == 200
    assert client.post(f"/hiring/applications/{told.id}/notes/", {"text": "again"}).status_code == 302
    refused = client.post(
        f"/hiring/candidates/{told.candidate_id}/edit/",
        {"name": "Back", "version": told.candidate.version + 1},
    )
    assert refused.status_code == 422


def test_the_clock_warns_once_and_then_erases(mo, set_clock):
    set_clock("2026-03-01T10:00")
    job = a_requisition(mo)
    going, staying = an_application(mo, job), an_application(mo, job)
    close_application(actor=mo, application=going, state="rejected", why="No seat", version=1)
    going.candidate.refresh_from_db()
    assert str(going.candidate.keep_until) == "2026-09-01"

    set_clock("2026-08-17T10:00")
    keep_no_longer(mo.company_id)
    assert not Notification.objects.exists()
    set_clock("2026-08-18T10:00")
    for _ in range(2):
        keep_no_longer(mo.company_id)
    notice = Notification.objects.get(verb="candidate.ends_soon")
    assert notice.member == mo and going.candidate.name not in str(notice.detail)
    set_clock("2026-09-01T10:00")
    keep_no_longer(mo.company_id)
    assert not Candidate.objects.filter(erased_at__isnull=False).exists()
    set_clock("2026-09-02T10:00")
    for _ in range(2):
        keep_no_longer(mo.company_id)
    assert Candidate.objects.get(erased_at__isnull=False) == going.candidate
    assert Activity.objects.filter(verb="candidate.erased").count() == 1
    assert staying.candidate.name and Candidate.objects.get(id=staying.candidate_id).keep_until is None


def test_a_stricter_rule_erases_nobody_without_a_warning(mo, set_clock):
    set_clock("2026-03-01T10:00")
    application = an_application(mo)
    close_application(actor=mo, application=application, state="withdrawn", why="Moved", version=1)
    HiringSettings.objects.create(company=mo.company, keep_months=1)
    set_clock("2026-06-01T10:00")
    wind_clock(company_id=mo.company_id)
    today = mo.company.today()
    assert ended(mo.company_id, today) == []
    assert (
        warn_of_ends(company_id=mo.company_id, today=today),
        warn_of_ends(company_id=mo.company_id, today=today),
    ) == (1, 0)
    assert ended(mo.company_id, today + timedelta(days=13)) == []
    assert len(ended(mo.company_id, today + timedelta(days=14))) == 1
