"""Who gets which mail, and what the ticket says about it."""

import pytest
from django.test import Client

from accounts.models import Activity, Company
from cs_platform.lib import clock
from customers.actions import erase_customer, mark_spam, merge_ticket, reply_to_ticket
from customers.models import ReplyMail, Ticket, TicketEvent
from tests.customers.reply_mail.server import text
from tests.factories import a_ticket

pytestmark = pytest.mark.django_db


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
