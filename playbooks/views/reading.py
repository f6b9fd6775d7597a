"""The page on which a playbook is read, and what readers say: I have read it, and this step is wrong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from customers.models import Ticket
from playbooks.actions.acknowledgements import acknowledge, ask_readers_again
from playbooks.actions.flags import answer_flag, flag_step
from playbooks.forms.flags import AnswerForm, FlagForm
from playbooks.forms.runs import PlaceForm
from playbooks.models import Flag, Playbook, Version
from playbooks.permissions import can_answer_flag, can_ask_readers
from playbooks.queries.lists import readable, team_today, with_archived
from playbooks.queries.reading import reading


def to_read(request: MemberRequest, playbook: int, rows: QuerySet[Playbook] | None = None) -> Playbook:
    found = readable(request.member) if rows is None else rows
    linked = found.select_related("scenario", "owner", "verifier", "verifier_team", "audience")
    return get_object_or_404(linked, id=playbook)


def version_wanted(request: MemberRequest) -> int | None:
    """The number in ?version=, None for the version in use."""
    wanted = request.GET.get("version", "")
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        raise Http404
    return int(wanted)


@require_safe
@member_required
def show(request: MemberRequest, playbook: int) -> HttpResponse:
    """?version= reads an earlier one; ?ticket= offers to run it there, where somebody came from. One that is archived
    can be read, and nothing else: its runs lead here."""
    found = to_read(request, playbook, with_archived(request.member))
    page = reading(request.member, found, version_wanted(request))
    if page is None:
        raise Http404
    shown = {"page": page, "playbook": page.playbook, "ticket": _ticket(request)}
    return render(request, "playbooks/show.html", shown)


@require_POST
@member_required
def acknowledgement(request: MemberRequest, playbook: int) -> HttpResponse:
    """The reader has read the version whose number is sent."""
    found = to_read(request, playbook)
    number = request.POST.get("version", "")
    version = get_object_or_404(
        Version.objects.visible_to(request.member).filter(playbook=found),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0,
    )
    try:
        acknowledge(actor=request.member, version=version)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Thank you. You have read version %(n)s.") % {"n": version.number})
    return redirect("playbooks:show", found.id)


@require_POST
@member_required
def asking(request: MemberRequest, playbook: int) -> HttpResponse:
    """Who has read it long ago, or before it changed, is asked to read it again."""
    found = to_read(request, playbook)
    may = can_ask_readers(request.member, found)
    allow(may, _("Its owner and managers ask readers to read it again."))
    if n := ask_readers_again(actor=request.member, playbook=found):
        told = ngettext(
            "%(n)s person is asked to read it again.", "%(n)s people are asked to read it again.", n
        )
        messages.success(request, told % {"n": n})
    else:
        messages.info(request, _("There is nobody to ask, or they were asked already."))
    return redirect("playbooks:show", found.id)


@require_POST
@member_required
def flag(request: MemberRequest, playbook: int) -> HttpResponse:
    """A step is wrong. Answered in place in a run's panel; else leads back to where it was said."""
    found = to_read(request, playbook)
    form = FlagForm(request.POST)
    if not form.is_valid():
        return _back(request, found, form.refusal())
    out = Version.objects.visible_to(request.member).filter(playbook=found)
    number = form.cleaned_data["version"]
    version = out.filter(number=number).first() if number else out.filter(state="published").first()
    if version is None:
        raise Http404
    try:
        flag_step(
            actor=request.member,
            version=version,
            step=form.cleaned_data["step"],
            text=form.cleaned_data["text"],
        )
    except ValidationError as error:
        return _back(request, found, " ".join(error.messages))
    return _back(request, found)


@require_POST
@member_required
def flag_answer(request: MemberRequest, playbook: int, flag: int) -> HttpResponse:
    found = to_read(request, playbook)
    said = get_object_or_404(Flag.objects.visible_to(request.member), id=flag, version__playbook=found)
    may = can_answer_flag(request.member, found, team_today(request.member).first())
    allow(may, _("Its owner, its verifier and managers answer what is said of a playbook."))
    form = AnswerForm(request.POST)
    if form.is_valid():
        answer_flag(actor=request.member, flag=said, answer=form.cleaned_data["answer"])
        messages.success(request, _("Answered."))
    else:
        messages.error(request, " ".join(map(str, form.errors["answer"])))
    return redirect("playbooks:show", found.id)


def _ticket(request: MemberRequest) -> Ticket | None:
    form = PlaceForm(request.GET)
    wanted = form.cleaned_data.get("ticket") if form.is_valid() else None
    return get_object_or_404(Ticket.objects.visible_to(request.member), id=wanted) if wanted else None


def _back(request: MemberRequest, playbook: Playbook, wrong: str = "") -> HttpResponse:
    if request.htmx:
        return _in_place(request, playbook, wrong)
    if wrong:
        messages.error(request, wrong)
    else:
        messages.success(request, _("Flagged. Whoever answers for the playbook is told."))
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(
        wanted if wanted.startswith("/") and is_ours else reverse("playbooks:show", args=[playbook.id])
    )


def _in_place(request: MemberRequest, playbook: Playbook, wrong: str) -> HttpResponse:
    """What stands instead of the form; of what was refused the form again, with what was typed."""
    if not wrong:
        return render(request, "playbooks/run/_flagged.html")
    sent = {name: request.POST.get(name, "") for name in ("step", "version", "next")}
    context = {"playbook_id": playbook.id, "flag_refusal": wrong, "flag_typed": request.POST.get("text", "")}
    return render(request, "playbooks/run/_flag_form.html", sent | context, status=422)
