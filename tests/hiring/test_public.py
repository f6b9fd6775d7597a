"""The page on which strangers apply: its link, what it takes, and what keeps machines off."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity
from cs_platform.lib import clock
from hiring.actions.applying import close_link, open_link, token_of
from hiring.actions.requisitions import set_requisition_state
from hiring.forms.public import opened_now
from hiring.models import Application, Candidate, HiringSettings, Letter, VoluntaryAnswer
from hiring.views.public import TRIES
from tests.hiring.making import a_requisition
from tests.hiring.test_files import a_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(mo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return open_link(actor=mo, requisition=a_requisition(mo, description="You like people."))


def page_of(job) -> str:
    return f"/apply/{token_of(job)}/"


@pytest.fixture
def filled(set_clock):
    """What a person sends who took ten seconds."""

    def sent(**fields) -> dict[str, str]:
        now = set_clock(clock.now())
        opened = opened_now()
        set_clock(now + timedelta(seconds=10))
        right = {"name": "Noor Aziz", "email": "Noor@people.example", "consent": "on", "opened": opened}
        return {name: value for name, value in (right | fields).items() if value is not None}

    return sent


def test_a_stranger_applies(client, mo, job, filled):
    page = client.get(page_of(job))
    assert page.status_code == 200 and "You like people." in page.content.decode()
    assert "no-store" in page["Cache-Control"] and "Gender" not in page.content.decode()

    answer = client.post(page_of(job), filled(file=SimpleUploadedFile("cv.pdf", a_pdf())))
    assert answer["Location"] == page_of(job) + "thanks/"
    assert "Thank you" in client.get(answer["Location"]).content.decode()
    application = Application.objects.get()
    candidate = application.candidate
    assert (candidate.name, candidate.email, application.source) == (
        "Noor Aziz",
        "noor@people.example",
        "applied",
    )
    assert "6 months" in candidate.consent_text and candidate.consented_at
    assert candidate.files.get().added_by is None
    assert Letter.objects.filter(application=application, occasion="received").count() == 1
    assert not Activity.objects.filter(detail__icontains="noor").exists()

    # Again: thanked in the same way, and taken once.
    again = client.post(page_of(job), filled(name="Somebody else"))
    assert again["Location"] == answer["Location"]
    assert Candidate.objects.count() == 1


def test_wrong_input_keeps_what_was_written(client, job, filled):
    wrong = [
        ({"name": None}, "This field is required"),
        ({"email": "no address"}, "valid email"),
        ({"consent": None}, "Without your consent"),
        ({"opened": "forged"}, "open for too long"),
        ({"opened": opened_now()}, "very quick"),
        ({"name": "x" * 201}, "at most 200"),
        ({"name": "a\0b"}, "Null characters"),
    ]
    for fields, words in wrong:
        sent = filled(links="kept words")
        if fields.get("opened", "forged") != "forged":
            fields = {"opened": opened_now()}
        answer = client.post(page_of(job), {k: v for k, v in (sent | fields).items() if v is not None})
        assert answer.status_code == 422, fields
        assert words in answer.content.decode() and "kept words" in answer.content.decode(), fields
    bad = client.post(page_of(job), filled(file=SimpleUploadedFile("cv.pdf", b"MZ")))
    assert bad.status_code == 422 and "Choose a PDF" in bad.content.decode()
    assert not Candidate.objects.exists()


def test_machines_are_thanked_and_not_taken(client, job, filled):
    answer = client.post(page_of(job), filled(website="https://spam.example"))
    assert answer["Location"].endswith("/thanks/") and not Candidate.objects.exists()

    statuses = [client.post(page_of(job), {}).status_code for _ in range(TRIES)]
    assert statuses[-1] == 429 and set(statuses[:-1]) == {422}
    assert client.post(page_of(job), filled(), REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_link_is_void_when_it_is_taken_back(client, mo, lee, job):
    earlier = page_of(job)
    client.force_login(mo.user)
    client.post(f"/hiring/requisitions/{job.id}/link/")
    job.refresh_from_db()
    client.logout()
    assert client.get(earlier).status_code == 404
    assert client.get(page_of(job)).status_code == 200
    for forged in ("none", token_of(job)[:-2], f"{token_of(job)}x", "%F0%9F%98%80"):
        assert client.get(f"/apply/{forged}/").status_code == 404
    set_requisition_state(actor=mo, requisition=job, state="on_hold")
    closed = client.get(page_of(job))
    assert closed.status_code == 410 and "takes no applications" in closed.content.decode()
    close_link(actor=mo, requisition=job)
    assert client.get(page_of(job)).status_code == 404
    client.force_login(lee.user)
    assert client.post(f"/hiring/requisitions/{job.id}/link/").status_code == 404


def test_voluntary_answers_stand_beside_no_name(client, mo, job, filled):
    HiringSettings.objects.create(company=mo.company, collects_voluntary=True)
    assert "Gender" in client.get(page_of(job)).content.decode()
    client.post(page_of(job), filled(gender="woman", age=""))
    answer = VoluntaryAnswer.objects.get()
    assert (answer.kind, answer.value) == ("gender", "woman")
    client.force_login(mo.user)
    page = client.get(f"/hiring/applications/{answer.application_id}/").content.decode()
    assert "oman" not in page
    packed = client.get(f"/hiring/candidates/{answer.application.candidate_id}/export/")
    assert b"woman" not in b"".join(packed)


def test_a_name_that_turns_is_kept_and_isolated(client, mo, job, filled):
    turned = "Ana \u202eelpoep"
    client.post(page_of(job), filled(name=turned))
    application = Application.objects.get()
    client.force_login(mo.user)
    page = client.get(f"/hiring/applications/{application.id}/").content.decode()
    assert f"<bdi>{turned}</bdi>" in page and f"\u2068{turned}\u2069" in page
