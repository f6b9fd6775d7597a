"""What letters to candidates are written with; leaders and admins change it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from customers.actions import EditConflict
from hiring.actions.letters import remove_template, save_template
from hiring.forms.letters import TemplateForm
from hiring.models import LetterTemplate
from hiring.permissions import can_set_rules


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    _let_in(request)
    rows = list(LetterTemplate.objects.visible_to(request.member).order_by("occasion", "name"))
    occasions = list(LetterTemplate.Occasion.values)
    rows.sort(key=lambda each: occasions.index(each.occasion))
    return render(request, "hiring/letters/templates.html", {"templates": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: MemberRequest) -> HttpResponse:
    _let_in(request)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit(request: MemberRequest, template: int) -> HttpResponse:
    return _edit(request, _find(request, template))


@require_POST
@member_required
def removal(request: MemberRequest, template: int) -> HttpResponse:
    found = _find(request, template)
    try:
        remove_template(actor=request.member, template=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("hiring:letter_template", found.id)
    messages.success(request, _("Removed. Letters that were written with it stay as they are."))
    return redirect("hiring:letter_templates")


def _edit(request: MemberRequest, template: LetterTemplate | None) -> HttpResponse:
    # The action takes the words; the form's own object is never saved.
    shown = LetterTemplate.objects.get(id=template.id) if template else None
    form = TemplateForm(request.POST or None, instance=shown)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        version = data.pop("version") or 0
        try:
            save_template(actor=request.member, template=template, version=version, **data)
        except EditConflict:
            form.add_error(None, _("Somebody has changed this letter meanwhile. Load the page anew."))
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Saved. The next letters begin with these words."))
            return redirect("hiring:letter_templates")
    context = {"form": form, "template": template}
    return render(request, "hiring/letters/template.html", context, status=page_status(form))


def _find(request: MemberRequest, template: int) -> LetterTemplate:
    found = get_object_or_404(LetterTemplate.objects.visible_to(request.member), id=template)
    _let_in(request)
    return found


def _let_in(request: MemberRequest) -> None:
    allow(can_set_rules(request.member), _("Leaders and admins change the letters."))
