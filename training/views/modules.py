"""Modules and items of a draft: made, changed, moved and taken out."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from training.actions import drafts as actions
from training.forms.programmes import ItemForm, ModuleForm
from training.models import Item, Module, Programme, ProgrammeVersion
from training.seed import ROLE_PLAYS

from .drafts import KEPT, MEANWHILE, back_to, draft_of, refuse_stale, seen
from .programmes import find_programme

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
with_pictures = csp_update({"img-src": ["https:"]})


@READ_OR_POST
@member_required
def module_new(request: MemberRequest, programme: int) -> HttpResponse:
    found, draft = _find(request, programme)
    form = ModuleForm(request.member, draft, request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = _saved(form, actions.add_module, actor=request.member, draft=draft)
        if saved:
            messages.success(request, _("The module is there, at the end. Now give it something to do."))
            return back_to(found, f"m{saved.id}")
    return _module_page(request, found, draft, form)


@READ_OR_POST
@member_required
def module(request: MemberRequest, programme: int, module: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = get_object_or_404(draft.modules.select_related("playbook", "of"), id=module)
    form = ModuleForm(request.member, draft, request.POST or None, each)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and _saved(form, actions.change_module, actor=request.member, module=each):
        messages.success(request, _("Saved."))
        return back_to(found, f"m{each.id}")
    return _module_page(request, found, draft, form, each)


@require_POST
@member_required
def module_position(request: MemberRequest, programme: int, module: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = get_object_or_404(draft.modules, id=module)
    _move(request, actions.move_module, module=each)
    return back_to(found, f"m{each.id}")


@require_POST
@member_required
def module_removal(request: MemberRequest, programme: int, module: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = get_object_or_404(draft.modules, id=module)
    _remove(request, draft, each.title, actions.remove_module, module=each)
    return back_to(found)


@with_pictures
@READ_OR_POST
@member_required
def item_new(request: MemberRequest, programme: int, module: int) -> HttpResponse:
    """?kind= says what it is, ?ready= offers one of the ready scenarios."""
    found, draft = _find(request, programme)
    each = get_object_or_404(draft.modules, id=module)
    kind = request.GET.get("kind", "")
    if kind not in Item.Kind.values:
        raise Http404
    ready = _ready(request, kind)
    form = ItemForm(kind, draft, each, request.POST or None, initial=ready)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        saved = _saved(form, actions.add_item, actor=request.member, module=each, kind=kind)
        if saved:
            messages.success(request, _("The item is there, at the end of its module."))
            return back_to(found, f"i{saved.id}")
    return _item_page(request, found, draft, each, form)


@with_pictures
@READ_OR_POST
@member_required
def item(request: MemberRequest, programme: int, item: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = _item(draft, item)
    form = ItemForm(each.kind, draft, each.module, request.POST or None, each)
    is_sent = request.method == "POST" and "preview" not in request.POST and form.is_valid()
    if is_sent and _saved(form, actions.change_item, actor=request.member, item=each):
        messages.success(request, _("Saved."))
        return back_to(found, f"i{each.id}")
    return _item_page(request, found, draft, each.module, form, each)


@require_POST
@member_required
def item_position(request: MemberRequest, programme: int, item: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = _item(draft, item)
    _move(request, actions.move_item, item=each)
    return back_to(found, f"i{each.id}")


@require_POST
@member_required
def item_removal(request: MemberRequest, programme: int, item: int) -> HttpResponse:
    found, draft = _find(request, programme)
    each = _item(draft, item)
    _remove(request, draft, each.title, actions.remove_item, item=each)
    return back_to(found, f"m{each.module_id}")


def _find(request: MemberRequest, programme: int) -> tuple[Programme, ProgrammeVersion]:
    """404 where no draft is open: what is published does not change."""
    found = find_programme(request, programme)
    draft = draft_of(found)
    if draft is None:
        raise Http404
    return found, draft


def _item(draft: ProgrammeVersion, item: int) -> Any:
    rows = Item.objects.filter(company_id=draft.company_id, module__of=draft)
    return get_object_or_404(rows.select_related("module__of"), id=item)


def _ready(request: MemberRequest, kind: str) -> dict[str, Any]:
    """One of the ready role-plays, by its place."""
    asked = request.GET.get("ready", "")
    if kind != Item.Kind.ROLE_PLAY or not asked.isdecimal() or int(asked[:4]) >= len(ROLE_PLAYS):
        return {}
    seed = ROLE_PLAYS[int(asked[:4])]
    texts = {name: str(seed.fields[name]) for name in ("body", "goal", "partner")}
    return {"title": str(seed.title), "rubric": [str(line) for line in seed.fields["rubric"]], **texts}


def _saved(form: Any, act: Any, **given: Any) -> Any:
    """What the action made; None where it refused, which the form then says."""
    try:
        return act(edits=form.cleaned_data["edits"], **given, **form.changes())
    except EditConflict as conflict:
        form.status = refuse_stale(form, conflict)
    except ValidationError as error:
        take_errors(form, error)
    return None


def _status(form: Any) -> int:
    return getattr(form, "status", 0) or page_status(form)


def _module_page(
    request: MemberRequest,
    programme: Programme,
    draft: ProgrammeVersion,
    form: ModuleForm,
    module: Any = None,
) -> HttpResponse:
    context = {"programme": programme, "version": draft, "form": form, "module": module}
    return render(request, "training/programmes/module.html", context, status=_status(form))


def _item_page(
    request: MemberRequest,
    programme: Programme,
    draft: ProgrammeVersion,
    module: Module,
    form: ItemForm,
    item: Any = None,
) -> HttpResponse:
    """The page; asked for by htmx, only how the text will be read."""
    text = request.POST.get("body", "").replace("\x00", "")[:20_000] if "preview" in request.POST else ""
    context = {"programme": programme, "version": draft, "module": module, "item": item, "form": form}
    context |= {"preview": text, "kind": Item.Kind(form.kind), "is_preview": "preview" in request.POST}
    context["ready"] = ROLE_PLAYS if form.kind == Item.Kind.ROLE_PLAY and not item else ()
    if "preview" in request.POST:
        form.errors.clear()
        template = "training/programmes/_preview.html" if request.htmx else "training/programmes/item.html"
        answer = render(request, template, context)
        answer["Vary"] = "HX-Request"
        return answer
    return render(request, "training/programmes/item.html", context, status=_status(form))


def _move(request: MemberRequest, act: Any, **given: Any) -> None:
    by = -1 if request.POST.get("by") == "up" else 1
    try:
        act(actor=request.member, by=by, edits=seen(request), **given)
    except EditConflict:
        messages.warning(request, str(MEANWHILE))


def _remove(request: MemberRequest, draft: ProgrammeVersion, title: str, act: Any, **given: Any) -> None:
    try:
        kept = act(actor=request.member, edits=seen(request), **given)
    except EditConflict:
        messages.warning(request, str(MEANWHILE))
        return
    request.session[KEPT] = {"version": draft.id, "what": kept}
    url = reverse("training:draft_putting_back", args=[draft.programme_id])
    offer_undo(request, _("“%(title)s” is taken out.") % {"title": isolated(title)}, url)
