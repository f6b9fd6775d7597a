"""The pages of customers in a real browser: what only a browser shows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from cs_platform.lib import clock
from customers.actions import add_note, answer_survey, enter_contact, enter_fact, resolve_ticket, set_revenue
from customers.models import Customer, CustomerFact, Note
from tests.factories import a_customer, a_ticket

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def customer(harbour, ana, lee) -> Customer:
    """A customer with something of everything."""
    harbour.currency = "EUR"
    harbour.save()
    now, today = clock.now(), clock.now().date()
    customer = a_customer(
        lee, name="Brightwater Foods", segment="Key accounts", started_on=date(2023, 5, 1), owner=lee
    )
    month = today.replace(day=1)
    for number in range(14):
        set_revenue(actor=lee, customer=customer, month=month, amount=Decimal(4180 - 110 * (number // 4)))
        month = (month - timedelta(days=1)).replace(day=1)
    for label, value in (
        ("Plan", "Growth, 120 seats"),
        ("Renewal", "14 Jan 2027"),
        ("Decides", "Priya Raman"),
    ):
        enter_fact(actor=lee, customer=customer, label=label, value=value)
    fact = enter_fact(actor=lee, customer=customer, label="Billing contact", value="Tomás Vidal")
    CustomerFact.objects.filter(id=fact.id).update(verified_on=today - timedelta(days=200))
    for name, title in (("Priya Raman", "Finance lead, decides"), ("Anneke de Wit", "Operations")):
        enter_contact(
            actor=lee, customer=customer, name=name, title=title, phone="+31 20 555 0101", email="p@b.example"
        )
    notes = [
        (
            "call",
            ana,
            "Priya confirms one payment of € 4,180 is on the account, the second shows as pending.",
        ),
        ("risk", lee, "Joris looks at another import tool in January. Nobody but Priya joins our reviews."),
        ("fact", lee, "New site in Utrecht opens in March, about 40 people. Their seats will not last."),
        ("meeting", lee, "Numbers are fine, the import is not: two hours of clicking each Monday."),
    ]
    for days, (kind, author, body) in enumerate(notes):
        add_note(
            actor=author, customer=customer, type=kind, body=body, noted_at=now - timedelta(days=days * 5)
        )
    for days, body in ((-2, "Written line for month-end"), (20, "Tell them when the CSV import ships")):
        add_note(
            actor=ana, customer=customer, type="promise", body=body, due_on=today + timedelta(days=days),
            noted_at=now - timedelta(days=30 + days),
        )  # fmt: skip
    done = a_ticket(ana, customer=customer, subject="Filter hides the new warehouse", assignee=ana)
    resolve_ticket(actor=ana, ticket=done)
    a_ticket(ana, customer=customer, subject="Payment shows twice", assignee=lee)
    for kind, score, comment in (("csat", 4, "Quick, but I had to explain it twice."), ("nps", 8, "")):
        answer_survey(
            actor=None, company_id=harbour.id, kind=kind, score=score, customer=customer, comment=comment
        )
    return customer


def set_up(page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_is_sound(page, come_in, rae, customer, check_access, width, theme):
    other = a_customer(rae, name="Brightwater Ltd", started_on=date(2022, 1, 1))
    set_revenue(actor=rae, customer=other, month=clock.now().date(), amount=Decimal(50))
    note = add_note(actor=rae, customer=customer, body="Mine to edit")
    contact, fact = customer.contacts.first(), customer.facts.first()
    set_up(page, width, theme)
    come_in(rae)

    at = f"/customers/{customer.id}/"
    paths = [
        "/customers/",
        "/customers/?q=nobody",
        "/customers/new/",
        at,
        f"{at}?notes=risks",
        f"/customers/{other.id}/",
    ]
    paths += [
        f"{at}{rest}" for rest in ("edit/", "owner/", "revenue/", "contacts/", "contacts/new/", "facts/new/")
    ]
    paths += [
        f"{at}merge/?q=bright",
        f"{at}merge/?other={other.id}",
        f"{at}erasure/",
        f"/facts/{fact.id}/edit/",
    ]
    paths += [f"/contacts/{contact.id}/edit/", f"/contacts/{contact.id}/erasure/", f"/notes/{note.id}/edit/"]
    paths += [f"/notes/{note.id}/history/"]
    for path in paths:
        page.goto(path)
        check_access()
        assert fits(page), path


def test_a_promise_is_written_by_keyboard_and_kept(page, come_in, ana, customer):
    set_up(page, 1440, "light")
    come_in(ana)
    page.goto(f"/customers/{customer.id}/")

    page.keyboard.press("n")
    text = page.get_by_role("textbox", name="Note")
    expect(text).to_be_focused()
    text.fill("Send the renewal offer")
    page.get_by_label("Kind of note").select_option("promise")
    page.get_by_label("Promised for").fill((clock.now() + timedelta(days=3)).date().isoformat())
    text.focus()
    page.keyboard.press("Control+Enter")

    owed = page.get_by_role("region", name="Promises due")
    expect(owed).to_contain_text("Send the renewal offer")
    page.get_by_role("button", name="Kept: Send the renewal offer").click()
    expect(owed).not_to_contain_text("Send the renewal offer")
    page.get_by_role("button", name="Undo").click()
    expect(owed).to_contain_text("Send the renewal offer")


def test_a_note_that_is_being_written_is_not_lost(page, come_in, ana, customer):
    come_in(ana)
    page.goto(f"/customers/{customer.id}/")
    page.get_by_role("textbox", name="Note").fill("Half a thought")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved")
    page.reload()

    expect(page.get_by_role("textbox", name="Note")).to_have_value("Half a thought")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".notes__text").first).to_have_text("Half a thought")
    page.reload()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")
    assert Note.objects.filter(body="Half a thought").count() == 1


def test_the_list_answers_while_one_types(page, come_in, ana, lee, customer):
    a_customer(lee, name="Northgate")
    come_in(ana)
    page.goto("/customers/")
    page.get_by_role("searchbox", name="Find customers").fill("north")

    expect(page.locator(".cl-table tbody tr")).to_have_count(1)
    page.wait_for_url("**q=north**")
