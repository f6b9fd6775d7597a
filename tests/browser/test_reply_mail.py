"""What a person sees of the mail of a reply: where it goes, how far it is, and the button that tries it again."""

import pytest
from playwright.sync_api import expect

from accounts.models import Company
from cs_platform.lib import clock
from customers.actions import mark_spam, merge_ticket, send_reply
from customers.models import Contact, ReplyMail, Ticket
from tests.factories import a_customer, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticket(ana) -> Ticket:
    customer = a_customer(ana, name="Brightwater Foods")
    Contact.objects.create(
        company_id=ana.company_id,
        customer=customer,
        external_id="P1",
        name="Priya Rao",
        email="priya@b.example",
    )
    return a_ticket(
        ana, subject="Charged twice", customer=customer, assignee=ana, requester_email="priya@b.example"
    )


@pytest.fixture
def mailing(ana):
    Company.objects.filter(id=ana.company_id).update(mails_replies=True)
    ana.company.refresh_from_db()


def test_it_says_where_a_reply_goes_and_mails_again(page, come_in, check_access, ana, ticket, mailing):
    for number, state in enumerate(["sent", "failed", "unsure", "waiting", "kept"]):
        send_reply(actor=ana, ticket=ticket, body=f"Reply {number}")
        ReplyMail.objects.filter(event__body=f"Reply {number}").update(
            state=state, sent_at=clock.now(), error="550 no such mailbox" if state == "failed" else ""
        )
    come_in(ana)
    page.goto(f"/tickets/{ticket.id}/")
    expect(page.get_by_text("Goes to Priya Rao <priya@b.example>")).to_be_visible()
    check_access()

    page.keyboard.press("r")
    page.keyboard.type("One payment is on the account.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Sent.")
    expect(page.get_by_text("Waiting to be mailed")).to_have_count(2)
    again = page.get_by_role("button", name="Mail again")
    expect(again).to_have_count(2)
    again.first.click()
    expect(page.get_by_role("status").first).to_contain_text("It is being mailed again.")
    expect(page.get_by_text("Waiting to be mailed")).to_have_count(3)

    # Written meanwhile, and still there when the line learns that the mail went out.
    page.get_by_label("Reply to the customer").fill("Half a sen")
    ReplyMail.objects.filter(state="waiting").update(state="sent", sent_at=clock.now())
    expect(page.get_by_text("Waiting to be mailed")).to_have_count(0, timeout=15_000)
    expect(page.get_by_text("Mailed to priya@b.example")).to_have_count(4)
    expect(page.get_by_label("Reply to the customer")).to_have_value("Half a sen")


def test_without_mailing_it_says_that_a_reply_is_recorded(page, come_in, check_access, rae, ticket):
    come_in(rae)
    page.goto(f"/tickets/{ticket.id}/")
    expect(page.get_by_role("button", name="Log reply")).to_be_visible()
    check_access()
    page.get_by_role("link", name="Mail replies").click()
    page.get_by_label("Mail replies to customers").check()
    page.get_by_label("Answers go to").fill("help@harbour.example")
    check_access()
    page.get_by_role("button", name="Save").click()
    page.goto(f"/tickets/{ticket.id}/")
    expect(page.get_by_role("button", name="Log reply")).to_have_count(0)
    expect(page.get_by_text("Goes to Priya Rao")).to_be_visible()


def test_a_ticket_that_was_set_aside_has_no_composer(page, come_in, check_access, ana, ticket):
    into = a_ticket(ana, subject="Two payments")
    come_in(ana)
    merge_ticket(actor=ana, ticket=ticket, into=into)
    page.goto(f"/tickets/{ticket.id}/")
    expect(page.get_by_role("textbox", name="Reply to the customer")).to_have_count(0)
    check_access()
    page.locator("#write").get_by_role("link").click()
    page.wait_for_url(f"**/tickets/{into.id}/")
    mark_spam(actor=ana, ticket=into)
    page.reload()
    expect(page.get_by_text("This ticket is marked as spam.")).to_be_visible()
    check_access()
