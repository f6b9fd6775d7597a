"""The library: attributes with their anchors, and the bank of questions."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from hiring.actions.attributes import add_attribute, archive_attribute, change_attribute
from hiring.actions.library import stock_library
from hiring.actions.questions import add_question, archive_question, change_question
from hiring.forms.library import AttributeForm, QuestionForm
from hiring.models import Attribute, Question
from hiring.queries.library import library_page, question_bank, uses

from .doors import allow_hiring, small, stale

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@member_required
def library(request: MemberRequest) -> HttpResponse:
    allow_hiring(request)
    return render(request, "hiring/library/index.html", {"page": library_page(request.member)})


@require_POST
@member_required
def stocking(request: MemberRequest) -> HttpResponse:
    """What every company begins with, for one that has nothing yet."""
    allow_hiring(request)
    stock_library(company_id=request.member.company_id, actor=request.member)
    messages.success(request, _("The library is there. Change the words to yours."))
    return redirect("hiring:library")


@READ_OR_POST
@member_required
def attribute_new(request: MemberRequest) -> HttpResponse:
    allow_hiring(request)
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_attribute(actor=request.member, **form.changes())
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("“%(name)s” is there. Give it questions.") % _named(made))
            return redirect(f"{reverse('hiring:question_new')}?attribute={made.id}")
    return render(request, "hiring/library/attribute.html", {"form": form}, status=page_status(form))


@READ_OR_POST
@member_required
def attribute(request: MemberRequest, attribute: int) -> HttpResponse:
    found = _find_attribute(request, attribute)
    form = AttributeForm(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        given = {"version": form.cleaned_data["version"], **form.changes()}
        if _try(form, change_attribute, actor=request.member, attribute=found, **given):
            messages.success(request, _("Saved. Kits take the new words over with their next version."))
            return redirect("hiring:library")
    context = {"form": form, "attribute": found}
    return render(request, "hiring/library/attribute.html", context, status=page_status(form))


@require_POST
@member_required
def attribute_archiving(request: MemberRequest, attribute: int) -> HttpResponse:
    found = _find_attribute(request, attribute)
    archive_attribute(actor=request.member, attribute=found)
    told = _("“%(name)s” is archived. Kits and weights that have it keep it.") % _named(found)
    offer_undo(request, told, reverse("hiring:attribute_restoration", args=[found.id]))
    return redirect("hiring:library")


@require_POST
@member_required
def attribute_restoration(request: MemberRequest, attribute: int) -> HttpResponse:
    found = _find_attribute(request, attribute)
    archive_attribute(actor=request.member, attribute=found, is_archived=False)
    messages.success(request, _("“%(name)s” is back.") % _named(found))
    return redirect("hiring:library")


@require_safe
@member_required
def questions(request: MemberRequest) -> HttpResponse:
    """The bank, of all attributes or of one."""
    allow_hiring(request)
    chosen = small(request.GET.get("attribute", ""))
    is_archived = request.GET.get("state") == "archived"
    bank = question_bank(request.member, chosen, is_archived, request.GET.get("page"))
    query = urlencode({"attribute": chosen or "", "state": "archived" if is_archived else ""})
    context = {"bank": bank, "chosen": chosen, "is_archived": is_archived, "query": query}
    return render(request, "hiring/library/questions.html", context)


@READ_OR_POST
@member_required
def question_new(request: MemberRequest) -> HttpResponse:
    allow_hiring(request)
    first = {"attribute": small(request.GET.get("attribute", ""))}
    form = QuestionForm(request.member, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_question(actor=request.member, **form.changes())
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(
                request, _("The question is in the bank. Kits ask it once it is picked for one.")
            )
            return redirect(f"{reverse('hiring:questions')}?attribute={made.attribute_id}")
    return render(request, "hiring/library/question.html", {"form": form}, status=page_status(form))


@READ_OR_POST
@member_required
def question(request: MemberRequest, question: int) -> HttpResponse:
    found = _find_question(request, question)
    form = QuestionForm(request.member, request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        given = {"version": form.cleaned_data["version"], **form.changes()}
        if _try(form, change_question, actor=request.member, question=found, **given):
            messages.success(request, _("Saved. Kits take the new words over with their next version."))
            return redirect(f"{reverse('hiring:questions')}?attribute={found.attribute_id}")
    kits, interviews = uses(found.company_id, [found.id])
    context = {
        "form": form,
        "question": found,
        "kits": kits.get(found.id, []),
        "interviews": interviews.get(found.id, 0),
    }
    return render(request, "hiring/library/question.html", context, status=page_status(form))


@require_POST
@member_required
def question_archiving(request: MemberRequest, question: int) -> HttpResponse:
    found = _find_question(request, question)
    archive_question(actor=request.member, question=found)
    told = _("The question is archived. Kits that ask it go on asking it.")
    offer_undo(request, told, reverse("hiring:question_restoration", args=[found.id]))
    return redirect("hiring:questions")


@require_POST
@member_required
def question_restoration(request: MemberRequest, question: int) -> HttpResponse:
    found = _find_question(request, question)
    archive_question(actor=request.member, question=found, is_archived=False)
    messages.success(request, _("The question is back."))
    return redirect("hiring:questions")


def _find_attribute(request: MemberRequest, attribute: int) -> Attribute:
    allow_hiring(request)
    return get_object_or_404(Attribute.objects.visible_to(request.member), id=attribute)


def _find_question(request: MemberRequest, question: int) -> Question:
    allow_hiring(request)
    rows = Question.objects.visible_to(request.member).select_related("attribute")
    return get_object_or_404(rows, id=question)


def _named(attribute: Attribute) -> dict[str, str]:
    return {"name": isolated(attribute.name)}


def _try(form: forms.Form, change: Any, **given: Any) -> bool:
    """Whether the change was taken; what was refused stands at the form."""
    try:
        change(**given)
    except EditConflict:
        stale(form)
    except ValidationError as error:
        take_errors(form, error)
    else:
        return True
    return False
