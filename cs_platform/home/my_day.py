from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.models import Member, Role
from accounts.notifications import unread_lines
from accounts.views.access import member_required
from customers.queries.needs import load_of, shift_of
from metrics.boards import own_two
from metrics.boards.tiles import Tile

from .dues import Today, dues, grouped
from .lede import lede
from .need import queue

SHOWN = 30
NEWS = 5


@require_safe
@member_required
def my_day(request: MemberRequest) -> HttpResponse:
    """What waits for the reader, in the order of the day, then what is new and the own two figures."""
    member, today = request.member, Today.of(request.member)
    lines = dues(member, today, SHOWN + 1)
    groups, load = grouped(lines[:SHOWN], today), load_of(member, today.now)
    context = {
        "today": today,
        "shift": _shift(member, today),
        "groups": groups,
        "lede": lede(groups, load),
        "has_more": len(lines) > SHOWN,
        "load": load,
        "own_two": _own_two(member),
        "queue_url": queue(assignee="me", state="unresolved"),
        "news": unread_lines(member, NEWS),
    }
    return render(request, "home/my_day.html", context)


def _own_two(member: Member) -> list[Tile]:
    """The own focus figures; of somebody who never takes a ticket nothing is shown."""
    tiles = own_two(member)
    return tiles if member.role == Role.REP or any(tile.point.n for tile in tiles) else []


def _shift(member: Member, today: Today) -> str:
    """What follows the time: ". On shift until 17:30", or nothing where no shift is known."""
    shift = shift_of(member, today.now, today.tonight)
    if shift is None:
        return ""
    if shift.started_at <= today.now:
        return _(". On shift until %(time)s") % {"time": _hours(shift.ended_at)}
    return _(". On shift from %(time)s") % {"time": _hours(shift.started_at)}


def _hours(at: datetime) -> str:
    return date_format(localtime(at), "H:i")
