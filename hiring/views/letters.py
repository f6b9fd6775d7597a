"""Letters to a candidate: what was sent, and a new one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.mailbox import mails_are_kept
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.outside import number
from customers.actions import EditConflict
from hiring.actions.letters import filled, send_again, turn_down, write_letter
from hiring.forms.letters import LetterForm
from hiring.models import Application, Decision, Letter, LetterTemplate
from hiring.queries.interviews import planned_of

from .debrief import find_managed

Occasion = LetterTemplate.Occasion


@require_safe
@member_required
def index(request: MemberRequest, application: int) -> HttpResponse:
    found = find_managed(request, application)
    rows = found.letters.select_related("author").order_by("-written_at", "-id")
    context = {"application": found, "letters": rows, "are_kept": mails_are_kept()}
    return render(request, "hiring/letters/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: MemberRequest, application: int) -> HttpResponse:
    """?template= or ?occasion= says what it begins with. One that turns down closes the application, too."""
    found = find_managed(request, application)
    templates = list(LetterTemplate.objects.visible_to(request.member).order_by("occasion", "name"))
    chosen = _chosen(request, templates)
    occasion = request.POST.get("occasion") or (chosen.occasion if chosen else Occasion.STATUS)
    turns_down = occasion == Occasion.DECLINE and found.is_active
    form = LetterForm(
        request.POST or None,
        turns_down=turns_down,
        planned=planned_of(request.member, application=found) if turns_down else (),
        initial=_begun(request, found, chosen, occasion),
    )
    if request.method == "POST" and form.is_valid() and _sent(request, found, form, turns_down):
        return redirect("hiring:letters", found.id)
    context = {
        "application": found,
        "form": form,
        "templates": templates,
        "chosen": chosen,
        "turns_down": turns_down,
        "verb": _("Send and turn down") if turns_down else _("Send"),
    }
    return render(request, "hiring/letters/new.html", context, status=page_status(form))


@require_POST
@member_required
def again(request: MemberRequest, letter: int) -> HttpResponse:
    found = get_object_or_404(Letter.objects.visible_to(request.member), id=letter)
    application = find_managed(request, found.application_id)
    try:
        send_again(actor=request.member, letter=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The letter is tried again."))
    return redirect("hiring:letters", application.id)


def _sent(request: MemberRequest, application: Application, form: LetterForm, turns_down: bool) -> bool:
    said = dict(form.cleaned_data)
    occasion, version = said.pop("occasion"), said.pop("version") or 0
    try:
        if turns_down:
            turn_down(actor=request.member, application=application, version=version, **said)
        else:
            write_letter(actor=request.member, application=application, occasion=occasion, **said)
    except EditConflict:
        form.add_error(None, _("Somebody has moved this application meanwhile. Look at it, then send again."))
        # Whoever reads that has been told: the next sending is theirs to answer for.
        data = request.POST.copy()
        data["version"] = str(application.version)
        form.data = data
        return False
    except ValidationError as error:
        take_errors(form, error)
        return False
    messages.success(request, _("The letter is on its way."))
    return True


def _chosen(request: MemberRequest, templates: list[LetterTemplate]) -> LetterTemplate | None:
    wanted, occasion = number(request.GET.get("template", "")), request.GET.get("occasion")
    found = [each for each in templates if each.id == wanted]
    return next(iter(found or [each for each in templates if each.occasion == occasion]), None)


def _begun(
    request: MemberRequest, application: Application, chosen: LetterTemplate | None, occasion: str
) -> dict[str, Any]:
    initial: dict[str, Any] = {"occasion": occasion, "version": application.version}
    if chosen is not None:
        initial["subject"] = filled(chosen.subject, application, request.member.name)[:200]
        initial["body"] = filled(chosen.body, application, request.member.name)
    if occasion == Occasion.DECLINE and _is_decided_against(application):
        initial["why"] = _("Two people decided not to hire.")
    return initial


def _is_decided_against(application: Application) -> bool:
    newest = application.decisions.exclude(state=Decision.State.REFUSED).order_by("-id").first()
    wanted = (Decision.Outcome.NO_HIRE, Decision.State.APPROVED)
    return newest is not None and (newest.outcome, newest.state) == wanted
