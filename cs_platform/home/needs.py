"""What needs doing, by role: the first thing on each home page, most urgent first."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from accounts.permissions import can_manage_company
from accounts.queries import ids_below
from cs_platform.lib.words import day, duration, isolated, whole
from customers.queries.needs import COUNTED, Found, needs
from metrics.queries import Present

from .need import Need, queue
from .people import lag, leavers, without_manager
from .plans import of_plans
from .processes import of_playbooks

__all__ = ["Need", "needs_of_leader", "needs_of_manager"]

SHOWN = 6
SHORT = 140
OF_TEAM = ("late", "promises", "unassigned", "low", "reopened", "oldest")
OF_COMPANY = ("unassigned", "promises", "low")


def needs_of_manager(member: Member, at: Present) -> list[Need]:
    """Of everybody below a manager, at the company's present."""
    now, today = at.now, at.today
    team = ids_below(member, today)
    found = needs(member.company_id, OF_TEAM, now=now, today=today, team=team)
    lines = [LINES[kind](found[kind], member, now) for kind in OF_TEAM if kind in found]
    processes = [*of_playbooks(member, at, team), *of_plans(member, at, team)]
    return [*lines, *processes, *leavers(member, team, today)][:SHOWN]


def needs_of_leader(member: Member, at: Present) -> list[Need]:
    """Of the whole company at its present; what only an admin can do is shown to admins."""
    now, today = at.now, at.today
    kinds = (*OF_COMPANY, "imports") if can_manage_company(member) else OF_COMPANY
    found = needs(member.company_id, kinds, now=now, today=today)
    lines = [LINES[kind](found[kind], member, now) for kind in kinds if kind in found]
    processes = [*of_playbooks(member, at), *of_plans(member, at)]
    return [*lag(at), *lines, *processes, *without_manager(member, today)][:SHOWN]


# --- Tickets, promises, answers, imports --------------------------------------------------------------------------


def _late(found: Found, member: Member, now: datetime) -> Need:
    title = ngettext("%(n)s ticket of your team is late", "%(n)s tickets of your team are late", found.count)
    waiting = found.ref or 0
    answer = ngettext("%(n)s waits for a first response", "%(n)s wait for a first response", waiting)
    return Need(
        icon="clock",
        title=title % {"n": whole(found.count)},
        detail=answer % {"n": waiting} if waiting else _("All of them had a first response"),
        due=_("oldest by %(time)s") % {"time": _since(found, now)},
        is_late=True,
        act=_("See them"),
        url=queue(due="late", team=member.id),
    )


def _unassigned(found: Found, member: Member, now: datetime) -> Need:
    if found.count >= COUNTED:
        title, due = _("%(n)s tickets or more have no assignee") % {"n": COUNTED}, ""
    else:
        title = ngettext("%(n)s ticket has no assignee", "%(n)s tickets have no assignee", found.count)
        title, due = (
            title % {"n": whole(found.count)},
            _("oldest for %(time)s") % {"time": _since(found, now)},
        )
    return Need(
        "inbox",
        title,
        _("Open, and nobody works on them"),
        due,
        False,
        _("Assign"),
        queue(assignee="nobody", state="open"),
    )


def _reopened(found: Found, member: Member, now: datetime) -> Need:
    title = ngettext("%(n)s ticket was reopened", "%(n)s tickets were reopened", found.count)
    return Need(
        icon="refresh",
        title=title % {"n": whole(found.count)},
        detail=_("And not resolved again since"),
        due="",
        is_late=False,
        act=_("See them"),
        url=queue(reopened="yes", state="unresolved", team=member.id),
    )


def _oldest(found: Found, member: Member, now: datetime) -> Need:
    count = ngettext("%(n)s open ticket", "%(n)s open tickets", found.count) % {"n": whole(found.count)}
    return Need(
        icon="hourglass",
        title=_("%(name)s has the oldest open ticket of your team") % {"name": isolated(found.text)},
        detail=_("%(tickets)s in all; help may be welcome") % {"tickets": count},
        due=_("open for %(time)s") % {"time": _since(found, now)},
        is_late=False,
        act=_("See them"),
        url=queue(assignee=found.ref or "", state="unresolved", sort="oldest"),
    )


def _promises(found: Found, member: Member, now: datetime) -> Need:
    title = ngettext(
        "%(n)s promise to a customer is late", "%(n)s promises to customers are late", found.count
    )
    return Need(
        icon="pin",
        title=title % {"n": whole(found.count)},
        detail=_("Promised and not kept by its day"),
        due=_("oldest since %(day)s") % {"day": day(found.since, now)} if found.since else "",
        is_late=True,
        act=_("Open"),
        url=_page(found),
    )


def _low(found: Found, member: Member, now: datetime) -> Need:
    title = ngettext("%(n)s low score with a comment", "%(n)s low scores with a comment", found.count)
    return Need(
        icon="message-circle",
        title=title % {"n": whole(found.count)},
        detail=f"“{Truncator(found.text).chars(SHORT)}”",
        due=_("%(time)s ago") % {"time": _since(found, now)},
        is_late=False,
        act=_("Read"),
        url=_page(found),
    )


def _imports(found: Found, member: Member, now: datetime) -> Need:
    if found.count:
        title = ngettext(
            "%(n)s row of the last import was refused",
            "%(n)s rows of the last import were refused",
            found.count,
        )
    else:
        title = _("The last import could not be read to its end")
    return Need(
        icon="file-import",
        title=title % {"n": whole(found.count)} if found.count else title,
        detail=found.text,
        due=_("%(time)s ago") % {"time": _since(found, now)},
        is_late=False,
        act=_("See why"),
        url=reverse("customers:import_index"),
    )


LINES: dict[str, Callable[[Found, Member, datetime], Need]] = {
    "late": _late,
    "unassigned": _unassigned,
    "reopened": _reopened,
    "oldest": _oldest,
    "promises": _promises,
    "low": _low,
    "imports": _imports,
}


def _page(found: Found) -> str:
    """The ticket's or customer's page; of an answer that names neither, the list of customers."""
    if found.ref is None:
        return reverse("customers:customer_index")
    return reverse(f"customers:{found.noun}_show", args=[found.ref])


def _since(found: Found, now: datetime) -> str:
    """In minutes at least."""
    return duration(max((now - found.since).total_seconds(), 60) if found.since else 60)
