"""In-app notifications: who is told of what, once, and how it reads.

Kept is a verb and ids; the words are made when somebody reads them, in their language and from the rows as they
are then. A higher app says how its verbs read (`register`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from cs_platform.lib import clock


@dataclass(frozen=True)
class Notice:
    """Something for one person to hear of. key: the same one again tells nothing. actor_id: whoever did it."""

    member_id: int | None
    verb: str
    key: str
    url: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    actor_id: int | None = None


@dataclass(frozen=True)
class Words:
    """A notification as its reader sees it. icon: a Tabler name. about: what it concerns, or nothing."""

    icon: str
    title: str
    about: str = ""


@dataclass(frozen=True)
class Line:
    row: Notification
    words: Words


Reader = Callable[[Member, Sequence[Notification]], dict[int, Words]]
_readers: dict[str, Reader] = {}


def register(verbs: Iterable[str], reader: Reader) -> None:
    """How notifications of these verbs read: reader(member, rows) gives {notification id: Words}."""
    _readers.update(dict.fromkeys(verbs, reader))


def notify(company_id: int, notices: Iterable[Notice]) -> None:
    """Tells each person once: neither the one who did it, nor leavers, nor people who cannot sign in."""
    wanted = [notice for notice in notices if notice.member_id and notice.member_id != notice.actor_id]
    people = Member.objects.active().filter(company_id=company_id, user__isnull=False, is_bot=False)
    there = set(people.filter(id__in={notice.member_id for notice in wanted}).values_list("id", flat=True))
    now = clock.now()
    Notification.objects.bulk_create(
        [
            Notification(
                company_id=company_id,
                member_id=notice.member_id,
                verb=notice.verb,
                key=notice.key,
                url=notice.url,
                detail=notice.detail | {"actor": notice.actor_id},
                created_at=now,
            )
            for notice in wanted
            if notice.member_id in there
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


def in_words(member: Member, rows: Sequence[Notification]) -> list[Line]:
    """The rows in the order given, as the member reads them; each reader is asked once."""
    by_reader: dict[Reader, list[Notification]] = {}
    for row in rows:
        if row.verb in _readers:
            by_reader.setdefault(_readers[row.verb], []).append(row)
    words = {
        row_id: said for reader, its in by_reader.items() for row_id, said in reader(member, its).items()
    }
    return [
        Line(row, words.get(row.id) or Words("bell", _("Something of yours has changed"))) for row in rows
    ]


def lines_before(member: Member, before: int | None, most: int) -> list[Line]:
    """The newest notifications of a member, or those older than one; at most `most`."""
    mine = Notification.objects.visible_to(member)
    if before is not None:
        mine = mine.filter(id__lt=before)
    return in_words(member, list(mine.order_by("-id")[:most]))


def unread_lines(member: Member, most: int) -> list[Line]:
    """The newest notifications that a member has not read."""
    return in_words(member, list(Notification.objects.visible_to(member).unread().order_by("-id")[:most]))
