"""Paths: the own one, those of the team, one of them, and who is put on it or taken off."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.sheets import csv_response
from cs_platform.lib.words import day as in_words
from cs_platform.lib.words import isolated
from training.actions.enrolments import enrol, withdraw
from training.forms.entries import JudgeForm, WaiverForm
from training.forms.paths import EnrolForm, PathsForm, WithdrawalForm, programmes_of, to_enrol
from training.models import Enrolment
from training.permissions import can_enrol, can_set_up
from training.queries.path import path_page
from training.queries.paths import every_row, filtered, own_paths, paths_page
from training.queries.people import is_above
from training.queries.signoffs import signoffs_page

from .doors import find_enrolment

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
OFFERED = 200


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    """A rep's own path; for whoever leads people the paths of these."""
    if not request.member.leads_people:
        return _own(request)
    form = PathsForm(request.member, request.GET)
    asked = form.asked()
    context = {
        "page": paths_page(request.member, request.GET.get("page"), **asked),
        "form": form,
        "is_filtered": bool(asked),
        "query": _query(request),
        "has_programmes": programmes_of(request.member).exists(),
    }
    return render(request, "training/paths/index.html", context)


@require_safe
@member_required
def sheet(request: MemberRequest) -> StreamingHttpResponse:
    """The list with its filters, whole."""
    allow(can_set_up(request.member), _("Managers, leaders and admins read the paths of others."))
    rows = filtered(request.member, **PathsForm(request.member, request.GET).asked())
    header = [
        _("Name"), _("E-mail"), _("Programme"), _("Version"), _("State"), _("Start"), _("Week"), _("Weeks"),
        _("Parts done"), _("Parts"), _("Parts behind"), _("Completed"),
    ]  # fmt: skip
    return csv_response("training", header, _lines(request, rows))


@require_safe
@member_required
def show(request: MemberRequest, enrolment: int) -> HttpResponse:
    return path_of(request, find_enrolment(request, enrolment))


@require_safe
@member_required
def signoffs(request: MemberRequest) -> HttpResponse:
    """What waits for the reader's word, the oldest first."""
    page = signoffs_page(request.member, request.GET.get("page"))
    return render(request, "training/paths/signoffs.html", {"page": page})


@READ_OR_POST
@member_required
def new(request: MemberRequest) -> HttpResponse:
    """Puts somebody on a path by hand."""
    allow(can_set_up(request.member), _("Managers, leaders and admins put people on a path."))
    form = EnrolForm(request.member, request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and (made := _enrolled(request, form)):
        told = {"name": isolated(made.member.name), "day": _day(request, made)}
        said = _("%(name)s is on the path and starts on %(day)s.") % told
        messages.success(request, " ".join(each for each in (form.moved(made), said) if each))
        return redirect("training:path", made.id)
    people = to_enrol(request.member).order_by("name", "id")[:OFFERED]
    context = {"form": form, "people": people, "has_programmes": form.fields["programme"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "training/paths/new.html", context, status=page_status(form))


@require_POST
@member_required
def withdrawal(request: MemberRequest, enrolment: int) -> HttpResponse:
    """Takes somebody off a path, with a reason."""
    found = find_enrolment(request, enrolment)
    may = can_enrol(request.member, found.member, is_above(request.member, found.member_id))
    allow(may, _("Whoever leads them takes people off a path, never oneself."))
    form = WithdrawalForm(request.POST)
    try:
        if form.is_valid():
            withdraw(actor=request.member, enrolment=found, reason=form.cleaned_data["reason"])
            messages.success(request, _("The path was given up. What was done on it stays."))
            return redirect("training:path", found.id)
    except ValidationError as error:
        take_errors(form, error)
    return path_of(request, found, withdrawal=form)


def path_of(request: MemberRequest, enrolment: Enrolment, **forms: Any) -> HttpResponse:
    """The page of a path; forms: what was refused on it, with what was typed."""
    page = path_page(request.member, enrolment, request.member.company.today())
    first = page.asked[0] if page.asked else None
    context = {
        "page": page,
        "enrolment": enrolment,
        "first": first,
        "judging": JudgeForm(request.member, first.item) if first else None,
        "waiver": WaiverForm(),
        "withdrawal": WithdrawalForm(),
        "more": own_paths(request.member)[:20] if page.is_own else (),
    } | forms
    return render(request, "training/paths/show.html", context, status=422 if forms else 200)


def _own(request: MemberRequest) -> HttpResponse:
    found = own_paths(request.member).first()
    if found is None:
        return render(request, "training/paths/none.html")
    return path_of(request, found)


def _enrolled(request: MemberRequest, form: EnrolForm) -> Enrolment | None:
    said = form.cleaned_data
    try:
        return enrol(
            actor=request.member, member=said["member"], programme=said["programme"], starts_on=form.begins()
        )
    except ValidationError as error:
        take_errors(form, error)
    return None


def _day(request: MemberRequest, enrolment: Enrolment) -> str:
    return in_words(enrolment.starts_on, request.member.company.today(), "D j M")


def _query(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()


def _lines(request: MemberRequest, rows: Any) -> Iterator[list[Any]]:
    for row in every_row(rows, request.member.company.today()):
        each = row.enrolment
        completed = each.completed_at.date().isoformat() if each.completed_at else ""
        yield [
            each.member.name, each.member.email, each.version.programme.title, each.version.number,
            each.get_state_display(), each.starts_on.isoformat(), row.week, row.weeks, each.done, each.total,
            row.behind, completed,
        ]  # fmt: skip
