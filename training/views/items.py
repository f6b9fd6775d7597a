"""An item of a path: what is to be done, and what is said of it."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from training.actions.entries import ask_for, judge, mark_done, waive
from training.forms.entries import AskForm, DoneForm, JudgeForm, WaiverForm
from training.models import Entry, Item
from training.permissions import can_ask, can_do, can_judge, can_waive
from training.queries.item import ItemPage, item_page
from training.queries.people import is_above

from .doors import find_enrolment
from .paths import path_of

# Kinds that have a page of their own.
ELSEWHERE = {Item.Kind.QUIZ: "training:quiz", Item.Kind.RIDE_ALONG: "training:rides"}
# Pictures of a lesson come by https from wherever its author has them.
with_pictures = csp_update({"img-src": ["https:"]})


@with_pictures
@require_safe
@member_required
def item(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    page = _page(request, enrolment, item)
    if url := _elsewhere(page):
        return redirect(url)
    return _shown(request, page)


@with_pictures
@require_POST
@member_required
def done(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    """The trainee's own word: read, or every line ticked."""
    page = _page(request, enrolment, item)
    allow(can_do(request.member, page.enrolment, page.item), _("Only whose path it is can say so."))
    form = DoneForm(page.item, request.POST)
    if _said(request, page, form, mark_done):
        messages.success(request, _("Done: “%(title)s”.") % {"title": page.item.title})
        return redirect("training:path", page.enrolment.id)
    return _shown(request, page, doing=form)


@with_pictures
@require_POST
@member_required
def asking(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    """The trainee hands in, or asks for a word."""
    page = _page(request, enrolment, item)
    allow(can_ask(request.member, page.enrolment, page.item), _("Only whose path it is can ask."))
    form = AskForm(request.member, page.item, request.POST)
    if _said(request, page, form, ask_for):
        messages.success(request, _("It waits for whoever leads you."))
        return _back(page)
    return _shown(request, page, ask=form)


@with_pictures
@require_POST
@member_required
def judgement(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    """Another one's word: passed, or not yet."""
    page = _page(request, enrolment, item)
    above = is_above(request.member, page.enrolment.member_id)
    allow(
        can_judge(request.member, page.enrolment, page.item, above),
        _("Whoever leads the trainee says so, never oneself."),
    )
    form = JudgeForm(request.member, page.item, request.POST)
    if _said(request, page, form, judge, is_free=True):
        passed = form.cleaned_data["outcome"] == Entry.Outcome.PASSED
        messages.success(
            request, _("Saved: passed.") if passed else _("Saved: not yet. The trainee reads why.")
        )
        return redirect("training:path", page.enrolment.id)
    return _shown(request, page, judging=form)


@require_POST
@member_required
def waiver(request: MemberRequest, enrolment: int) -> HttpResponse:
    """Lets somebody off an item, with a reason."""
    found = find_enrolment(request, enrolment)
    allow(
        can_waive(request.member, found, is_above(request.member, found.member_id)),
        _("Whoever leads the trainee waives a part, never oneself."),
    )
    form = WaiverForm(request.POST)
    if form.is_valid():
        rows = Item.objects.filter(company_id=found.company_id, module__of=found.version_id)
        item = rows.select_related("module").filter(id=form.cleaned_data["item"] or 0).first()
        if item is None:
            form.add_error("item", _("Choose a part of this path."))
        else:
            try:
                waive(actor=request.member, enrolment=found, item=item, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _("Waived: “%(title)s”.") % {"title": item.title})
                return redirect("training:path", found.id)
    return path_of(request, found, waiver=form)


def _page(request: MemberRequest, enrolment: int, item: int) -> ItemPage:
    found = find_enrolment(request, enrolment)
    page = item_page(request.member, found, item, request.member.company.today())
    if page is None:
        raise Http404
    return page


def _elsewhere(page: ItemPage) -> str:
    name = ELSEWHERE.get(Item.Kind(page.item.kind))
    try:
        return reverse(name, args=[page.enrolment.id, page.item.id]) if name else ""
    except NoReverseMatch:
        return ""


def _said(
    request: MemberRequest,
    page: ItemPage,
    form: forms.Form,
    deed: Callable[..., Entry],
    is_free: bool = False,
) -> bool:
    """Whether it was taken; if not, the form says why. is_free: even of a part that waits for something."""
    if not form.is_valid():
        return False
    if page.chapter.why and not is_free:
        form.add_error(None, page.chapter.why)
        return False
    given: dict[str, Any] = form.cleaned_data
    try:
        deed(actor=request.member, enrolment=page.enrolment, item=page.item, **given)
    except ValidationError as error:
        take_errors(form, error)
        return False
    return True


def _back(page: ItemPage) -> HttpResponse:
    return redirect("training:item", page.enrolment.id, page.item.id)


def _shown(request: MemberRequest, page: ItemPage, **refused: Any) -> HttpResponse:
    """refused: the form that was not taken, with what was typed."""
    item = page.item
    context = {
        "page": page,
        "item": item,
        "enrolment": page.enrolment,
        "doing": DoneForm(item),
        "ask": AskForm(request.member, item),
        "judging": JudgeForm(request.member, item),
    } | refused
    return render(request, "training/items/show.html", context, status=422 if refused else 200)
