"""Celery's part: short, safe to run twice, safe to lose."""

import time

from celery import shared_task
from django.core.cache import cache

from . import outbox
from .actions import drop_old_notifications

HEARTBEAT = "heartbeat:workers"


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
