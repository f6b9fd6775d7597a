"""Scenarios: what comes back, and which tickets are of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from playbooks import actions
from playbooks.forms.people import offered
from playbooks.forms.scenarios import MappingForm, ScenarioForm, TakeInForm
from playbooks.models import Scenario, ScenarioCategory
from playbooks.permissions import can_set_up
from playbooks.queries.scenarios import mappings_of, scenarios_page

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@READ_OR_POST
@member_required
def scenarios(request: MemberRequest) -> HttpResponse:
    """The list with the volume of each, what no scenario takes in, and a form for another one."""
    _allow(request)
    form = ScenarioForm(request.member, request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _create(request, form)):
        messages.success(
            request, _("“%(name)s” is there. Say which tickets are of it.") % {"name": made.name}
        )
        return redirect("playbooks:scenario", made.id)
    page = scenarios_page(request.member)
    context = {"page": page, "form": form, "people": offered(request.member)}
    return render(request, "playbooks/scenario/index.html", context, status=page_status(form))


@READ_OR_POST
@member_required
def scenario(request: MemberRequest, scenario: int) -> HttpResponse:
    """Name, team and senior rep of one, and its categories."""
    found = _find(request, scenario)
    form = ScenarioForm(request.member, request.POST or None, found)
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Saved."))
        return redirect("playbooks:scenarios")
    return _show(request, found, form=form)


@require_POST
@member_required
def archiving(request: MemberRequest, scenario: int) -> HttpResponse:
    found = _find(request, scenario)
    try:
        actions.archive_scenario(actor=request.member, scenario=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("playbooks:scenario", found.id)
    told = _("“%(name)s” is archived.") % {"name": isolated(found.name)}
    offer_undo(request, told, reverse("playbooks:scenario_restoration", args=[found.id]))
    return redirect("playbooks:scenarios")


@require_POST
@member_required
def restoration(request: MemberRequest, scenario: int) -> HttpResponse:
    found = _find(request, scenario)
    actions.restore_scenario(actor=request.member, scenario=found)
    messages.success(
        request, _("“%(name)s” is back. Its categories have to be mapped again.") % {"name": found.name}
    )
    return redirect("playbooks:scenario", found.id)


@require_POST
@member_required
def mapping_new(request: MemberRequest, scenario: int) -> HttpResponse:
    """A category, by a channel or by any, is of this scenario from now on."""
    found = _find(request, scenario)
    mapping = MappingForm(request.member, request.POST)
    if not mapping.is_valid():
        return _show(request, found, mapping=mapping)
    actions.map_category(actor=request.member, scenario=found, **mapping.cleaned_data)
    messages.success(request, _("Mapped. Coverage counts it so at once."))
    return redirect("playbooks:scenario", found.id)


@require_POST
@member_required
def mapping_removal(request: MemberRequest, mapping: int) -> HttpResponse:
    _allow(request)
    rows = ScenarioCategory.objects.visible_to(request.member).select_related("scenario", "category")
    found = get_object_or_404(rows, id=mapping)
    actions.unmap_category(actor=request.member, mapping=found)
    messages.success(request, _("“%(name)s” is no longer of this scenario.") % {"name": found.category.name})
    return redirect("playbooks:scenario", found.scenario_id)


@require_POST
@member_required
def taking_in(request: MemberRequest) -> HttpResponse:
    """One click: all of a category into a scenario, or into a new one of the category's name."""
    _allow(request)
    form = TakeInForm(request.member, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a scenario of the list for this category."))
        return redirect("playbooks:scenarios")
    category, into = form.cleaned_data["category"], form.cleaned_data["scenario"]
    if into is None:
        into = actions.make_scenario_of(actor=request.member, category=category)
    else:
        actions.map_category(actor=request.member, scenario=into, category=category)
    names = {"category": isolated(category.name), "scenario": isolated(into.name)}
    messages.success(request, _("“%(category)s” is of “%(scenario)s” now.") % names)
    return redirect(f"{reverse('playbooks:scenarios')}#unmapped")


def _allow(request: MemberRequest) -> None:
    allow(can_set_up(request.member), _("Managers and leaders set scenarios up."))


def _find(request: MemberRequest, scenario: int) -> Scenario:
    found = get_object_or_404(Scenario.objects.visible_to(request.member), id=scenario)
    _allow(request)
    return found


def _create(request: MemberRequest, form: ScenarioForm) -> Scenario | None:
    try:
        return actions.create_scenario(actor=request.member, **form.changes())
    except (ValidationError, IntegrityError) as error:
        _say(form, error)
    return None


def _change(request: MemberRequest, found: Scenario, form: ScenarioForm) -> Scenario | None:
    version = form.cleaned_data["version"]
    try:
        return actions.change_scenario(
            actor=request.member, scenario=found, version=version, **form.changes()
        )
    except EditConflict:
        form.add_error(
            None, _("Somebody has changed this scenario meanwhile. Open it again and repeat your change.")
        )
    except (ValidationError, IntegrityError) as error:
        _say(form, error)
    return None


def _say(form: ScenarioForm, error: ValidationError | IntegrityError) -> None:
    """A name that is taken is a matter of the name; of two who take it at once the database refuses the second."""
    if isinstance(error, IntegrityError) or getattr(error, "error_dict", {}).keys() == {"__all__"}:
        form.add_error("name", _("There is a scenario of this name already, maybe an archived one."))
    else:
        take_errors(form, error)


def _show(
    request: MemberRequest, found: Scenario, form: Any = None, mapping: MappingForm | None = None
) -> HttpResponse:
    form = form or ScenarioForm(request.member, scenario=found)
    mapping = mapping or MappingForm(request.member)
    context = {
        "scenario": found,
        "form": form,
        "mapping": mapping,
        "mappings": list(mappings_of(found)),
        "people": offered(request.member),
    }
    status = max(page_status(form), page_status(mapping))
    return render(request, "playbooks/scenario/form.html", context, status=status)
