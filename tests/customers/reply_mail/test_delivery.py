"""A mail goes out once, whatever the server says and however often a worker comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection

from accounts.models import Outbox
from customers import tasks
from customers.models import ReplyMail, Ticket, TicketEvent
from tests.chaos.processes import clock_of, environment, running, wait_for, worker_of
from tests.customers.reply_mail.server import text

pytestmark = pytest.mark.django_db


def test_it_mails_once_however_often_the_task_comes(desk, url, server, work, mailing):
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})
    [kept] = Outbox.objects.filter(verb="ticket.replied")
    work()
    Outbox.objects.create(
        company_id=kept.company_id, verb=kept.verb, subject_id=kept.subject_id, detail=kept.detail
    )
    work()
    tasks.mail_reply(ReplyMail.objects.get().id)

    assert len(server.mails) == 1


def test_it_does_not_mail_again_what_a_killed_worker_may_have_sent(
    desk, url, server, work, mailing, set_clock, monkeypatch
):
    now = set_clock("2026-03-05T10:00")
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})

    class Killed(BaseException):
        pass

    def die(*_args, **_fields):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("customers.actions.reply_mail._settle", die)
        with pytest.raises(Killed):
            work()
    assert len(server.mails) == 1
    # Delivered again at once, it may still be at work; later it is certain that it is not.
    tasks.mail_reply(ReplyMail.objects.get().id)
    assert ReplyMail.objects.get().state == "sending"
    set_clock(now + timedelta(minutes=6))
    work()

    assert len(server.mails) == 1
    page = text(desk.get(url))
    assert "Perhaps not mailed" in page and "Mail again" in page


def test_it_tries_again_when_the_server_is_busy(desk, url, server, work, mailing, set_clock):
    now = set_clock("2026-03-05T10:00")
    mailing()
    server.answers = ["451 come back later", "421 too busy"]
    desk.post(f"{url}reply/", {"body": "Hello"})

    for minutes in (0, 0.5):
        set_clock(now + timedelta(minutes=minutes))
        work()
    assert ReplyMail.objects.get().tries == 1, "it waits a minute"
    assert "Waiting to be mailed; the last try: 451 come back later" in text(desk.get(url))
    for minutes in (1.1, 2, 3.2):
        set_clock(now + timedelta(minutes=minutes))
        work()

    assert (len(server.mails), ReplyMail.objects.get().tries) == (1, 3)
    assert "Mailed to priya@bright.example" in text(desk.get(url))


def test_it_gives_up_and_is_mailed_again_by_hand(
    desk, url, ticket, server, work, mailing, set_clock, settings
):
    now = set_clock("2026-03-05T10:00")
    mailing()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    desk.post(f"{url}reply/", {"body": "Hello"})
    for minutes in range(40):
        set_clock(now + timedelta(minutes=minutes))
        work()

    assert ReplyMail.objects.get().tries == 6
    page = text(desk.get(url))
    assert "Not mailed: [Errno 111]" in page
    event = TicketEvent.objects.get(event="replied")
    settings.EMAIL_PORT = port
    # The address may have been put right meanwhile.
    Ticket.objects.filter(id=ticket.id).update(requester_email="rao@bright.example")
    answer = desk.post(f"{url}mailing/", {"event": event.id}, follow=True)
    assert "being mailed again" in text(answer)
    work()
    answer = desk.post(f"{url}mailing/", {"event": event.id}, follow=True)
    assert "nothing to mail again" in text(answer)
    work()

    assert server.only()["To"] == "rao@bright.example"
    assert "Mailed to rao@bright.example" in text(desk.get(url))


@pytest.mark.parametrize("event", ["", "x", "999999", "9" * 30])
def test_it_mails_again_only_what_is_there(desk, url, mailing, event):
    mailing()
    assert "nothing to mail again" in text(desk.post(f"{url}mailing/", {"event": event}, follow=True))


def test_it_gives_up_at_once_on_a_mailbox_that_is_not_there(desk, url, server, work, mailing):
    mailing()
    server.refusals = ["550 no such mailbox"]
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()

    assert "Not mailed: 550 no such mailbox" in text(desk.get(url))
    work()
    assert "A reply of yours was not mailed" in text(desk.get("/notifications/"))
    assert ReplyMail.objects.get().tries == 1


def test_it_says_of_an_address_that_no_mail_can_hold(desk, url, server, work, mailing):
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})
    ReplyMail.objects.update(to_address="priya@bright.example, thief@x.example")
    work()

    assert ReplyMail.objects.get().state == "failed"
    assert server.mails == []


def test_it_does_not_guess_when_the_server_hangs_up(desk, url, server, work, mailing):
    mailing()
    server.answers = ["hang up"]
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()
    work()

    assert server.mails == []
    assert "Perhaps not mailed" in text(desk.get(url))


@pytest.mark.django_db(transaction=True)
def test_of_workers_who_come_at_once_one_mails(desk, url, server, mailing):
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})
    mail_id = ReplyMail.objects.get().id

    def at_work(_number: int) -> None:
        tasks.mail_reply(mail_id)
        connection.close()

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(at_work, range(6)))

    assert (len(server.mails), ReplyMail.objects.get().state) == (1, "sent")


@pytest.mark.worker
@pytest.mark.xdist_group("chaos")
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_mails_it(desk, url, server, mailing, settings, tmp_path):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{settings.EMAIL_PORT}"
    mailing()
    ours = {
        "CELERY_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
        "EMAIL_URL": settings.EMAIL_URL,
    }
    current_app.control.purge()
    with running(environment() | ours, tmp_path / "log") as start:
        clock_of(start, tmp_path)
        process = worker_of(start)
        desk.post(f"{url}reply/", {"body": "Hello Priya"})
        wait_for(lambda: server.mails, 60, "nothing was mailed", process)
        wait_for(lambda: ReplyMail.objects.get().state == "sent", 10, "it was not recorded", process)

    assert server.only()["Subject"] == "Re: Charged twice [T-4711]"
    assert "Mailed to priya@bright.example" in text(desk.get(url))
