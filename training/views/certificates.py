"""Who is certified for what; one certificate; who stands beside somebody without one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.sheets import csv_response
from cs_platform.lib.words import day, isolated
from playbooks.models import Playbook
from training.actions.certificates import renew, revoke, supervise
from training.actions.supervisions import end_supervision
from training.forms.certificates import FilterForm, RenewalForm, RevocationForm, SupervisionForm
from training.models import Certificate
from training.permissions import can_certify
from training.queries.certificate import certificate_page, may_supervise, supervision_of
from training.queries.certificates import trusted_rows
from training.queries.matrix import matrix, people_to_see
from training.queries.people import is_above
from training.queries.standings import own_cells

ONLY_ABOVE = gettext_lazy("Whoever is above somebody says that; never for oneself.")


@require_safe
@member_required
def certificates(request: MemberRequest) -> HttpResponse:
    """The own ones; for who leads people, people and processes. ?team=, ?process=, ?standing= narrow it."""
    member = request.member
    if not member.leads_people:
        return render(request, "training/certificates/own.html", {"cells": own_cells(member)})
    form = FilterForm(member, request.GET)
    found = matrix(member, form.asked())
    page, rows = found.page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "matrix": found, "page": page, "rows": rows, "query": query.urlencode()}
    return render(request, "training/certificates/matrix.html", context)


@require_safe
@member_required
def certificates_csv(request: MemberRequest) -> HttpResponseBase:
    """The same, as a file; for a rep, of the own ones."""
    header = [
        _("Person"), _("E-mail"), _("Process"), _("Needed"), _("Standing"), _("Level"), _("Until"), _("Supervised by"),
    ]  # fmt: skip
    found = matrix(request.member, FilterForm(request.member, request.GET).asked())
    return csv_response("certificates", header, found.lines())


@require_safe
@member_required
def certificate(request: MemberRequest, certificate: int) -> HttpResponse:
    return _show(request, _found(request, certificate), RenewalForm(), RevocationForm())


@require_POST
@member_required
def renewal(request: MemberRequest, certificate: int) -> HttpResponse:
    """Another one's words: it still holds, for the version in use."""
    found = _to_judge(request, certificate)
    form = RenewalForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, RevocationForm())
    try:
        again = renew(actor=request.member, certificate=found, words=form.cleaned_data["words"])
    except ValidationError as error:
        take_errors(form, error)
        return _show(request, found, form, RevocationForm())
    told = {"name": isolated(found.member.name), "day": day(again.until, request.member.company.today())}
    messages.success(request, _("Renewed: %(name)s is certified until %(day)s.") % told)
    return redirect("training:certificate", again.id)


@require_POST
@member_required
def revocation(request: MemberRequest, certificate: int) -> HttpResponse:
    found = _to_judge(request, certificate)
    form = RevocationForm(request.POST)
    if not form.is_valid():
        return _show(request, found, RenewalForm(), form)
    try:
        gone = revoke(actor=request.member, certificate=found, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        take_errors(form, error)
        return _show(request, found, RenewalForm(), form)
    told = _("Revoked. %(name)s is told, with your reason.") % {"name": isolated(found.member.name)}
    messages.success(request, told)
    return redirect("training:certificate", gone.id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def supervision(request: MemberRequest, person: int, playbook: int) -> HttpResponse:
    """Who stands beside somebody for a process."""
    found, process = _pair(request, person, playbook)
    form = SupervisionForm(request.member, request.POST or None)
    if request.method == "POST" and form.is_valid() and _name(request, found, process, form):
        return redirect("training:supervision", found.id, process.id)
    context = {
        "person": found,
        "process": process,
        "form": form,
        "going": supervision_of(found, process),
        "people": [row.member for row in trusted_rows(process, request.member.company.today())],
    }
    return render(request, "training/certificates/supervision.html", context, status=page_status(form))


@require_POST
@member_required
def supervision_end(request: MemberRequest, person: int, playbook: int) -> HttpResponse:
    found, process = _pair(request, person, playbook)
    going = supervision_of(found, process)
    if going is not None:
        end_supervision(actor=request.member, supervision=going)
    messages.success(request, _("Nobody stands beside %(name)s any more.") % {"name": isolated(found.name)})
    return redirect("training:supervision", found.id, process.id)


def _name(request: MemberRequest, person: Member, process: Playbook, form: SupervisionForm) -> bool:
    try:
        supervise(actor=request.member, member=person, playbook=process, **form.cleaned_data)
    except ValidationError as error:
        take_errors(form, error)
        return False
    told = {"name": isolated(form.cleaned_data["supervisor"].name), "person": isolated(person.name)}
    messages.success(request, _("%(name)s stands beside %(person)s. Both are told.") % told)
    return True


def _found(request: MemberRequest, certificate: int) -> Certificate:
    rows = Certificate.objects.visible_to(request.member).select_related(
        "member", "playbook", "issued_by", "revoked_by", "company", "enrolment__version__programme"
    )
    return get_object_or_404(rows, id=certificate)


def _to_judge(request: MemberRequest, certificate: int) -> Certificate:
    found = _found(request, certificate)
    allow(can_certify(request.member, found, is_above(request.member, found.member_id)), str(ONLY_ABOVE))
    return found


def _pair(request: MemberRequest, person: int, playbook: int) -> tuple[Member, Playbook]:
    found = get_object_or_404(people_to_see(request.member), id=person)
    process = get_object_or_404(Playbook.objects.visible_to(request.member).standing(), id=playbook)
    allow(may_supervise(request.member, found), str(ONLY_ABOVE))
    return found, process


def _show(request: MemberRequest, found: Certificate, renewing: Form, revoking: Form) -> HttpResponse:
    context = {"page": certificate_page(request.member, found), "renewing": renewing, "revoking": revoking}
    status = max(page_status(renewing), page_status(revoking))
    return render(request, "training/certificates/show.html", context, status=status)
