"""Boards of teams and people; the company's and the own team's stand at the home of their role."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from metrics.boards import files
from metrics.boards.board import Board, board
from metrics.boards.period import LAST_28
from metrics.forms import METRIC_CHOICES, PERIODS, TREND_CHOICES, BoardForm
from metrics.permissions import can_set_focus
from metrics.queries import Level, Present, Reader, Scope, present

KEPT = ("metric", "grain", "scope")
# More rows of people or teams than these are shown when they are asked for.
MOST_ROWS = 30


@require_safe
@member_required
def team_board(request: MemberRequest, person: int) -> HttpResponseBase:
    """The figures of a manager's team or tree."""
    return show(request, Level.MANAGER, find(request.member, person))


@require_safe
@member_required
def rep_board(request: MemberRequest, person: int) -> HttpResponseBase:
    """The figures of one person."""
    return show(request, Level.REP, find(request.member, person))


def find(member: Member, person: int) -> Member | None:
    """Somebody of the member's company; None for nobody, 404 for who is not there."""
    if not person:
        return None
    found = Member.objects.visible_to(member).filter(id=person).first()
    if found is None:
        raise Http404(_("There is no such person in your company."))
    return found


def show(
    request: MemberRequest,
    level: Level,
    person: Member | None,
    template: str = "metrics/board.html",
    at: Present | None = None,
    **extra: Any,
) -> HttpResponseBase:
    """A board as a page or as one of its tables; 403 where the reader may not read it, 400 for a wrong address
    (with what was understood of it). at: the company's present, if it is known already."""
    company = request.member.company
    at = at or present(company)
    reader, form = Reader(request.member, at.today), BoardForm(request.GET, at.today)
    scope = Scope(company.id, level, person.id if person else 0, form.is_tree and level == Level.MANAGER)
    check(reader, scope)
    found = board(reader, scope, form.asked, at)
    if form.file and form.is_valid():
        return csv_response(*files.of_board(found, form.file))
    return render(
        request,
        template,
        {"board": found, "person": person, "form": form, "level": level.value}
        | _links(request, form, found)
        | {"most_rows": None if form.has_all_rows else MOST_ROWS}
        | {"can_set_focus": can_set_focus(request.member)}
        | extra,
        status=200 if form.is_valid() else 400,
    )


def check(reader: Reader, scope: Scope) -> None:
    if not reader.can_read(scope):
        raise PermissionDenied(
            _(
                "These figures are for the people themselves, for the managers above them, and for leaders and"
                " admins. The figures of the whole company are open to you."
            )
        )


def _links(request: MemberRequest, form: BoardForm, found: Board) -> dict[str, Any]:
    """Where the controls of a board lead: everything that is shown stands in the address."""
    kept = {name: form.cleaned_data[name] for name in KEPT if form.cleaned_data.get(name)}
    period = found.period
    of_period = {"period": period.kind, "to": period.end.isoformat()}
    if period.kind == "custom":
        of_period["from"] = period.start.isoformat()
    later = period.later()

    def to(**changes: str) -> str:
        return f"{request.path}?{urlencode(kept | changes)}"

    as_of = {} if period.is_of_today or period.kind == LAST_28 else {"to": period.end.isoformat()}
    base = kept | of_period
    return {
        "periods": [
            (label, to(period=kind, **as_of), kind == period.kind)
            for kind, label in PERIODS
            if kind != "custom"
        ],
        "earlier_url": to(period=period.kind, **period.earlier()),
        "later_url": to(period=period.kind, **later) if later else "",
        "kept": kept,
        "of_period": of_period,
        "files": {
            name: f"{request.path}?{urlencode(base | {'csv': name})}" for name in ("tiles", "people", "trend")
        },
        "scopes": [
            (
                label,
                f"{request.path}?{urlencode(base | {'scope': scope})}",
                (scope == "tree") == found.scope.tree,
            )
            for scope, label in (("team", _("Own team")), ("tree", _("Whole tree")))
            if found.scope.level == Level.MANAGER and found.scope.person_id
        ],
        "all_rows_url": f"{request.path}?{urlencode(base | {'rows': 'all'})}",
        "choices": {"metric": METRIC_CHOICES, "grain": TREND_CHOICES},
        "period_query": urlencode(of_period),
    }
