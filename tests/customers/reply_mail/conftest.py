"""Mails go through a real SMTP server; `work` does what a worker and the clock do by and by."""

import logging
from collections.abc import Callable

import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.test import Client

from accounts.outbox import react_once
from customers import tasks
from customers.models import Contact, Ticket
from tests.customers.reply_mail.server import SETTINGS, Server, free_port
from tests.factories import a_customer, a_ticket


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
