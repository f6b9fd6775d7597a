"""Live sessions: the list, one of them, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from accounts.views.people import site_of
from cs_platform.lib import clock
from cs_platform.lib.invites import CANCEL, PUBLISH
from customers.actions.conflict import EditConflict
from training.actions import sessions as actions
from training.forms.people import to_choose
from training.forms.sessions import AttendanceForm, SessionForm
from training.markdown import html_of
from training.models import Session
from training.permissions import can_change_session, can_note_attendance, can_set_up
from training.queries.sessions import items_to_count_for, people_of_teams, session_page, sessions_page
from training.session_mail import calendar_of

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
OFFERED = 200
WHO_SETS_UP = gettext_lazy("Managers and leaders set sessions up.")
WHO_CHANGES = gettext_lazy("Who set this session up changes it, and leaders do.")
WHO_NOTES = gettext_lazy("The host, or who set this session up, notes who came.")
MEANWHILE = gettext_lazy(
    "Somebody has changed this session meanwhile. What you wrote is kept: send it again to overwrite."
)


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    page = sessions_page(request.member, request.GET.get("page"))
    context = {"page": page, "can_set_up": can_set_up(request.member), "now": clock.now()}
    return render(request, "training/sessions/index.html", context)


@READ_OR_POST
@member_required
def new(request: MemberRequest) -> HttpResponse:
    allow(can_set_up(request.member), str(WHO_SETS_UP))
    form = SessionForm(
        request.member, items_to_count_for(request.member), request.POST or None,
        zone=timezone.get_current_timezone_name(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan_session(
                actor=request.member, people=_asked(request, form), site=site_of(request), **form.values()
            )
            messages.success(request, _("The session is set up. Invitations go out by e-mail."))
            return redirect("training:session", made.id)
        except ValidationError as error:
            take_errors(form, error)
    return _form(request, form)


@require_safe
@member_required
def show(request: MemberRequest, session: int) -> HttpResponse:
    return _page(request, _find(request, session))


@READ_OR_POST
@member_required
def edit(request: MemberRequest, session: int) -> HttpResponse:
    found = _find_changeable(request, session)
    items = items_to_count_for(request.member)
    form = SessionForm(request.member, items, request.POST or None, session=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_session(
                actor=request.member, session=found, people=_asked(request, form),
                version=form.cleaned_data["version"], site=site_of(request), **form.values(),
            )  # fmt: skip
            messages.success(
                request, _("Saved. Who is asked newly, differently or no more is told by e-mail.")
            )
            return redirect("training:session", found.id)
        except EditConflict as conflict:
            _meant_now(request, form, conflict)
            status = 409
        except ValidationError as error:
            take_errors(form, error)
    return _form(request, form, found, status)


@require_POST
@member_required
def repetition(request: MemberRequest, session: int) -> HttpResponse:
    """The same again next month."""
    found = _find_changeable(request, session)
    made = actions.repeat_session(actor=request.member, session=found, site=site_of(request))
    messages.success(request, _("The session is set up for next month. Invitations go out by e-mail."))
    return redirect("training:session", made.id)


@require_POST
@member_required
def cancellation(request: MemberRequest, session: int) -> HttpResponse:
    found = _find_changeable(request, session)
    try:
        actions.cancel_session(actor=request.member, session=found, site=site_of(request))
        messages.success(request, _("The session is called off. Who was asked is told by e-mail."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:session", found.id)


@require_POST
@member_required
def attendance(request: MemberRequest, session: int) -> HttpResponse:
    """Who came, and for how long."""
    found = _find_noted(request, session)
    form = _attendance(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        count = actions.note_attendance(
            actor=request.member, session=found, came=form.came(), version=form.cleaned_data["version"]
        )
        told = ngettext("%(n)s person noted.", "%(n)s people noted.", count) % {"n": count}
        messages.success(request, told if count else _("Nothing changed."))
    except EditConflict as conflict:
        _meant_now(request, form, conflict)
        return _page(request, _find(request, session), form, 409)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, found, form)
    return redirect("training:session", found.id)


@require_POST
@member_required
def closing(request: MemberRequest, session: int) -> HttpResponse:
    """Attendance stays, and counts on paths."""
    found = _find_noted(request, session)
    try:
        actions.close_session(actor=request.member, session=found)
        messages.success(request, _("The session is closed. Who came has it counted."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:session", found.id)


@require_safe
@member_required
def calendar(request: MemberRequest, session: int) -> HttpResponse:
    """The session as a file for a calendar program."""
    found = _find(request, session)
    link = request.build_absolute_uri(reverse("training:session", args=[found.id]))
    file = calendar_of(found, CANCEL if found.cancelled_at else PUBLISH, link=link)
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="session-{found.id}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _find(request: MemberRequest, session: int) -> Session:
    rows = Session.objects.visible_to(request.member).select_related("host", "created_by")
    return get_object_or_404(rows, id=session)


def _find_changeable(request: MemberRequest, session: int) -> Session:
    found = _find(request, session)
    allow(can_change_session(request.member, found), str(WHO_CHANGES))
    return found


def _find_noted(request: MemberRequest, session: int) -> Session:
    found = _find(request, session)
    allow(can_note_attendance(request.member, found), str(WHO_NOTES))
    return found


def _meant_now(request: MemberRequest, form: Any, conflict: EditConflict) -> None:
    """What was typed stays; sent the next time it overwrites."""
    form.data = form.data.copy()
    form.data["version"] = str(conflict.version)
    messages.warning(request, str(MEANWHILE))


def _asked(request: MemberRequest, form: SessionForm) -> set[int]:
    """Ids of the people of whole teams, and of those by name."""
    teams = {team.id for team in form.cleaned_data["teams"]}
    company = request.member.company
    named = {member.id for member in form.cleaned_data["people"]}
    return named | people_of_teams(company.id, teams, company.today())


def _attendance(request: MemberRequest, found: Session, data: Any = None) -> AttendanceForm:
    seats = found.seats.exclude(member=request.member).select_related("member", "noted_by")
    return AttendanceForm(found, list(seats.order_by("member__name", "id")), actions.length_of(found), data)


def _page(
    request: MemberRequest, found: Session, form: AttendanceForm | None = None, status: int = 200
) -> HttpResponse:
    member, now = request.member, clock.now()
    is_open = found.cancelled_at is None and found.closed_at is None
    notes = can_note_attendance(member, found)
    if form is None and notes and is_open and found.starts_at <= now:
        form = _attendance(request, found)
    context = {
        "page": session_page(member, found, timezone.get_current_timezone_name(), can_set_up(member)),
        "session": found,
        "body": html_of(found.body),
        "form": form,
        "is_open": is_open,
        "is_over": found.ends_at <= now,
        "can_change": can_change_session(member, found),
        "can_note": notes,
    }
    status = max(status, page_status(form)) if form else status
    return render(request, "training/sessions/show.html", context, status=status)


def _form(
    request: MemberRequest, form: SessionForm, session: Session | None = None, status: int = 200
) -> HttpResponse:
    people = to_choose(request.member).order_by("name", "id")[:OFFERED]
    context = {"form": form, "session": session, "people": people}
    return render(request, "training/sessions/form.html", context, status=max(status, page_status(form)))
