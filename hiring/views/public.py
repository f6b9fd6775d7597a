"""The public page of a job: opened and closed by who hires, used by anybody who has the link."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from redis.exceptions import RedisError

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.uploads import takes_small_files
from hiring.actions.applying import close_link, find_requisition, open_link, receive_application
from hiring.actions.files import MOST_BYTES
from hiring.forms.public import ApplyForm, opened_now
from hiring.models import Requisition
from hiring.queries.consent import consent_text
from hiring.queries.settings import settings_of

from . import board

logger = logging.getLogger(__name__)
# So many sendings from one address in so many seconds; a whole class of students may sit behind one.
TRIES, A_WHILE = 40, 3600


@require_POST
@member_required
def link_opening(request: MemberRequest, requisition: int) -> HttpResponse:
    """A first link, or a new one that makes the earlier one void."""
    open_link(actor=request.member, requisition=board.find_requisition(request, requisition))
    messages.success(request, _("The public page is open. Earlier links are void."))
    return redirect("hiring:board", requisition)


@require_POST
@member_required
def link_removal(request: MemberRequest, requisition: int) -> HttpResponse:
    close_link(actor=request.member, requisition=board.find_requisition(request, requisition))
    messages.success(request, _("The public page is closed. Its link leads nowhere now."))
    return redirect("hiring:board", requisition)


@never_cache
@takes_small_files(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, token: str) -> HttpResponse:
    requisition = _job(token)
    if requisition.state != Requisition.State.OPEN:
        return render(request, "hiring/public/closed.html", {"requisition": requisition}, status=410)
    if request.method == "POST" and _too_often(request):
        return render(request, "429.html", status=429)
    form = _form(request, requisition)
    if request.method == "POST" and (form.is_machine or (form.is_valid() and _received(requisition, form))):
        return redirect("hiring:apply_thanks", token)
    fresh = not form.is_bound or "opened" in form.errors
    opened = opened_now() if fresh else form["opened"].value()
    page = {"requisition": requisition, "form": form, "opened": opened}
    return render(request, "hiring/public/apply.html", page, status=page_status(form))


@require_safe
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "hiring/public/thanks.html", {"requisition": _job(token)})


def _job(token: str) -> Requisition:
    requisition = find_requisition(token)
    if requisition is None:
        raise Http404
    return requisition


def _form(request: HttpRequest, requisition: Requisition) -> ApplyForm:
    rules = settings_of(requisition.company_id)
    said: dict[str, Any] = {"collects": rules.collects_voluntary, "consent": consent_text(rules)}
    if request.method != "POST":
        return ApplyForm(initial={"opened": opened_now()}, **said)
    too_large = bool(getattr(request, "too_large", ()))
    return ApplyForm(request.POST, request.FILES, too_large=too_large, **said)


def _received(requisition: Requisition, form: ApplyForm) -> bool:
    try:
        receive_application(
            requisition=requisition,
            person=form.person(),
            upload=form.cleaned_data["file"],
            answers=form.answers(),
        )
    except ValidationError as refused:
        take_errors(form, refused)
    return not form.errors


def _too_often(request: HttpRequest) -> bool:
    """Without the cache nobody is turned away: an application weighs more than a nuisance."""
    try:
        key = f"apply:{get_adapter().get_client_ip(request)}"
        cache.add(key, 0, timeout=A_WHILE)
        return cache.incr(key) > TRIES
    except (RedisError, ValueError, PermissionDenied):
        logger.warning("Sendings of the public page are not counted")
        return False
