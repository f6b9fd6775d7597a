"""A ticket resolved by one key, and by one button not resolved after all; two tickets of a merge."""

import pytest

from customers.actions import merge_ticket
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_slip_of_the_key_is_taken_back(page, come_in, check_access, ana):
    customer = a_customer(ana, name="Brightwater")
    ticket = a_ticket(ana, subject="Charged twice", customer=customer, assignee=ana)
    merge_ticket(actor=ana, ticket=a_ticket(ana, subject="Twice", customer=customer), into=ticket)
    come_in(ana)
    page.goto(f"/tickets/{ticket.id}/")
    page.keyboard.press("e")
    page.get_by_text("Undo works for a minute").wait_for()
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    check_access()

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("It is open, as before").wait_for()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened_count) == ("open", 0)

    page.get_by_text("merged another ticket into this one").get_by_role("link").click()
    page.get_by_text("merged it into").wait_for()
    check_access()
