"""Adding people, their page, notes, the next step, the end of an application, files and copies."""

import html
import io
import json
import os
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cs_platform.lib import clock
from hiring.actions.files import MOST_BYTES, read_text
from hiring.actions.held import drop_old
from hiring.actions.interviews import cancel_interview
from hiring.models import Application, Candidate, CandidateFile, CandidateNote, Interview
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored
from tests.hiring.test_files import a_docx, a_pdf

pytestmark = pytest.mark.django_db
PERSON = {
    "name": "Noor Aziz",
    "email": "noor@people.example",
    "phone": "+31 6 1234 5678",
    "source": "sourced",
}


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(mo):
    return a_requisition(mo)


def test_it_adds_a_person_with_consent_and_cv(client, mo, job):
    client.force_login(mo.user)
    url = f"/hiring/requisitions/{job.id}/candidates/new/"
    assert client.get(url).status_code == 200
    wrong = client.post(url, PERSON | {"name": "", "links": "kept words"})
    assert wrong.status_code == 422 and "kept words" in wrong.content.decode()

    sent = PERSON | {"has_consented": "on", "file": SimpleUploadedFile("cv.pdf", a_pdf())}
    answer = client.post(url, sent)
    application = Application.objects.get()
    assert answer["Location"] == f"/hiring/applications/{application.id}/"
    candidate = application.candidate
    assert candidate.consented_at and "6 months" in candidate.consent_text
    read_text(candidate.files.get())
    page = client.get(answer["Location"]).content.decode()
    assert "noor@people.example" in page and "cv.pdf" in page


def test_it_shows_who_may_be_the_same_before_it_keeps_anything(client, mo, lee, job):
    known = an_application(mo, a_requisition(mo, "Manager"), name="Noor Aziz").candidate
    hidden = an_application(mo, a_requisition(mo, "Secret job"), name="Noor  aziz")
    client.force_login(mo.user)
    url = f"/hiring/requisitions/{job.id}/candidates/new/"
    asked = client.post(url, PERSON)
    assert asked.status_code == 422 and "Is it one of these people?" in asked.content.decode()
    assert not job.applications.exists()

    client.post(url, PERSON | {"same": known.id})
    assert job.applications.get().candidate == known
    twice = client.post(url, PERSON | {"same": known.id})
    assert twice.status_code == 422 and "has applied for this job already" in twice.content.decode()
    client.post(url, PERSON | {"another": "on"})
    assert job.applications.count() == 2
    # By the number alone, however it is written; and only what somebody may read.
    by_phone = client.post(url, {"name": "N.", "phone": "0031 612345678", "source": "sourced"})
    assert "same phone" in by_phone.content.decode()
    own = a_requisition(lee, "Of Lee")
    client.force_login(lee.user)
    assert client.post(f"/hiring/requisitions/{own.id}/candidates/new/", PERSON).status_code == 302
    refused = client.post(
        f"/hiring/requisitions/{own.id}/candidates/new/", PERSON | {"same": hidden.candidate_id}
    )
    assert refused.status_code == 422


