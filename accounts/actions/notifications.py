"""What a reader does with notifications. No activity is recorded: nobody else ever sees it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Member, Notification
from cs_platform.lib import clock

KEPT_FOR = timedelta(days=90)


def read_notification(*, actor: Member, notification: Notification) -> datetime:
    """Marks one as read; returns the instant, by which `take_back_reading` finds it again."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        notification.save(update_fields=["read_at"])
    return notification.read_at


def read_all_notifications(*, actor: Member) -> tuple[int, datetime]:
    """Marks all of somebody's as read; returns how many, and the instant that they have in common."""
    now = clock.now()
    return Notification.objects.visible_to(actor).unread().update(read_at=now), now


def read_about(*, actor: Member, verbs: Collection[str], detail: dict[str, Any]) -> int:
    """Marks as read what told somebody of a thing that they have just seen to; returns how many."""
    told = Notification.objects.visible_to(actor).unread().filter(verb__in=verbs, detail__contains=detail)
    return told.update(read_at=clock.now())


def take_back_reading(*, actor: Member, read_at: datetime) -> int:
    """Makes unread again what was marked as read at an instant."""
    return Notification.objects.visible_to(actor).filter(read_at=read_at).update(read_at=None)


def drop_old_notifications() -> int:
    """Removes what was read and is old, of every company."""
    old = Notification.objects.filter(created_at__lt=clock.now() - KEPT_FOR, read_at__isnull=False)
    return old.delete()[0]
