"""What needs doing about playbooks: those that nobody can trust any more, and versions that wait for long."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import day, isolated, whole
from metrics.queries import Present
from playbooks.queries.needs import Lapsed, lapsed

from .need import Need


def of_playbooks(member: Member, at: Present, team: Collection[int] | None = None) -> list[Need]:
    """Of a team, or with none of the whole company; in one query."""
    found = lapsed(member, now=at.now, today=at.today, team=team)
    return [line(found[kind], at) for kind, line in LINES.items() if kind in found]


def _lapsed(found: Lapsed, at: Present) -> Need:
    title = ngettext(
        "%(n)s playbook is not verified any more", "%(n)s playbooks are not verified any more", found.count
    )
    return Need(
        icon="book-2",
        title=title % {"n": whole(found.count)},
        detail=_named(found),
        due=_("expired %(day)s") % {"day": day(found.since, at.today)} if found.since else "",
        is_late=True,
        act=_("See them"),
        url=reverse("playbooks:index"),
    )


def _waiting(found: Lapsed, at: Present) -> Need:
    title = ngettext(
        "%(n)s playbook waits long for a review", "%(n)s playbooks wait long for a review", found.count
    )
    return Need(
        icon="clipboard-check",
        title=title % {"n": whole(found.count)},
        detail=_named(found),
        due=_("since %(day)s") % {"day": day(found.since, at.today)} if found.since else "",
        is_late=False,
        act=_("Review"),
        url=reverse("playbooks:reviews"),
    )


LINES = {"lapsed": _lapsed, "waiting": _waiting}


def _named(found: Lapsed) -> str:
    """The one that waits the longest, and how many more there are."""
    if found.count == 1:
        return isolated(found.title)
    more = {"title": isolated(found.title), "n": whole(found.count - 1)}
    return ngettext("%(title)s and %(n)s more", "%(title)s and %(n)s more", found.count - 1) % more
