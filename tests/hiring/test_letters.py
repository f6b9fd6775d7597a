"""Letters to candidates: written by people, mailed once."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Activity
from cs_platform.lib import clock
from hiring.actions import sending
from hiring.actions.letters import queue_received, write_letter
from hiring.models import Letter, LetterTemplate
from tests.hiring.making import an_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(mo):
    return an_application(mo, name="Lena Fischer")


@pytest.fixture
def sign_in(client):
    def signed_in(member) -> Client:
        client.force_login(member.user)
        return client

    return signed_in


def a_letter(mo, application, **fields):
    fields = {"occasion": "status", "subject": "News", "body": "Hello Lena"} | fields
    return write_letter(actor=mo, application=application, **fields)


def test_it_tells_by_itself_only_that_an_application_came(application, lee):
    application.requisition.owner = lee
    application.requisition.save()
    letter = queue_received(application)

    assert (letter.author, letter.occasion, letter.to) == (None, "received", application.candidate.email)
    assert letter.subject == "Your application: Customer success rep"
    assert letter.body.startswith("Hello Lena Fischer,") and letter.body.endswith("Lee, Harbour & Pine")
    assert queue_received(application) is None
    # What it says stays out of the ledger.
    detail = Activity.objects.get(verb="letter.written").detail
    assert detail == {"application": application.id, "occasion": "received"}


def test_without_an_address_nothing_is_queued(application, mo):
    application.candidate.email = ""
    application.candidate.save()
    assert queue_received(application) is None
    with pytest.raises(ValidationError, match="No e-mail address"):
        a_letter(mo, application)


def test_it_is_edited_before_it_is_sent(application, sign_in, mo, ana, zed):
    page = reverse("hiring:letter_new", args=[application.id])
    assert sign_in(ana).get(page).status_code == 404
    assert sign_in(zed).get(page).status_code == 404
    client = sign_in(mo)
    shown = client.get(page, {"occasion": "status"}).content.decode()
    assert "Hello Lena Fischer," in shown and "{name}" not in shown
    sent = {"occasion": "status", "subject": "News\r\nBcc: x@y.example", "body": "<b>Soon</b>\r\n{job}"}
    assert client.post(page, sent | {"body": " "}).status_code == 422
    assert not Letter.objects.exists()

    for _twice in range(2):
        assert client.post(page, sent).status_code == 302
    letter = Letter.objects.get()
    # The words that a person sent are sent as they are, headers in one line.
    assert (letter.subject, letter.body) == ("News Bcc: x@y.example", "<b>Soon</b>\n{job}")
    listed = client.get(reverse("hiring:letters", args=[application.id])).content.decode()
    assert "&lt;b&gt;Soon" in listed and "On its way" in listed


def test_it_is_mailed_once(application, mo):
    letter = a_letter(mo, application)
    assert sending.letters_due() == [letter.id]
    for _twice in range(2):
        sending.deliver(letter_id=letter.id)
    (sent,) = mail.outbox
    letter.refresh_from_db()
    application.refresh_from_db()

    assert (sent.to, sent.reply_to, sent.body) == ([application.candidate.email], [mo.email], "Hello Lena\n")
    assert sent.from_email.startswith('"Harbour & Pine"') or "Harbour" in sent.from_email
    assert letter.state == "sent" and application.answered_at == letter.sent_at
    assert sending.letters_due() == []


@pytest.mark.parametrize(
    ("error", "state", "is_due_again"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "failed", False),
        (smtplib.SMTPResponseException(421, b"later"), "waiting", True),
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such mailbox")}), "failed", False),
        (KeyboardInterrupt(), "failed", False),
    ],
)
def test_only_what_was_refused_for_certain_is_tried_again(
    application, mo, monkeypatch, set_clock, error, state, is_due_again
):
    letter = a_letter(mo, application)

    def refuse(*_args):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    if isinstance(error, KeyboardInterrupt):
        # The worker is killed while it sends.
        with pytest.raises(KeyboardInterrupt):
            sending.deliver(letter_id=letter.id)
    else:
        sending.deliver(letter_id=letter.id)
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == (state, 1)
    assert sending.letters_due() == []
    monkeypatch.undo()
    set_clock(clock.now() + timedelta(minutes=2))
    assert sending.letters_due() == ([letter.id] if is_due_again else [])


def test_a_person_sends_again_what_failed(application, sign_in, mo):
    letter = a_letter(mo, application)
    again = reverse("hiring:letter_again", args=[letter.id])
    client = sign_in(mo)
    client.post(again)
    letter.refresh_from_db()
    assert letter.tries == 0
    Letter.objects.filter(id=letter.id).update(state="failed", fault="550 no", tries=3)
    application.candidate.email = "lena.new@people.example"
    application.candidate.save()
    assert client.post(again).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.tries, letter.to) == ("waiting", 0, "lena.new@people.example")


def test_nothing_goes_to_somebody_who_was_erased(application, mo):
    letter = a_letter(mo, application)
    application.candidate.erased_at = clock.now()
    application.candidate.save()
    sending.deliver(letter_id=letter.id)
    letter.refresh_from_db()
    assert letter.state == "failed" and not mail.outbox


def test_turning_down_is_a_letter_of_a_person(application, sign_in, mo):
    page = reverse("hiring:letter_new", args=[application.id]) + "?occasion=decline"
    client = sign_in(mo)
    assert "turns the candidate down" in client.get(page).content.decode()
    sent = {"occasion": "decline", "subject": "Your application", "body": "Thank you", "version": "1"}
    assert client.post(page, sent | {"why": ""}).status_code == 422
    stale = client.post(page, sent | {"why": "Other", "version": "7"})
    assert stale.status_code == 422 and not Letter.objects.exists()
    application.refresh_from_db()
    assert application.is_active

    answer = client.post(page, sent | {"why": "Others fit better"})
    assert answer["Location"] == reverse("hiring:letters", args=[application.id])
    application.refresh_from_db()
    assert (application.state, application.close_reason) == ("rejected", "Others fit better")
    assert Letter.objects.get().occasion == "decline"


def test_leaders_and_admins_change_what_letters_begin_with(application, sign_in, mo, lee):
    template = LetterTemplate.objects.get(company=mo.company, occasion="status")
    page = reverse("hiring:letter_template", args=[template.id])
    assert sign_in(lee).get(page).status_code == 403
    client = sign_in(mo)
    sent = {
        "occasion": "status",
        "name": "Status",
        "subject": "About {job}",
        "body": "{sender} {",
        "version": "1",
    }
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent | {"body": "Older"}).status_code == 422
    new = reverse("hiring:letter_template_new")
    assert client.post(new, sent).status_code == 422
    assert client.post(new, sent | {"name": "Second"}).status_code == 302
    written = client.get(reverse("hiring:letter_new", args=[application.id]), {"template": template.id})
    assert "Mo {" in written.content.decode()
    # One of each occasion stays.
    for row in LetterTemplate.objects.filter(company=mo.company, occasion="status"):
        client.post(reverse("hiring:letter_template_removal", args=[row.id]))
    assert LetterTemplate.objects.filter(company=mo.company, occasion="status").count() == 1
