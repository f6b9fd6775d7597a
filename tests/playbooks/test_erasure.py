"""What was written in runs goes with the customer or the person it was about; when each step was left stays."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.outbox import react_once
from customers.actions import enter_contact, erase_contact, erase_customer
from playbooks.actions.runs import abandon_run, hand_over, move_on, note_in_run, skip_step, start_run
from playbooks.models import RunEvent
from tests.factories import a_customer, a_ticket

from .making import a_playbook

pytestmark = pytest.mark.django_db


def written(version, ana, lee, word: str, **place) -> None:
    """A run with all that can be written in one."""
    run = start_run(actor=ana, version=version, **place)
    run = note_in_run(actor=ana, run=run, text=f"{word} called")
    run = move_on(actor=ana, run=run)
    run = skip_step(actor=ana, run=run, reason=f"{word} knows it")
    run = hand_over(actor=ana, run=run, receiver=lee, text=f"{word} is on the line")
    abandon_run(actor=lee, run=run, reason=f"{word} hung up")


def dump() -> str:
    """Every row of every table of playbooks."""
    with connection.cursor() as cursor:
        rows: list[str] = []
        for model in apps.get_app_config("playbooks").get_models():
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def words() -> set[str]:
    while react_once():
        pass
    text = dump()
    return {word for word in ("Priya", "Quinn", "Ravi", "Sofia", "Tomas", "Uma") if word in text}


def test_no_word_of_it_stays(ana, lee, rae):
    version = a_playbook(ana, lee).versions.get()
    gone, other = a_customer(ana), a_customer(ana)
    mail = {"requester_email": "priya@x.example"}
    written(version, ana, lee, "Priya", customer=gone)
    written(version, ana, lee, "Quinn", ticket=a_ticket(ana, customer=gone, subject="Help", **mail))
    # The same person at another customer: that ticket loses the address only, and keeps its words.
    written(version, ana, lee, "Ravi", ticket=a_ticket(ana, customer=other, subject="Help", **mail))
    contact = enter_contact(actor=ana, customer=other, name="Sofia", email="sofia@y.example")
    by_contact = a_ticket(ana, customer=other, subject="Help", requester_email="sofia@y.example")
    written(version, ana, lee, "Sofia", ticket=by_contact)
    written(version, ana, lee, "Tomas", customer=other)
    written(version, ana, lee, "Uma")
    assert words() == {"Priya", "Quinn", "Ravi", "Sofia", "Tomas", "Uma"}
    logged = list(RunEvent.objects.order_by("id").values_list("move", "step_key", "occurred_at", "seconds"))

    erase_customer(actor=rae, customer=gone)
    assert words() == {"Ravi", "Sofia", "Tomas", "Uma"}
    erase_contact(actor=rae, contact=contact)
    assert words() == {"Ravi", "Tomas", "Uma"}
    assert logged == list(
        RunEvent.objects.order_by("id").values_list("move", "step_key", "occurred_at", "seconds")
    )