def held_token(answer) -> str:
    found = re.search(r'name="held" value="([^"]+)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_a_cv_that_was_chosen_stays_with_the_form(client, mo, lee, job, tmp_path):
    known = an_application(mo, job, name="Ines Duarte").candidate
    other = a_requisition(mo, "Another job")
    url = f"/hiring/requisitions/{other.id}/candidates/new/"
    client.force_login(mo.user)
    sent = {"name": "Ines Duarte", "source": "sourced"}
    asked = client.post(url, sent | {"file": SimpleUploadedFile("cv.docx", a_docx("Words"))})
    page, token = asked.content.decode(), held_token(asked)
    assert asked.status_code == 422 and token and "cv.docx" in page
    assert not CandidateFile.objects.exists() and len(list(tmp_path.rglob("held/*"))) == 1
    # Any other fault keeps it, too; nobody else gets it.
    again = client.post(url, sent | {"held": token, "email": "no address"})
    assert again.status_code == 422 and held_token(again) == token
    client.force_login(lee.user)
    lees = a_requisition(lee, "Of Lee")
    refused = client.post(f"/hiring/requisitions/{lees.id}/candidates/new/", sent | {"held": token})
    assert refused.status_code == 422 and "Choose it again" in refused.content.decode()

    client.force_login(mo.user)
    assert client.post(url, sent | {"held": token, "same": known.id}).status_code == 302
    file = CandidateFile.objects.get()
    assert (file.name, file.candidate) == ("cv.docx", known)
    assert not list(tmp_path.rglob("held/*"))
    late = client.post(url, {"name": "N. N.", "source": "sourced", "held": token})
    assert late.status_code == 422 and "gone by now" in late.content.decode()


def test_held_files_stay_few_and_small_and_go_after_an_hour(client, mo, job, tmp_path):
    url = f"/hiring/requisitions/{job.id}/candidates/new/"
    client.force_login(mo.user)
    for number in range(5):
        faulty = {"name": "", "file": SimpleUploadedFile(f"cv{number}.docx", a_docx("Words"))}
        token = held_token(client.post(url, faulty))
    refused = client.post(url, {"name": "", "file": SimpleUploadedFile("cv.exe", b"MZ")})
    large = client.post(url, {"name": "", "file": SimpleUploadedFile("cv.txt", b"x" * (MOST_BYTES + 1))})
    assert held_token(refused) == held_token(large) == ""
    files = list(tmp_path.rglob("held/*"))
    assert len(files) == 3
    left = client.post(url, {"name": "N. N.", "source": "sourced", "held": token, "leaves_file": "on"})
    assert left.status_code == 302 and not CandidateFile.objects.exists()
    for path in files:
        if path.exists():
            os.utime(path, (0, 0))
    assert drop_old() == 2 and not list(tmp_path.rglob("held/*"))


def test_a_colleague_who_applies_never_opens_the_own_file(client, mo, rae, job):
    client.force_login(mo.user)
    client.post(f"/hiring/requisitions/{job.id}/candidates/new/", PERSON | {"email": rae.email.upper()})
    application = Application.objects.get()
    assert application.candidate.member == rae
    client.force_login(rae.user)
    assert client.get(f"/hiring/applications/{application.id}/").status_code == 404
    assert client.get(f"/hiring/candidates/{application.candidate_id}/export/").status_code == 404


def test_notes_are_read_through_the_seal(client, mo, ana, lee, job):
    application = an_application(mo, job)
    interview = an_interview(mo, application, {ana: "lead", lee: "scorer"})
    url = f"/hiring/applications/{application.id}/"
    client.force_login(ana.user)
    client.post(url + "notes/", {"text": "WHATANATHINKS"})
    assert "WHATANATHINKS" in client.get(url).content.decode()
    assert client.post(url + "notes/", {"text": " "}).status_code == 422
    for member in (lee, mo):
        client.force_login(member.user)
        page = client.get(url).content.decode()
        assert "WHATANATHINKS" not in page and "not submitted" in page
    scored(a_card(interview, ana))
    scored(a_card(interview, lee))
    for member in (lee, mo):
        client.force_login(member.user)
        assert "WHATANATHINKS" in client.get(url).content.decode()
    assert CandidateNote.objects.count() == 1


def test_an_application_ends_by_a_person_with_a_reason(client, mo, ana, job):
    application = an_application(mo, job)
    interview = an_interview(mo, application, {ana: "lead"})
    url = f"/hiring/applications/{application.id}/"
    client.force_login(mo.user)
    assert client.post(url + "closing/", {"state": "rejected", "why": ""}).status_code == 422
    held = client.post(url + "closing/", {"state": "rejected", "why": "No evidence of drive"})
    assert held.status_code == 422 and "Cancel it first" in held.content.decode()
    # Somebody who still has to score does not read why it ended.
    Interview.objects.update(state="held")
    said = client.post(url + "closing/", {"state": "rejected", "why": "WHYITENDED"}, follow=True)
    assert "Undo" in said.content.decode() and "WHYITENDED" in said.content.decode()
    client.force_login(ana.user)
    assert "WHYITENDED" not in client.get(url).content.decode()

    application.candidate.refresh_from_db()
    assert application.candidate.keep_until is not None
    client.force_login(mo.user)
    client.post(url + "reopening/")
    application.refresh_from_db()
    assert application.is_active
    application.candidate.refresh_from_db()
    assert application.candidate.keep_until is None
    cancel_interview(actor=mo, interview=interview)


def test_interviews_that_are_planned_are_cancelled_with_an_application(client, mo, ana, job):
    application = an_application(mo, job)
    interview = an_interview(mo, application, {ana: "lead"}, begins=clock.now() + timedelta(days=1))
    url = f"/hiring/applications/{application.id}/closing/"
    client.force_login(mo.user)
    assert f'href="/hiring/interviews/{interview.id}/"' in client.get(url).content.decode()
    sent = {"state": "withdrawn", "why": "WHYITENDED"}
    asked = client.post(url, sent)
    page = asked.content.decode()
    assert asked.status_code == 422 and "WHYITENDED" in page and "Cancel it first, or tick" in page
    letter = client.get(f"/hiring/applications/{application.id}/letters/new/?occasion=decline")
    assert f'href="/hiring/interviews/{interview.id}/"' in letter.content.decode()

    assert client.post(url, sent | {"cancels_interviews": "on"}).status_code == 302
    interview.refresh_from_db()
    application.refresh_from_db()
    assert (interview.state, application.state) == ("cancelled", "withdrawn")
    mails = interview.mails.filter(kind="cancellation", state="waiting")
    assert set(mails.values_list("member_id", flat=True)) == {ana.id, None}


def test_the_next_step_is_planned_by_who_hires(client, mo, ana, lee, job):
    application = an_application(mo, job)
    an_interview(mo, application, {ana: "lead"})
    url = f"/hiring/applications/{application.id}/next/"
    client.force_login(mo.user)
    soon = (mo.company.today() + timedelta(days=2)).isoformat()
    assert client.post(url, {"action": "Call", "by": lee.email, "on": soon}).status_code == 302
    application.refresh_from_db()
    assert (application.next_action, application.next_by) == ("Call", lee)
    kept = client.post(url, {"action": "Kept words", "by": "nobody@x.example"})
    assert kept.status_code == 422 and "Kept words" in kept.content.decode()
    client.force_login(ana.user)
    assert client.post(url, {"action": "x"}).status_code == 403


def test_facts_are_changed_by_version(client, mo, job):
    candidate = an_application(mo, job).candidate
    client.force_login(mo.user)
    url = f"/hiring/candidates/{candidate.id}/edit/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": 1, "name": "New name", "email": ""}).status_code == 302
    stale = client.post(url, {"version": 1, "name": "Older", "email": ""})
    assert stale.status_code == 422 and "meanwhile" in stale.content.decode()
    candidate.refresh_from_db()
    assert candidate.name == "New name"


