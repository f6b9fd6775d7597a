"""Programmes: the list, opening one, reading what is published, what changed, archiving."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Role
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from training.actions.drafts import restore_programme
from training.actions.programmes import archive_programme, open_programme
from training.forms.programmes import ProgrammeForm
from training.models import Programme, ProgrammeVersion
from training.permissions import can_set_up
from training.queries.programmes import changes_between, content_of, programme_page, programme_rows


def find_programme(request: MemberRequest, programme: int) -> Programme:
    """404 for one of another company, 403 for who does not set programmes up."""
    rows = Programme.objects.visible_to(request.member).select_related("team")
    found: Programme = get_object_or_404(rows, id=programme)
    allow_set_up(request)
    return found


def allow_set_up(request: MemberRequest) -> None:
    allow(can_set_up(request.member), _("Managers, leaders and admins set programmes up."))


@require_safe
@member_required
def programmes(request: MemberRequest) -> HttpResponse:
    allow_set_up(request)
    context = {"rows": programme_rows(request.member)}
    return render(request, "training/programmes/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def programme_new(request: MemberRequest) -> HttpResponse:
    """A draft with the common modules and one for each process that the role is to know."""
    allow_set_up(request)
    form = ProgrammeForm(request.member, request.POST or None, initial={"role": Role.REP})
    if request.method == "POST" and form.is_valid():
        try:
            programme = open_programme(actor=request.member, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("The draft is there. Look through it, then publish it."))
            return redirect("training:draft", programme.id)
    return render(request, "training/programmes/new.html", {"form": form}, status=page_status(form))


@require_safe
@member_required
def programme(request: MemberRequest, programme: int, number: int | None = None) -> HttpResponse:
    """The published version, or the one of a number, and the list of all."""
    found = find_programme(request, programme)
    page = programme_page(found, number)
    if page is None:
        raise Http404
    return render(request, "training/programmes/show.html", {"page": page, "programme": found})


@require_safe
@member_required
def comparison(request: MemberRequest, programme: int, number: int, other: int) -> HttpResponse:
    """What the later of two published versions says that the earlier one does not."""
    found = find_programme(request, programme)
    told = found.versions.exclude(state=ProgrammeVersion.State.DRAFT)
    first, second = sorted((number, other))
    old = get_object_or_404(told, number=first)
    new = get_object_or_404(told, number=second)
    changes = changes_between(content_of(old), content_of(new))
    context = {"programme": found, "old": old, "new": new, "changes": changes}
    return render(request, "training/programmes/compare.html", context)


@require_POST
@member_required
def archiving(request: MemberRequest, programme: int) -> HttpResponse:
    found = find_programme(request, programme)
    archive_programme(actor=request.member, programme=found)
    told = _("“%(title)s” is archived. Nobody new is put on it; who is on it goes on.")
    url = reverse("training:programme_restoration", args=[found.id])
    offer_undo(request, told % {"title": isolated(found.title)}, url)
    return redirect("training:programmes")


@require_POST
@member_required
def restoration(request: MemberRequest, programme: int) -> HttpResponse:
    found = find_programme(request, programme)
    try:
        restore_programme(actor=request.member, programme=found)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(title)s” is back.") % {"title": isolated(found.title)})
    return redirect("training:programmes")
