"""Merges and erasures of many rows: in portions, through kills, with everybody at work meanwhile."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import Activity
from customers.actions import (
    add_note,
    erase_contact,
    erase_customer,
    log_ticket,
    merge_customers,
    portions,
    resolve_ticket,
    unmerge_customer,
)
from customers.actions.long_deeds import do_portion
from customers.models import Contact, Customer, LongDeed, Note, Survey, Ticket
from customers.queries.erasure import contact_extent, customer_extent
from customers.tasks import continue_long_deeds
from metrics.reconcile import reconcile
from tests.chaos.processes import environment, running, wait_for
from tests.customers.figures import figures_of
from tests.factories import a_category, a_company, a_customer, a_member, a_ticket
from tests.metrics.compare import assert_proven
from tests.metrics.importing import settle

from .test_erasure import MAIL, PERSONAL, customer, left, now, signed_in  # noqa: F401
from .test_merge import everything, pair  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_portions(monkeypatch, django_capture_on_commit_callbacks) -> list:
    """Portions of one row, none at once; the list holds what was sent to workers."""
    sent: list = []
    monkeypatch.setattr("customers.actions.long_deeds.AT_ONCE", 0)
    monkeypatch.setattr("customers.actions.long_deeds.PORTION", 1)
    monkeypatch.setattr(
        "customers.actions.long_deeds.current_app.send_task",
        lambda name, args, retry: sent.append((name, args)),
    )
    return sent


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    def send(member, path: str, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return signed_in(member).post(path, fields, follow=True).content.decode()

    return send


def a_portion_that_dies(deed: LongDeed) -> int:
    """The process is killed behind the work of a portion, before its commit."""
    portions.PORTIONS[deed.kind](deed)
    raise KeyboardInterrupt


def kill_at_once(deed: LongDeed) -> None:
    with pytest.raises(KeyboardInterrupt):
        do_portion(deed.id, a_portion_that_dies)


def do_some(deed: LongDeed, many: int) -> None:
    for _ in range(many):
        assert do_portion(deed.id, portions.PORTIONS[deed.kind])


# ---- erasure -------------------------------------------------------------------------------------------------------


def test_an_erasure_goes_on_where_it_was_killed(harbour, rae, customer, in_portions, post):  # noqa: F811
    figures, path = figures_of(harbour), f"/customers/{customer.id}/erasure/"
    page = post(rae, path, name="Brightwater")
    deed = LongDeed.objects.get()
    assert in_portions == [("customers.tasks.do_long_deed", [deed.id])]
    assert "The erasure has begun" in page and "is being erased" in page
    assert "just being merged or erased" in post(rae, path, name="Brightwater")

    for _ in range(3):
        do_some(deed, 2)
        kill_at_once(deed)
        assert figures_of(harbour) == figures
    shown = signed_in(rae).get(path, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r"6 of \d+ rows", shown) and "<html" not in shown
    assert "is being erased" in signed_in(rae).get(f"/customers/{customer.id}/").content.decode()

    portions.work_on(deed.id)
    settle(harbour)
    assert left(*PERSONAL) == []
    assert figures_of(harbour) == figures
    assert_proven(harbour)
    assert Activity.objects.filter(verb="customer.erased").count() == 1
    shown = signed_in(rae).get(path, headers={"HX-Request": "true"}).content.decode()
    assert "It is done" in shown and "hx-trigger" not in shown
    portions.work_on(deed.id)
    assert Activity.objects.filter(verb="customer.erased").count() == 1


@pytest.mark.parametrize("rows_at_once", [0, 500])
def test_the_page_counts_what_is_erased(rae, ana, lee, customer, in_portions, monkeypatch, rows_at_once):  # noqa: F811
    """With a merged one, a ticket of nobody's, one at another customer, and a colleague's address in a contact."""
    monkeypatch.setattr("customers.actions.long_deeds.AT_ONCE", rows_at_once)
    gone = a_customer(lee, name="Bright")
    a_ticket(ana, customer=gone, subject="x", requester_email=ana.email)
    a_ticket(ana, subject="The team's own", requester_email=ana.email)
    a_ticket(ana, customer=a_customer(lee, name="Other"), subject="Elsewhere", requester_email=MAIL)
    contact = Contact.objects.get()
    Contact.objects.create(
        company_id=ana.company_id, customer=gone, external_id="x", name="Ana of ours", email=ana.email
    )
    merge_customers(actor=lee, customer=gone, into=customer)
    for deed in LongDeed.objects.all():
        portions.work_on(deed.id)
    extent = customer_extent(customer)
    assert (extent.tickets, extent.contacts, extent.elsewhere) == (3, 2, 1)
    deed = erase_customer(actor=rae, customer=customer)
    portions.work_on(deed.id)

    counts = Activity.objects.get(verb="customer.erased").detail["counts"]
    for name in ("contacts", "tickets", "messages", "notes", "answers"):
        assert counts[name] == getattr(extent, name), name
    assert counts["requesters"] == 2 + extent.elsewhere
    assert Ticket.objects.get(subject="The team's own").requester_email == ana.email
    assert contact_extent(contact).tickets == 0


def test_a_contact_s_page_counts_what_is_erased(rae, ana, lee, customer):  # noqa: F811
    contact = Contact.objects.get()
    a_ticket(ana, customer=a_customer(lee), subject="At another", requester_email=MAIL)
    extent = contact_extent(contact)
    counts = erase_contact(actor=rae, contact=contact)
    for name in ("contacts", "tickets", "messages", "notes", "answers"):
        assert counts[name] == getattr(extent, name), name
    assert extent.tickets == 3

    wrong = Contact.objects.create(
        company_id=ana.company_id, customer=customer, external_id="w", name="Ana", email=ana.email.upper()
    )
    a_ticket(ana, subject="By the team", requester_email=ana.email)
    assert contact_extent(wrong).tickets == erase_contact(actor=rae, contact=wrong)["tickets"] == 0


# ---- merge and undo ------------------------------------------------------------------------------------------------


def test_a_merge_goes_on_where_it_was_killed(harbour, ana, pair, in_portions, post):  # noqa: F811
    kept, gone = pair
    before, figures = everything(), figures_of(harbour)
    page = post(ana, f"/customers/{kept.id}/merge/", other=gone.id)
    deed = LongDeed.objects.get()
    assert in_portions == [("customers.tasks.do_long_deed", [deed.id])]
    assert "is being merged into" in page and f"/customers/{gone.id}/merge/undo/" in page
    assert signed_in(ana).get(f"/customers/{gone.id}/").headers["Location"] == f"/customers/{kept.id}/"

    for _ in range(2):
        do_some(deed, 1)
        kill_at_once(deed)
    # What is new goes to the survivor meanwhile.
    signed_in(ana).post(f"/customers/{gone.id}/contacts/new/", {"name": "Joris Bakker"})
    assert Contact.objects.get(name="Joris Bakker").customer == kept
    Contact.objects.filter(name="Joris Bakker").delete()
    portions.work_on(deed.id)
    settle(harbour)
    for model in (Ticket, Contact, Note, Survey):
        assert not model.objects.filter(customer=gone).exists()
    assert_proven(harbour)
    assert Activity.objects.filter(verb="customer.merge_moved").count() == 4

    undone = post(ana, f"/customers/{gone.id}/merge/undo/")
    deed = LongDeed.objects.get()
    assert "is moving back" in undone and in_portions[1:] == [("customers.tasks.do_long_deed", [deed.id])]
    do_some(deed, 2)
    kill_at_once(deed)
    portions.work_on(deed.id)
    settle(harbour)
    assert everything() == before
    assert figures_of(harbour) == figures
    assert_proven(harbour)


@pytest.mark.parametrize("done", [0, 1, 3])
def test_a_merge_that_is_not_done_is_taken_back(harbour, ana, pair, in_portions, post, done):  # noqa: F811
    kept, gone = pair
    before, figures = everything(), figures_of(harbour)
    merge_customers(actor=ana, customer=gone, into=kept)
    merging = LongDeed.objects.get()
    do_some(merging, done)
    post(ana, f"/customers/{gone.id}/merge/undo/")
    for deed in LongDeed.objects.all():
        portions.work_on(deed.id)
    assert not do_portion(merging.id, portions.PORTIONS["merge"])
    settle(harbour)

    assert everything() == before
    assert figures_of(harbour) == figures
    assert_proven(harbour)


def test_no_other_deed_while_one_is_on(rae, lee, pair, in_portions, post):  # noqa: F811
    kept, gone = pair
    third = a_customer(lee, name="Third")
    merge_customers(actor=rae, customer=gone, into=kept)
    for path, fields in (
        (f"/customers/{third.id}/merge/", {"other": kept.id}),
        (f"/customers/{kept.id}/erasure/", {"name": "Brightwater"}),
    ):
        assert "just being merged or erased" in post(rae, path, **fields)
    # But a survivor may take in another one.
    add_note(actor=lee, customer=third, body="About the third")
    merge_customers(actor=rae, customer=third, into=kept)
    for deed in LongDeed.objects.all():
        portions.work_on(deed.id)
    assert Note.objects.filter(customer=kept).count() == 3

    erase_customer(actor=rae, customer=kept)
    with pytest.raises(ValidationError):
        unmerge_customer(actor=rae, customer=Customer.objects.get(id=third.id))
    with pytest.raises(ValidationError):
        merge_customers(actor=rae, customer=a_customer(lee), into=kept)


def test_what_is_yet_to_move_is_worked_on_meanwhile(ana, pair, in_portions, post):  # noqa: F811
    kept, gone = pair
    ticket, contact, note = (model.objects.filter(customer=gone).get() for model in (Ticket, Contact, Note))
    merge_customers(actor=ana, customer=gone, into=kept)
    post(ana, f"/tickets/{ticket.id}/note/", kind="call", body="They rang")
    post(ana, f"/contacts/{contact.id}/edit/", name="Joris Bakker")
    post(ana, f"/notes/{note.id}/edit/", body="Said otherwise", type="note", version="0")
    post(ana, f"/tickets/{ticket.id}/reply/", body="We are at it")
    portions.work_on(LongDeed.objects.get().id)

    assert Note.objects.get(body="They rang").customer == kept
    assert Contact.objects.get(name="Joris Bakker").customer == kept
    assert Note.objects.get(body="Said otherwise").customer == kept
    assert ticket.events.filter(body="We are at it").exists()


def test_what_is_yet_to_be_erased_takes_nothing_new(rae, ana, customer, in_portions, post):  # noqa: F811
    ticket, contact = Ticket.objects.filter(customer=customer).get(), Contact.objects.get()
    note = add_note(actor=ana, ticket=ticket, body="A call", type="call")
    erase_customer(actor=rae, customer=customer)
    for path, fields in (
        (f"/customers/{customer.id}/notes/", {"body": "New", "type": "note", "key": "k"}),
        (f"/tickets/{ticket.id}/note/", {"kind": "call", "body": "New"}),
        (f"/notes/{note.id}/edit/", {"body": "New", "type": "call", "version": "0"}),
        (f"/customers/{customer.id}/contacts/new/", {"name": "New"}),
        (f"/contacts/{contact.id}/edit/", {"name": "New"}),
        (f"/customers/{customer.id}/facts/new/", {"label": "New", "value": "New"}),
    ):
        assert "was erased" in post(ana, path, **fields), path
    portions.work_on(LongDeed.objects.get().id)
    assert not Note.objects.exclude(body="").exists()
    assert left(*PERSONAL) == []


def test_another_company_sees_and_does_nothing(zed, rae, pair, in_portions):  # noqa: F811
    kept, gone = pair
    merge_customers(actor=rae, customer=gone, into=kept)
    for path in (f"/customers/{kept.id}/merge/", f"/customers/{kept.id}/erasure/"):
        assert signed_in(zed).get(path, headers={"HX-Request": "true"}).status_code == 404
    assert signed_in(zed).post(f"/customers/{gone.id}/merge/undo/").status_code == 404
    assert LongDeed.objects.get().done == 0


def test_what_a_merged_one_holds_again_goes_to_the_survivor(harbour, ana, pair):  # noqa: F811
    """An import or a form that had opened the customer before, and wrote after."""
    kept, gone = pair
    merge_customers(actor=ana, customer=gone, into=kept)
    Note.objects.create(company=harbour, author=ana, customer=gone, body="Late", identity="late")
    continue_long_deeds()
    assert Note.objects.get(body="Late").customer == kept

    unmerge_customer(actor=ana, customer=Customer.objects.get(id=gone.id))
    assert Note.objects.get(body="Late").customer == gone
    continue_long_deeds()
    assert Note.objects.get(body="Late").customer == gone


def test_beat_sends_a_worker_to_what_nobody_is_at(ana, pair, in_portions, set_clock):  # noqa: F811
    kept, gone = pair
    merge_customers(actor=ana, customer=gone, into=kept)
    continue_long_deeds()
    assert in_portions == []
    at = set_clock("2026-03-20T12:01")
    continue_long_deeds()
    deed = LongDeed.objects.get()
    assert in_portions == [("customers.tasks.do_long_deed", [deed.id])]
    assert "Nobody is at it" in signed_in(ana).get(f"/customers/{kept.id}/merge/").content.decode()
    do_some(deed, 1)
    set_clock(at + timedelta(seconds=20))
    continue_long_deeds()
    assert len(in_portions) == 1


# ---- at once -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(transactional_db, set_clock):
    set_clock("2026-03-20T12:00")
    rae = a_member(a_company("desk"), "Rae", "admin")
    customers = [a_customer(rae, name=name) for name in ("Kept", "Gone", "Other")]
    for number in range(6):
        ticket = a_ticket(rae, customer=customers[1 + number % 2], requester_email="p@x.example")
        if number < 2:
            resolve_ticket(actor=rae, ticket=ticket)
    return rae, *customers


def at_once(*deeds) -> list:
    """Each in a thread with a connection of its own; returns what was raised."""
    raised = []

    def run(deed) -> None:
        try:
            deed()
        except Exception as error:  # noqa: BLE001
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def differing(company) -> list:
    settle(company)
    return [finding.sample for finding in reconcile(company.id) if finding.differences]


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_are_both_done(desk):
    rae, kept, gone, other = desk
    raised = at_once(
        lambda: merge_customers(actor=rae, customer=gone, into=kept),
        lambda: merge_customers(actor=rae, customer=other, into=kept),
    )

    assert raised == []
    assert Ticket.objects.filter(customer=kept).count() == 6
    assert differing(rae.company) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_against_each_other_one_is_refused(desk):
    rae, kept, gone, _other = desk
    raised = at_once(
        lambda: merge_customers(actor=rae, customer=gone, into=kept),
        lambda: merge_customers(actor=rae, customer=kept, into=gone),
    )

    assert [type(error) for error in raised] == [ValidationError]
    assert Customer.objects.filter(merged_into__isnull=False).count() == 1
    assert differing(rae.company) == []


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_is_just_being_logged_moves_too(desk):
    rae, kept, gone, _other = desk
    merge = Thread(target=lambda: at_once(lambda: merge_customers(actor=rae, customer=gone, into=kept)))
    with transaction.atomic():
        ticket = log_ticket(actor=rae, subject="Just now", customer=gone)
        merge.start()
        merge.join(0.5)
        assert merge.is_alive()
    merge.join(30)

    ticket.refresh_from_db()
    assert ticket.customer == kept
    assert differing(rae.company) == []


@pytest.mark.worker
@pytest.mark.xdist_group("chaos")
@pytest.mark.django_db(transaction=True)
def test_a_merge_survives_kill_9(desk, tmp_path, monkeypatch):
    rae, kept, gone, _other = desk
    for _ in range(60):
        a_ticket(rae, customer=gone, category=a_category(rae.company))
    monkeypatch.setattr("customers.actions.long_deeds.AT_ONCE", 0)
    monkeypatch.setattr("customers.actions.long_deeds.send", lambda deed_id: None)
    merge_customers(actor=rae, customer=gone, into=kept)
    deed = LongDeed.objects.get()
    code = (
        "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'cs_platform.settings'); django.setup();"
        "from customers.actions import long_deeds, portions;"
        f"long_deeds.PORTION = 2; portions.work_on({deed.id})"
    )
    with running(environment(), tmp_path / "log") as start:
        worker = start("-c", code)
        wait_for(lambda: LongDeed.objects.filter(done__gt=0).exists(), 30, "nothing moved", worker)
        worker.kill()
    done = LongDeed.objects.get().done
    assert 0 < done < 63 and Ticket.objects.filter(customer=kept).count() == done
    assert differing(rae.company) == []
    portions.work_on(deed.id)

    assert Ticket.objects.filter(customer=kept).count() == 63
    assert differing(rae.company) == []
