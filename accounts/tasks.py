"""Celery's part: short, safe to run twice, safe to lose."""

import time

from celery import Task, shared_task
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from . import outbox
from .actions import drop_old_notifications, give_up_invitation, join_demo, send_invitation
from .actions.idempotency import drop_old_idempotency_keys
from .models import Member
from .queries.demo import has_asked_for_demo

HEARTBEAT = "heartbeat:workers"
DEMO = 7_304  # the advisory lock of the loading of the demo


@shared_task
def react() -> None:
    """Lets the higher apps react to what is in the outbox."""
    end = time.monotonic() + 30
    while time.monotonic() < end and outbox.react_once():
        pass


@shared_task
def heartbeat() -> None:
    """Shows the health page that a worker takes tasks."""
    cache.set(HEARTBEAT, 1, timeout=60)


@shared_task
def forget_notifications() -> None:
    """Nightly: what was read long ago goes."""
    drop_old_notifications()


@shared_task
def forget_idempotency_keys() -> None:
    """Nightly: answers that nobody will ask for again."""
    drop_old_idempotency_keys()


@shared_task(bind=True, max_retries=4)
def mail_invitation(self: Task, invitation_id: int, site: str) -> None:
    """Sends an invitation; a mail server that is away is tried for half an hour, then the page says so."""
    try:
        send_invitation(invitation_id=invitation_id, site=site)
    except OSError as error:
        if self.request.retries >= self.max_retries:
            give_up_invitation(invitation_id=invitation_id, why=str(error))
        else:
            raise self.retry(countdown=60 * 2**self.request.retries, exc=error) from error


@shared_task(time_limit=1800)
def load_demo(member_id: int) -> None:
    """Makes the demo companies, which takes minutes, and lets the admin who asked look at them.

    A copy of a task that is delivered again ends at once: it must not keep a worker waiting for the first. One that
    comes after the demo was removed brings nothing back.
    """
    admin = Member.objects.get(id=member_id)
    if not has_asked_for_demo(admin):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [DEMO])
        if not cursor.fetchone()[0]:
            return
    try:
        call_command("seed_demo", again=True)
        join_demo(admin=admin)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [DEMO])
