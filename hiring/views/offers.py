"""The offer after two people decided to hire, its answer, and the hire."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.forms.people import offered
from accounts.middleware import MemberRequest
from accounts.permissions import can_manage_people
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.words import isolated
from hiring.actions.offers import answer_offer, hire, is_to_be_hired, make_offer
from hiring.forms.offers import AnswerForm, HireForm, OfferForm
from hiring.models import Application, Offer

from .debrief import find_managed

RELATED = ("manager", "team", "member", "made_by")
STANDS = (Offer.State.OUT, Offer.State.ACCEPTED)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def offer(request: MemberRequest, application: int) -> HttpResponse:
    found = find_managed(request, application)
    form = OfferForm(request.POST or None, member=request.member, requisition=found.requisition)
    if request.method == "POST" and form.is_valid():
        try:
            make_offer(actor=request.member, application=found, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("The offer stands. Tell the candidate, then note the answer here."))
            return redirect("hiring:offer", found.id)
    return _show(request, found, form=form)


@require_POST
@member_required
def answer(request: MemberRequest, offer: int) -> HttpResponse:
    found, form = _find(request, offer), AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, found.application, refused=form)
    try:
        answer_offer(actor=request.member, offer=found, state=form.cleaned_data["state"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("hiring:offer", found.application_id)


@require_POST
@member_required
def hiring(request: MemberRequest, offer: int) -> HttpResponse:
    """Makes a member of whoever accepted. Who enters people enters these, too."""
    found = _find(request, offer)
    allow(can_manage_people(request.member), _("Leaders and admins enter people."))
    form = HireForm(request.POST)
    if form.is_valid():
        try:
            person = hire(actor=request.member, offer=found, email=form.cleaned_data["email"])
        except ValidationError as error:
            take_errors(form, error)
        else:
            told = _("%(name)s is hired, and in the organisation from the first day on.")
            messages.success(request, told % {"name": isolated(person.name)})
            return redirect("hiring:offer", found.application_id)
    return _show(request, found.application, hire_form=form)


def _find(request: MemberRequest, offer: int) -> Offer:
    found = get_object_or_404(Offer.objects.visible_to(request.member), id=offer)
    found.application = find_managed(request, found.application_id)
    return found


def _show(
    request: MemberRequest,
    application: Application,
    form: BaseForm | None = None,
    hire_form: BaseForm | None = None,
    refused: BaseForm | None = None,
) -> HttpResponse:
    offers = list(application.offers.select_related(*RELATED).order_by("-id"))
    candidate = application.candidate
    context = {
        "application": application,
        "offers": offers,
        "stands": next((each for each in offers if each.state in STANDS), None),
        "may_offer": is_to_be_hired(application),
        "may_hire": can_manage_people(request.member),
        "form": form or OfferForm(member=request.member, requisition=application.requisition),
        "hire_form": hire_form or HireForm(initial={"email": candidate.email}),
        "refused": refused,
        "offered": offered(request.member),
        "is_internal": candidate.member_id is not None,
    }
    sent = refused or hire_form or form
    status = page_status(sent) if sent is not None else 200
    return render(request, "hiring/debrief/offer.html", context, status=status)
