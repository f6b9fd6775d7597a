"""A merge that is on, looked at: the page follows it by itself."""

import pytest

from customers.actions import long_deeds, merge_customers, portions
from customers.models import LongDeed
from tests.factories import a_customer, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_follows_a_merge_to_its_end(rae, page, come_in, check_access, monkeypatch):
    monkeypatch.setattr(long_deeds, "AT_ONCE", 0)
    monkeypatch.setattr(long_deeds, "PORTION", 2)
    monkeypatch.setattr(long_deeds, "send", lambda deed_id: None)
    kept, gone = a_customer(rae, name="Brightwater"), a_customer(rae, name="Bright Water Ltd")
    for _ in range(4):
        a_ticket(rae, customer=gone)
    merge_customers(actor=rae, customer=gone, into=kept)
    come_in(rae)
    page.goto(f"/customers/{kept.id}/")
    page.get_by_role("link", name="is being merged into").click()
    page.get_by_text("0 of 4 rows").wait_for()
    check_access()
    page.evaluate("window.isTheSame = true")
    long_deeds.do_portion(LongDeed.objects.get().id, portions.PORTIONS["merge"])
    page.get_by_text("2 of 4 rows").wait_for()
    portions.work_on(LongDeed.objects.get().id)
    page.get_by_text("It is done").wait_for()
    check_access()
    assert page.evaluate("window.isTheSame")
