"""Replies that leave the house: who gets which mail, once, and what the ticket says about it.

The mails go through a real SMTP server; one test has a real worker send them, the others call its task.
"""

import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.db import connection
from django.test import Client

from accounts.models import Activity, Company, Outbox
from accounts.outbox import react_once
from cs_platform.lib import clock
from customers import tasks
from customers.actions import erase_customer, mark_spam, merge_ticket, reply_to_ticket
from customers.models import Contact, ReplyMail, Ticket, TicketEvent
from tests.chaos.processes import clock_of, environment, running, wait_for, worker_of
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db
SETTINGS = {"name": "Harbour & Pine", "currency": "", "follow_up_days": "7"}


class Server:
    """An SMTP server that keeps what it takes. answers: what it says instead, one for each mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refusals: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                server.transport.close()
            return answer
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"

    def only(self) -> EmailMessage:
        [mail] = self.mails
        return mail


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


@pytest.fixture
def server(settings):
    made = Server()
    controller = Controller(made, hostname="127.0.0.1", port=free_port())
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Customer success <cs@desk.example>"
    yield made
    controller.stop()


@pytest.fixture
def admin(rae) -> Client:
    client = Client()
    client.force_login(rae.user)
    return client


@pytest.fixture
def desk(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


@pytest.fixture
def mailing(admin) -> Callable[..., None]:
    """Switches mailing on (or off) in the settings, as an admin does."""

    def switch(on: bool = True, **fields: str) -> None:
        sent = SETTINGS | ({"mails_replies": "on"} if on else {}) | fields
        assert admin.post("/settings/company/", sent).status_code == 302

    return switch


@pytest.fixture
def ticket(ana, set_clock) -> Ticket:
    set_clock("2026-03-05T10:00")
    customer = a_customer(ana, name="Brightwater Foods")
    Contact.objects.create(
        company_id=ana.company_id,
        customer=customer,
        external_id="P1",
        name="Priya Rao",
        email="Priya@bright.example",
    )
    return a_ticket(
        ana,
        subject="Charged twice",
        external_id="T-4711",
        customer=customer,
        assignee=ana,
        requester_email="priya@bright.example",
    )


@pytest.fixture
def url(ticket) -> str:
    return f"/tickets/{ticket.id}/"


@pytest.fixture
def work(monkeypatch) -> Callable[[], None]:
    """What a worker and the clock do by and by: reactions, then every task that they ask for."""
    asked: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: asked.extend(args))
    monkeypatch.setattr(tasks.mail_reply, "apply_async", lambda args, **_: asked.extend(args))

    def run() -> None:
        while react_once():
            pass
        tasks.mail_due_replies()
        while asked:
            tasks.mail_reply(asked.pop(0))

    return run


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_it_is_off_until_an_admin_says_so(desk, admin, url, server, work):
    assert "Replies are recorded here and not mailed." in text(desk.get(url))
    assert "/settings/company/#replies" not in text(desk.get(url))
    assert "/settings/company/#replies" in text(admin.get(url))

    page = text(desk.post(f"{url}reply/", {"body": "Hello Priya"}, follow=True))
    work()

    assert "Log reply" in page and "Logged." in page and "Waiting to be mailed" not in page
    assert (server.mails, ReplyMail.objects.count()) == ([], 0)


def test_it_mails_what_was_replied(desk, url, ticket, server, work, mailing, set_clock):
    set_clock("2026-03-05T10:00")
    mailing()
    page = text(desk.get(url))
    assert "Goes to <bdi>Priya Rao</bdi> &lt;priya@bright.example&gt;" in page and "Log reply" not in page

    page = text(desk.post(f"{url}reply/", {"body": "Hello Priya,\n<b>one</b> & two"}, follow=True))
    assert "Sent." in page and "Waiting to be mailed" in page
    set_clock("2026-03-05T10:01")
    work()

    mail = server.only()
    assert mail.get_content_type() == "text/plain"
    assert mail["Subject"] == "Re: Charged twice [T-4711]"
    assert (mail["From"], mail["To"]) == ("Harbour & Pine <cs@desk.example>", "priya@bright.example")
    assert mail["Reply-To"] == "ana@harbour.example"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().splitlines() == [
        "Hello Priya,", "<b>one</b> & two", "", "-- ", "Ana", "Harbour & Pine",
    ]  # fmt: skip
    # 10:01 in UTC, as somebody in Berlin reads it.
    assert "Mailed to priya@bright.example at 11:01" in text(desk.get(url))
    assert Activity.objects.get(verb="ticket.mailed").subject_id == ticket.id


def test_it_has_the_sender_and_the_address_of_the_settings(desk, url, server, work, mailing):
    mailing(sender_name="Pine Grüße", reply_address="help@harbour.example")
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()

    assert server.only()["From"].addresses[0].display_name == "Pine Grüße"
    assert server.only()["Reply-To"] == "help@harbour.example"


@pytest.mark.parametrize(
    ("field", "value"), [("reply_address", "nobody"), ("reply_address", "a@b.example\nBcc: c@d.example"),
                         ("sender_name", "x" * 101), ("sender_name", "x\0")],
)  # fmt: skip
def test_it_refuses_a_setting_at_its_field(admin, harbour, field, value):
    answer = admin.post("/settings/company/", SETTINGS | {"mails_replies": "on", field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    harbour.refresh_from_db()
    assert not harbour.mails_replies


@pytest.mark.parametrize("who", ["ana", "lee", "mo"])
def test_it_is_switched_by_admins(client, harbour, who, request):
    client.force_login(request.getfixturevalue(who).user)

    assert client.post("/settings/company/", SETTINGS | {"mails_replies": "on"}).status_code == 403
    harbour.refresh_from_db()
    assert not harbour.mails_replies


def test_it_makes_one_thread_of_a_conversation(desk, url, server, work, mailing):
    mailing()
    for body in ("One", "Two", "Three"):
        desk.post(f"{url}reply/", {"body": body})
        work()

    first, second, third = (mail["Message-ID"] for mail in server.mails)
    assert len({first, second, third}) == 3 and first.endswith("@desk.example>")
    assert [mail["In-Reply-To"] for mail in server.mails] == [None, first, second]
    assert [mail["References"] for mail in server.mails] == [None, first, f"{first} {second}"]


@pytest.mark.parametrize("address", ["", "none", "erased-1@erased.invalid"])
def test_it_mails_nobody_without_an_address(desk, url, ticket, server, work, mailing, address):
    mailing()
    Ticket.objects.filter(id=ticket.id).update(requester_email=address)

    page = text(desk.post(f"{url}reply/", {"body": "Hello"}, follow=True))
    work()

    assert "No e-mail address of the requester is known" in page
    assert "Log reply" in page and "Logged." in page
    assert (server.mails, ReplyMail.objects.count()) == ([], 0)


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


def test_it_does_not_mail_after_mailing_was_switched_off(desk, url, server, work, mailing):
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})
    mailing(on=False)
    work()

    assert server.mails == []
    assert "Not mailed: mailing was switched off" in text(desk.get(url))


def test_no_header_comes_in_by_a_subject(desk, url, ticket, server, work, mailing, harbour):
    mailing(sender_name="Harbour\r\nBcc: thief@x.example")
    Ticket.objects.filter(id=ticket.id).update(
        subject="Hello\r\nBcc: thief@x.example\n\nBody", external_id="T\n1"
    )
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()

    assert server.only()["Bcc"] is None
    assert server.only()["Subject"] == "Re: Hello Bcc: thief@x.example Body [T 1]"
    assert server.only()["To"] == "priya@bright.example"


def test_a_subject_keeps_its_one_re(desk, url, ticket, server, work, mailing):
    mailing()
    Ticket.objects.filter(id=ticket.id).update(subject="RE: Zwölf Boxkämpfer")
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()

    assert server.only()["Subject"] == "RE: Zwölf Boxkämpfer [T-4711]"


def test_it_mails_a_reply_of_the_api(client, ana, ticket, server, work, mailing, key_of):
    mailing()
    path = f"/api/v1/tickets/{ticket.id}/replies/"
    headers = key_of(ana, "read", "write")

    for sent in (
        {"body": "By the API"},
        {"body": "Given by phone yesterday", "at": clock.now().isoformat()},
        {"body": "From the customer", "by_requester": True},
    ):
        answer = client.post(path, sent, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content
    work()

    assert server.only().get_content().startswith("By the API")


def test_a_note_is_never_mailed(desk, url, server, work, mailing):
    mailing()
    for kind in ("note", "call"):
        desk.post(f"{url}note/", {"body": "Between us", "kind": kind})
    desk.post(f"{url}customer-reply/", {"body": "What she said"})
    work()

    assert server.mails == []


def test_another_company_neither_mails_nor_sees(desk, url, ticket, server, work, mailing, zed):
    """Its own switch is off, and a mail of this one is not there for it."""
    mailing()
    server.refusals = ["550 no such mailbox"]
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()
    abroad = Client()
    abroad.force_login(zed.user)
    event = TicketEvent.objects.get(event="replied")
    own = a_ticket(zed, requester_email="kim@x.example")

    assert abroad.post(f"{url}mailing/", {"event": event.id}).status_code == 404
    answer = abroad.post(f"/tickets/{own.id}/mailing/", {"event": event.id}, follow=True)
    assert "nothing to mail again" in text(answer)
    abroad.post(f"/tickets/{own.id}/reply/", {"body": "Hello"})
    work()
    assert server.mails == []


def test_what_is_recorded_otherwise_is_never_mailed(ana, ticket, server, work, mailing):
    """Reactions to a reply that no door of ours took (an import, a demo): there is no mail to send."""
    mailing()
    reply_to_ticket(actor=ana, ticket=ticket, body="Hello")
    work()

    assert (server.mails, ReplyMail.objects.count()) == ([], 0)


def test_an_import_never_mails(harbour, server, work, mailing, tmp_path, settings):
    from customers.imports.engine import import_file

    mailing()
    settings.VAR = tmp_path / "var"
    files = {
        "tickets": "external_id,opened_at,requester_email,subject\nT1,2026-03-01T10:00:00Z,kim@x.example,Help\n",
        "ticket_events": "ticket_external_id,occurred_at,event,actor_email,body\n"
        "T1,2026-03-01T11:00:00Z,replied,ana@harbour.example,Hello Kim\n",
    }
    for kind, rows in files.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(rows)
        import_file(harbour, path, kind)
    work()

    assert TicketEvent.objects.filter(event="replied").count() == 1
    assert (server.mails, ReplyMail.objects.count()) == ([], 0)


def test_an_erasure_takes_the_address_and_what_waits(desk, url, ticket, rae, server, work, mailing):
    mailing()
    server.refusals = ["550 no mailbox priya@bright.example"]
    for body in ("One", "Two"):
        desk.post(f"{url}reply/", {"body": body})
        work()
    desk.post(f"{url}reply/", {"body": "Three"})
    erase_customer(actor=rae, customer=ticket.customer)
    work()

    assert len(server.mails) == 1
    assert not ReplyMail.objects.exclude(to_address="").exists()
    page = text(desk.get(url))
    assert "priya" not in page.lower()
    assert "Mailed to an address that was erased" not in page or "bright.example" not in page


@pytest.mark.parametrize("aside", ["spam", "merged"])
def test_nobody_writes_on_a_ticket_that_was_set_aside(desk, url, ana, ticket, server, work, mailing, aside):
    mailing()
    other = a_ticket(ana, subject="Two payments", external_id="T-4712")
    if aside == "spam":
        mark_spam(actor=ana, ticket=ticket)
    else:
        merge_ticket(actor=ana, ticket=ticket, into=other)

    page = text(desk.get(url))
    assert "composer__text" not in page
    words = (
        "marked as spam"
        if aside == "spam"
        else f'went on in <a href="/tickets/{other.id}/">T-4712 Two payments'
    )
    assert words in page
    answer = desk.post(f"{url}reply/", {"body": "Hello"}, follow=True)
    refused = {"spam": "cannot be done with a ticket that is spam", "merged": "into T-4712"}
    assert refused[aside] in text(answer)
    work()
    assert server.mails == []
    assert not TicketEvent.objects.filter(event="replied").exists()


def test_without_a_mail_server_it_is_kept_for_the_admins(
    desk, admin, url, zed, work, mailing, settings, tmp_path
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    mailing()
    assert "reaches nobody" in text(desk.get(url))
    assert "No mail server is set up here" in text(admin.get("/settings/company/"))
    desk.post(f"{url}reply/", {"body": "Hello Priya"})
    work()

    assert "there is no mail server" in text(desk.get(url))
    index = admin.get("/mail/")
    assert "Re: Charged twice [T-4711]" in text(index)
    name = index.context["mails"][0].name
    assert "Hello Priya" in text(admin.get(f"/mail/{name}/"))
    zed.role = "admin"
    zed.save()
    abroad = Client()
    abroad.force_login(zed.user)
    assert abroad.get(f"/mail/{name}/").status_code == 404


def test_the_demo_mails_nobody(desk, url, harbour, server, work, mailing):
    mailing()
    Company.objects.filter(id=harbour.id).update(demo_note="Made up")

    page = text(desk.post(f"{url}reply/", {"body": "Hello"}, follow=True))
    work()

    assert "Logged." in page and "Replies are recorded here and not mailed." in page
    assert server.mails == []


def test_a_program_s_reply_says_that_it_is_automatic(client, ana, ticket, server, work, mailing, key_of):
    mailing()
    ana.is_bot = True
    ana.save()
    headers = key_of(ana, "write")
    path = f"/api/v1/tickets/{ticket.id}/replies/"
    client.post(path, {"body": "By rote"}, content_type="application/json", headers=headers)
    work()

    assert (server.only()["Auto-Submitted"], server.only()["Reply-To"]) == ("auto-generated", None)


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
