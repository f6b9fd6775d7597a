"""`Idempotency-Key`: sent again it is answered again, not done again."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.api.idempotency import LONGEST
from accounts.models import IdempotencyKey
from accounts.tasks import forget_idempotency_keys
from cs_platform.lib import clock
from customers.api import tickets as api
from customers.models import Ticket, TicketEvent
from tests.factories import a_ticket

from .conftest import problem


@pytest.mark.django_db
def test_it_answers_again_and_does_it_once(call):
    first = call("post", "tickets/", {"subject": "x"}, idempotency_key="k1")
    second = call("post", "tickets/", {"subject": "x"}, idempotency_key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_it_refuses_the_key_for_another_request(call, ana):
    ticket = a_ticket(ana)
    call("post", f"tickets/{ticket.id}/replies/", {"body": "one"}, idempotency_key="k1")

    problem(call("post", f"tickets/{ticket.id}/replies/", {"body": "two"}, idempotency_key="k1"), 422)
    problem(call("post", f"tickets/{ticket.id}/notes/", {"body": "one"}, idempotency_key="k1"), 422)
    assert TicketEvent.objects.exclude(body="").count() == 1


@pytest.mark.django_db
def test_it_is_a_key_of_one_member(call, ana, lee):
    for member in (ana, lee):
        assert call("post", "tickets/", {"subject": "x"}, by=member, idempotency_key="k1").status_code == 201

    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_it_keeps_nothing_of_what_failed(call):
    problem(call("post", "tickets/", {"subject": ""}, idempotency_key="k1"), 400, "subject")
    assert not IdempotencyKey.objects.exists()

    answer = call("post", "tickets/", {"subject": "x"}, idempotency_key="k1")
    assert (answer.status_code, "Idempotent-Replayed" in answer) == (201, False)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * (LONGEST + 1), "ключ"])
def test_it_refuses_a_key_that_is_none(call, key):
    problem(call("post", "tickets/", {"subject": "x"}, idempotency_key=key), 400, "Idempotency-Key")
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_it_forgets_after_two_days(call):
    for key in ("old", "new"):
        call("post", "tickets/", {"subject": "x"}, idempotency_key=key)
    IdempotencyKey.objects.filter(key="old").update(created_at=clock.now() - timedelta(hours=49))

    forget_idempotency_keys()

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_fails", [False, True])
def test_of_two_at_once_one_does_it(call, ana, monkeypatch, first_fails):
    inside, go_on = threading.Event(), threading.Event()
    whole = api.actions.log_ticket

    def slow(**fields):
        ticket = whole(**fields)
        if not inside.is_set():
            inside.set()
            assert go_on.wait(20)
            if first_fails:
                raise ValidationError("Not now.")
        return ticket

    monkeypatch.setattr(api.actions, "log_ticket", slow)
    call("get", "tickets/")  # makes the key
    answers = {}

    def send(name: str) -> None:
        answers[name] = call("post", "tickets/", {"subject": "x"}, idempotency_key="k1")
        connection.close()

    threads = [threading.Thread(target=send, args=(name,)) for name in ("first", "second")]
    threads[0].start()
    assert inside.wait(20)
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive(), "the second did not wait"
    go_on.set()
    for thread in threads:
        thread.join(20)

    assert Ticket.objects.count() == 1
    assert (answers["first"].status_code, answers["second"].status_code) == (409 if first_fails else 201, 201)
    assert ("Idempotent-Replayed" in answers["second"]) is not first_fails
