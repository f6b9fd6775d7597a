"""Kits: read with all their versions, put together out of the bank, archived."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from hiring.actions.kits import archive_kit, compose_kit, revise_kit
from hiring.actions.library import newest_version
from hiring.forms.library import KitForm, Picks
from hiring.models import Kit, KitVersion
from hiring.queries.library import kit_page

from .doors import allow_hiring, gone_if, stale

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@member_required
def show(request: MemberRequest, kit: int, number: int | None = None) -> HttpResponse:
    """The newest version, or the one of a number, and the list of all."""
    found = _find(request, kit)
    page = kit_page(found, number)
    gone_if(page is None)
    return render(request, "hiring/library/kit.html", {"kit": found, "page": page})


@READ_OR_POST
@member_required
def new(request: MemberRequest) -> HttpResponse:
    allow_hiring(request)
    if request.method != "POST":
        return _form(request, KitForm(initial={"minutes": 45}), Picks(request.member, []))
    return _edited(request, None)


@READ_OR_POST
@member_required
def edit(request: MemberRequest, kit: int) -> HttpResponse:
    """What is saved is the next version; interviews stay on theirs."""
    found = _find(request, kit)
    if request.method != "POST":
        newest = newest_version(found)
        asked = newest.questions.order_by("position").values_list("question_id", flat=True)
        picks = Picks(request.member, [str(id) for id in asked])
        return _form(request, KitForm(version=newest), picks, found)
    return _edited(request, found)


@require_POST
@member_required
def archiving(request: MemberRequest, kit: int) -> HttpResponse:
    found = _find(request, kit)
    archive_kit(actor=request.member, kit=found)
    told = _("“%(name)s” is archived. Stages that have it keep it.") % _named(found)
    offer_undo(request, told, reverse("hiring:kit_restoration", args=[found.id]))
    return redirect("hiring:library")


@require_POST
@member_required
def restoration(request: MemberRequest, kit: int) -> HttpResponse:
    found = _find(request, kit)
    archive_kit(actor=request.member, kit=found, is_archived=False)
    messages.success(request, _("“%(name)s” is back.") % _named(found))
    return redirect("hiring:kit", found.id)


def _edited(request: MemberRequest, kit: Kit | None) -> HttpResponse:
    """A press on a button of the list shows the form anew with the list changed; saving makes the version."""
    picks = Picks(request.member, request.POST.getlist("question"))
    if do := request.POST.get("do"):
        picks.step(do, request.POST.get("more", ""))
        typed = {name: request.POST.get(name, "") for name in KitForm.base_fields}
        return _form(request, KitForm(initial=typed), picks, kit)
    form = KitForm(request.POST)
    is_valid = form.is_valid()
    if picks.error:
        form.add_error(None, picks.error)
    elif is_valid and (version := _save(request, form, picks, kit)):
        told = _("“%(kit)s” stands at version %(number)s.")
        messages.success(request, told % {"kit": isolated(version.kit.name), "number": version.number})
        return redirect("hiring:kit", version.kit_id)
    return _form(request, form, picks, kit, status=422)


def _save(request: MemberRequest, form: KitForm, picks: Picks, kit: Kit | None) -> KitVersion | None:
    given: dict[str, Any] = dict(form.cleaned_data)
    number = given.pop("number")
    try:
        if kit is None:
            return compose_kit(actor=request.member, questions=picks.picked, **given)
        return revise_kit(actor=request.member, kit=kit, number=number, questions=picks.picked, **given)
    except EditConflict:
        stale(form)
    except ValidationError as error:
        take_errors(form, error)
    return None


def _form(
    request: MemberRequest, form: KitForm, picks: Picks, kit: Kit | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "picks": picks, "kit": kit}
    return render(request, "hiring/library/kit_form.html", context, status=status)


def _find(request: MemberRequest, kit: int) -> Kit:
    allow_hiring(request)
    return get_object_or_404(Kit.objects.visible_to(request.member), id=kit)


def _named(kit: Kit) -> dict[str, str]:
    return {"name": isolated(kit.name)}
