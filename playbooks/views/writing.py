"""Writing time: given to people, seen by everybody, taken into their calendars."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.words import isolated
from playbooks.actions.writing import give_writing_time, take_back_writing_time
from playbooks.forms.people import offered, to_choose
from playbooks.forms.writing import AskedForm, WritingForm
from playbooks.models import Scenario, WritingSlot
from playbooks.permissions import can_set_up
from playbooks.queries.writing import calendar_of, next_morning, slots


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def writing(request: MemberRequest) -> HttpResponse:
    """What lies ahead; whoever sets playbooks up gives hours."""
    member = request.member
    if request.method == "POST":
        allow(can_set_up(member), _("Managers, the leader and admins give writing time."))
        form = WritingForm(member, request.POST)
        if form.is_valid() and (slot := _give(member, form)):
            told = _("%(name)s has time to write “%(scenario)s”.")
            names = {"name": isolated(slot.member.name), "scenario": slot.scenario.name}
            messages.success(request, told % names)
            return redirect("playbooks:writing")
    else:
        form = WritingForm(member, initial=_asked(request))
    context = {
        "slots": slots(member),
        "form": form,
        "sets_up": can_set_up(member),
        "people": offered(member) if can_set_up(member) else [],
    }
    return render(request, "playbooks/writing/index.html", context, status=page_status(form))


def _give(member: Member, form: WritingForm) -> WritingSlot | None:
    given: dict[str, Any] = dict(form.cleaned_data)
    try:
        return give_writing_time(actor=member, minutes=60 * given.pop("hours"), **given)
    except ValidationError as error:
        take_errors(form, error)
        return None


def _asked(request: MemberRequest) -> dict[str, Any]:
    asked = AskedForm(request.GET)
    given = asked.cleaned_data if asked.is_valid() else {}
    scenario = Scenario.objects.visible_to(request.member).filter(id=given.get("scenario") or 0).first()
    writer = to_choose(request.member).filter(id=given.get("member") or 0).first()
    found: dict[str, Any] = {"scenario": scenario, "member": writer}
    if writer:
        found["starts_at"] = localtime(next_morning(writer))
    return found


@require_safe
@member_required
def calendar(request: MemberRequest, slot: int) -> HttpResponse:
    """A slot as a file for a calendar program."""
    found = get_object_or_404(
        WritingSlot.objects.visible_to(request.member).select_related("scenario", "given_by"), id=slot
    )
    answer = HttpResponse(
        calendar_of([found], request.get_host()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="writing-{found.id}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@member_required
def removal(request: MemberRequest, slot: int) -> HttpResponse:
    """Takes writing time back."""
    found = get_object_or_404(WritingSlot.objects.visible_to(request.member), id=slot)
    allow(can_set_up(request.member), _("Managers, the leader and admins take writing time back."))
    take_back_writing_time(actor=request.member, slot=found)
    messages.success(request, _("The writing time was taken back."))
    return redirect("playbooks:writing")
