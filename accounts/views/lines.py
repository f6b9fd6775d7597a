"""Who reports to whom from a day on: chosen, previewed, and only then saved."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.actions import LineRefused, hand_over_team, propose_line, set_line
from accounts.forms import HandoverForm, LineForm, as_sent, offered
from accounts.middleware import MemberRequest
from accounts.models import Member, Notification, ReportingLine
from accounts.permissions import can_change_person, can_manage_people, can_propose_line
from accounts.queries.moves import Move, preview, team_to_hand_over
from accounts.views.access import allow, member_required, page_status
from accounts.views.people import find

LONGEST_URL = Notification._meta.get_field("url").max_length or 0


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def person_line(request: MemberRequest, person_id: int) -> HttpResponse:
    """GET shows the form, and with its fields the preview; POST saves it, or proposes it to who may."""
    person, may_save = find(request, person_id), can_manage_people(request.member)
    allow(may_save or can_propose_line(request.member), _("Leaders and admins set reporting lines."))
    form = LineForm(_sent(request), member=request.member, initial=_now(request, person))
    move = None
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        move = preview(
            [person], wanted["manager"], wanted["valid_from"], request.member.company.today(), wanted["team"]
        )
        if request.method == "POST" and not _refuses(form, move, request):
            done = _save_line if may_save else _propose
            if done(request, person, form):
                return redirect("accounts:person", person.id)
    context = {"person": person, "may_save": may_save} | _page(request, form, move)
    return render(request, "accounts/person/line.html", context, status=_status(request, form, move))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def person_handover(request: MemberRequest, person_id: int) -> HttpResponse:
    """Moves a whole team to another manager in one step."""
    giver = find(request, person_id)
    allow(can_manage_people(request.member), _("Leaders and admins hand over teams."))
    form = HandoverForm(
        _sent(request),
        member=request.member,
        giver=giver,
        initial={"valid_from": request.member.company.today()},
    )
    move = None
    if form.is_bound and form.is_valid():
        receiver, day = form.cleaned_data["manager"], form.cleaned_data["valid_from"]
        movers = team_to_hand_over(giver, receiver, day)
        if not movers:
            form.add_error("valid_from", _("Nobody reports to %(name)s on this day.") % {"name": giver.name})
        else:
            move = preview(movers, receiver, day, request.member.company.today())
            if (
                request.method == "POST"
                and not _refuses(form, move, request)
                and _hand_over(request, giver, movers, form)
            ):
                return redirect("accounts:person", giver.id)
    context = {"person": giver, "may_save": True} | _page(request, form, move)
    return render(request, "accounts/person/handover.html", context, status=_status(request, form, move))


def _sent(request: MemberRequest) -> Any:
    if request.method == "POST":
        return request.POST
    return request.GET if "valid_from" in request.GET else None


def _now(request: MemberRequest, person: Member) -> dict[str, Any]:
    """What the form begins with: the line of today."""
    day = request.member.company.today()
    line = ReportingLine.objects.on(day).filter(company_id=person.company_id, member=person)
    found = line.select_related("manager", "team").first()
    return {
        "manager": found.manager if found else None,
        "team": found.team if found else None,
        "valid_from": day,
    }


def _page(request: MemberRequest, form: Any, move: Move | None) -> dict[str, Any]:
    return {
        "form": form,
        "move": move,
        "sent": as_sent(form) if move else {},
        "offered": offered(request.member),
    }


def _status(request: MemberRequest, form: Any, move: Move | None) -> int:
    return 422 if move and move.refused else page_status(form)


def _refuses(form: Any, move: Move, request: MemberRequest) -> bool:
    """Whether what was previewed is not what would be saved."""
    if move.refused:
        return True
    if request.POST.get("seen") != move.seen:
        form.add_error(
            None, _("Somebody has changed these lines meanwhile. Here is the preview anew: look, then save.")
        )
        return True
    return False


def _save_line(request: MemberRequest, person: Member, form: Any) -> bool:
    wanted = form.cleaned_data
    allow(can_change_person(request.member, person), _("Only admins change an admin."))
    try:
        set_line(
            actor=request.member,
            member=person,
            manager=wanted["manager"],
            valid_from=wanted["valid_from"],
            team=wanted["team"],
        )
    except LineRefused as refused:
        form.add_error("manager", str(refused))
        return False
    messages.success(request, _("Saved. Figures follow within a minute."))
    return True


def _propose(request: MemberRequest, person: Member, form: Any) -> bool:
    wanted = form.cleaned_data
    url = reverse("accounts:person_line", args=[person.id])
    filled = f"{url}?{urlencode(as_sent(form))}"
    propose_line(
        actor=request.member,
        member=person,
        manager=wanted["manager"],
        valid_from=wanted["valid_from"],
        # Half a query would fill the form with something else than was proposed; then rather with nothing.
        url=filled if len(filled) <= LONGEST_URL else url,
    )
    messages.success(request, _("Your leaders and admins are told; one of them decides."))
    return True


def _hand_over(request: MemberRequest, giver: Member, movers: list[Member], form: Any) -> bool:
    wanted = form.cleaned_data
    allow(
        all(can_change_person(request.member, each) for each in movers),
        _("There is an admin in this team. Only admins change an admin."),
    )
    try:
        count = hand_over_team(
            actor=request.member, giver=giver, receiver=wanted["manager"], from_on=wanted["valid_from"]
        )
    except LineRefused as refused:
        form.add_error("manager", str(refused))
        return False
    text = ngettext(
        "%(count)s person now reports to %(name)s.", "%(count)s people now report to %(name)s.", count
    )
    messages.success(request, text % {"count": count, "name": wanted["manager"].name})
    return True
