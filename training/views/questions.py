"""The bank of questions."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from customers.actions.conflict import EditConflict
from training.actions.questions import add_question, archive_question, change_question, confirm_question
from training.forms.questions import QuestionForm
from training.models import Question
from training.permissions import can_set_up
from training.queries.questions import (
    Filters,
    question_bank,
    question_rows,
    questions_of,
    quizzes_with,
)

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
STATES = ("flagged", "archived")


@require_safe
@member_required
def questions(request: MemberRequest) -> HttpResponse:
    _allow(request)
    playbook, state = request.GET.get("playbook", ""), request.GET.get("state", "")
    filters = Filters(
        request.GET.get("q", "").replace("\x00", "").strip()[:200],
        int(playbook) if playbook.isdecimal() and len(playbook) < 10 else None,
        state if state in STATES else "",
    )
    bank = question_bank(request.member, filters, request.GET.get("page"))
    query = urlencode({"q": filters.q, "playbook": filters.playbook or "", "state": filters.state})
    context = {"bank": bank, "filters": filters, "query": query}
    return render(request, "training/questions/index.html", context)


@READ_OR_POST
@member_required
def question_new(request: MemberRequest) -> HttpResponse:
    _allow(request)
    if do := request.POST.get("do", ""):
        form = QuestionForm(request.member, typed=request.POST, do=do)
        return render(request, "training/questions/question.html", {"form": form})
    form = QuestionForm(request.member, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_question(actor=request.member, **form.changes())
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("The question is in the bank. Put it into a quiz to have it asked."))
            return redirect("training:questions")
    return render(request, "training/questions/question.html", {"form": form}, status=page_status(form))


@READ_OR_POST
@member_required
def question(request: MemberRequest, question: int) -> HttpResponse:
    found = _find(request, question)
    if do := request.POST.get("do", ""):
        return _show(request, found, QuestionForm(request.member, None, found, typed=request.POST, do=do))
    form = QuestionForm(request.member, request.POST if request.method == "POST" else None, found)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            change_question(actor=request.member, question=found, version=seen, **form.changes())
        except EditConflict:
            told = _("Somebody has changed this meanwhile. Open it again and repeat your change.")
            form.add_error(None, told)
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Saved. Tries that were begun keep the words that they show."))
            return redirect("training:questions")
    return _show(request, found, form)


@require_POST
@member_required
def question_archiving(request: MemberRequest, question: int) -> HttpResponse:
    found = _find(request, question)
    archive_question(actor=request.member, question=found)
    told = _("The question is archived. It is not asked any more; what was answered stays.")
    offer_undo(request, told, reverse("training:question_restoration", args=[found.id]))
    return redirect("training:questions")


@require_POST
@member_required
def question_restoration(request: MemberRequest, question: int) -> HttpResponse:
    found = _find(request, question)
    archive_question(actor=request.member, question=found, is_archived=False)
    messages.success(request, _("The question is back."))
    return redirect("training:questions")


@require_POST
@member_required
def question_confirmation(request: MemberRequest, question: int) -> HttpResponse:
    """Looked at after a change of its playbook, and still right."""
    found = _find(request, question)
    confirm_question(actor=request.member, question=found)
    messages.success(request, _("Noted: the question is still right."))
    return redirect(f"{reverse('training:questions')}?state=flagged")


def _show(request: MemberRequest, found: Question, form: QuestionForm) -> HttpResponse:
    context = {
        "form": form,
        "question": found,
        "row": question_rows(request.member, [found])[0],
        "quizzes": quizzes_with(found),
    }
    status = page_status(form)
    return render(request, "training/questions/question.html", context, status=status)


def _find(request: MemberRequest, question: int) -> Question:
    _allow(request)
    return get_object_or_404(questions_of(request.member).select_related("playbook"), id=question)


def _allow(request: MemberRequest) -> None:
    allow(can_set_up(request.member), _("Managers, leaders and admins keep the bank of questions."))