def test_a_file_is_text_here_and_an_attachment_there(client, mo, ana, job, zed):
    application = an_application(mo, job)
    an_interview(mo, application, {ana: "lead"})
    client.force_login(mo.user)
    add = f"/hiring/candidates/{application.candidate_id}/files/"
    script = "<script>alert(1)</script>".replace("<", "&lt;").replace(">", "&gt;")
    kept = client.post(add, {"file": SimpleUploadedFile("cv\u202efdp.docx", a_docx(f"Words {script}"))})
    assert kept.status_code == 302
    file = CandidateFile.objects.get()
    read_text(file)

    client.force_login(ana.user)
    page = client.get(f"/hiring/files/{file.id}/").content.decode()
    assert "Words &lt;script&gt;" in page and "<script>alert" not in page
    download = client.get(f"/hiring/files/{file.id}/download/")
    assert download["Content-Disposition"] == 'attachment; filename="cvfdp.docx"'
    assert download["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert download["X-Content-Type-Options"] == "nosniff"
    assert download["Content-Type"] == "application/octet-stream"
    assert client.post(add, {"file": SimpleUploadedFile("a.pdf", a_pdf())}).status_code == 403
    assert client.post(f"/hiring/files/{file.id}/deletion/").status_code == 403
    client.force_login(zed.user)
    for path in ("", "download/"):
        assert client.get(f"/hiring/files/{file.id}/{path}").status_code == 404
    client.force_login(mo.user)
    refused = client.post(add, {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422 and "Choose a PDF" in refused.content.decode()
    assert client.post(f"/hiring/files/{file.id}/deletion/").status_code == 302
    assert not CandidateFile.objects.exists()


class Endless(io.RawIOBase):
    """A body of any length that nobody has to hold; it counts what was read of it."""

    def __init__(self, head: bytes, length: int, tail: bytes) -> None:
        self.parts, self.middle, self.tail, self.taken = head, length - len(head) - len(tail), tail, 0

    def read(self, size: int = -1) -> bytes:
        size = 65536 if size is None or size < 0 else size
        if self.parts:
            out, self.parts = self.parts[:size], self.parts[size:]
        elif self.middle:
            out = b"x" * min(size, self.middle)
            self.middle -= len(out)
        else:
            out, self.tail = self.tail[:size], self.tail[size:]
        self.taken += len(out)
        return out


def send_large(client, url: str, length: int) -> tuple[int, str, int]:
    head = (
        b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\nKept words\r\n'
        b'--B\r\nContent-Disposition: form-data; name="source"\r\n\r\nsourced\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n%PDF-1.4\n'
    )
    body = Endless(head, length, b"\r\n--B--\r\n")
    answer = client.generic(
        "POST",
        url,
        **{
            "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": "multipart/form-data; boundary=B",
            "wsgi.input": body,
        },
    )
    return answer.status_code, answer.content.decode(), body.taken


def test_a_large_file_is_refused_while_it_streams(client, mo, job, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    client.force_login(mo.user)
    url = f"/hiring/requisitions/{job.id}/candidates/new/"
    status, page, _taken = send_large(client, url, MOST_BYTES + 2_000_000)
    assert status == 422 and "larger than 10 MB" in page and "Kept words" in page
    status, page, taken = send_large(client, url, 200 * 1024**2)
    assert status == 413 and "too large" in page
    assert taken < 1_000_000
    assert not Candidate.objects.exists() and [*tmp_path.glob("*.upload*")] == []


def test_a_copy_holds_what_is_kept_and_is_not_sealed(client, mo, ana, lee, job):
    application = an_application(mo, job, name="Noor Aziz")
    client.force_login(mo.user)
    client.post(
        f"/hiring/candidates/{application.candidate_id}/files/",
        {"file": SimpleUploadedFile("cv.txt", b"Own words")},
    )
    interview = an_interview(mo, application, {ana: "lead", lee: "scorer"})
    scored(a_card(interview, ana), words="HEARDFROMNOOR")

    def copy() -> tuple[dict, list[str]]:
        answer = client.get(f"/hiring/candidates/{application.candidate_id}/export/")
        with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:
            return json.loads(packed.read("candidate.json")), packed.namelist()

    told, names = copy()
    assert told["name"] == "Noor Aziz" and any(name.endswith("cv.txt") for name in names)
    assert "HEARDFROMNOOR" not in json.dumps(told)
    assert told["applications"][0]["scorecards_in_all"] == 2
    scored(a_card(interview, lee))
    assert "HEARDFROMNOOR" in json.dumps(copy()[0]) and "Ana" not in json.dumps(copy()[0])
    client.force_login(ana.user)
    assert client.get(f"/hiring/candidates/{application.candidate_id}/export/").status_code == 403
