"""A quiz on a path: begin a try, answer, hand in, read the result."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from training.actions.quizzes import begin_try, hand_in, place_of, why_not
from training.forms.quizzes import Answers
from training.models import Enrolment, Item, QuizTry
from training.permissions import can_take
from training.queries.quizzes import QuizPage, quiz_page, result_page

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@READ_OR_POST
@member_required
def quiz(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    """What it takes, or the questions of the try that is open; POST begins one."""
    path, found = _find(request, enrolment, item)
    if request.method == "POST":
        return _begin(request, path, found)
    page = quiz_page(request.member, path, found)
    if page.going and page.may_take:
        return _questions(request, page, page.going, Answers(page.asked))
    context = {"page": page, "why_not": why_not(page.following, found)}
    return render(request, "training/quizzes/quiz.html", context)


@READ_OR_POST
@member_required
def quiz_try(request: MemberRequest, enrolment: int, item: int, number: int) -> HttpResponse:
    """What came of a try; POST hands it in. Before that nobody reads it but whose try it is."""
    path, found = _find(request, enrolment, item)
    if request.method == "POST":
        return _hand_in(request, path, found, number)
    result = result_page(request.member, path, found, number)
    if result is None:
        if not can_take(request.member, path, found):
            raise Http404
        return redirect("training:quiz", path.id, found.id)
    taken = QuizTry.objects.filter(enrolment=path, item=found, number=number).first()
    context = {
        "result": result,
        "page": result.quiz,
        "why_not": why_not(result.quiz.following, found),
        "taken": place_of(taken) if taken else "",
    }
    return render(request, "training/quizzes/result.html", context)


def _begin(request: MemberRequest, path: Enrolment, item: Item) -> HttpResponse:
    _allow(request, path, item)
    if waits := quiz_page(request.member, path, item).waits:
        messages.warning(request, f"{waits}.")
        return redirect("training:quiz", path.id, item.id)
    try:
        begin_try(actor=request.member, enrolment=path, item=item)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect("training:quiz", path.id, item.id)


def _hand_in(request: MemberRequest, path: Enrolment, item: Item, number: int) -> HttpResponse:
    _allow(request, path, item)
    rows = QuizTry.objects.filter(company_id=path.company_id, enrolment=path, item=item)
    found = get_object_or_404(rows, number=min(number, 32767))
    if found.handed_in_at is not None:
        messages.info(request, _("This try was handed in already. This is what came of it."))
        return redirect("training:quiz_try", path.id, item.id, number)
    page = quiz_page(request.member, path, item)
    answers = Answers(page.asked, request.POST)
    if answers.missing:
        return _questions(request, page, found, answers)
    try:
        hand_in(actor=request.member, quiz_try=found, chosen=answers.chosen)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("training:quiz", path.id, item.id)
    return redirect("training:quiz_try", path.id, item.id, number)


def _questions(request: MemberRequest, page: QuizPage, going: QuizTry, answers: Answers) -> HttpResponse:
    context = {"page": page, "going": going, "answers": answers, "place": place_of(going)}
    status = 422 if answers.missing else 200
    return render(request, "training/quizzes/questions.html", context, status=status)


def _find(request: MemberRequest, enrolment: int, item: int) -> tuple[Enrolment, Item]:
    rows = Enrolment.objects.visible_to(request.member).select_related("member", "version__programme")
    path = get_object_or_404(rows, id=enrolment)
    items = Item.objects.filter(company_id=path.company_id, module__of=path.version_id, kind=Item.Kind.QUIZ)
    return path, get_object_or_404(items.select_related("module"), id=item)


def _allow(request: MemberRequest, path: Enrolment, item: Item) -> None:
    allow(
        can_take(request.member, path, item),
        _("Only whose path it is takes the quiz, as long as the path goes."),
    )
