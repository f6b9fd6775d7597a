from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import drop_draft
from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib import clock
from cs_platform.lib.undo import offer_undo
from customers.actions import (
    EditConflict,
    add_note,
    change_note,
    delete_note,
    keep_promise,
    reopen_promise,
    restore_note,
)
from customers.forms.notes import NoteForm
from customers.models import Note
from customers.permissions import can_delete_note, can_edit_note

from .customers import show
from .standing import find_survivor, refuse_erased, tells_refusal

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@READ_OR_POST
@member_required
@tells_refusal
def note_new(request: MemberRequest, customer_id: int) -> HttpResponse:
    """What the composer of the customer's page sends."""
    customer = find_survivor(request, customer_id)
    if refusal := refuse_erased(request, customer):
        return refusal
    page = reverse("customers:customer_show", args=[customer.id])
    if request.method != "POST":
        return redirect(f"{page}#id_body")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, customer, form)
    note = add_note(
        actor=request.member,
        customer=customer,
        key=form.cleaned_data["key"],
        **form.note(),
    )
    place = f"customer:{customer_id}:note"
    drop_draft(actor=request.member, place=place)
    request.session["draft_taken"] = place
    messages.success(request, _("Noted."))
    return redirect(f"{page}#note-{note.id}")


@READ_OR_POST
@member_required
@tells_refusal
def note_edit(request: MemberRequest, note_id: int) -> HttpResponse:
    note = _find(request, note_id)
    if not can_edit_note(request.member, note, clock.now()):
        raise PermissionDenied(_("A note is changed by whoever wrote it, for a day."))
    made = note.versions.count()
    initial = {"type": note.type, "body": note.body, "due_on": note.due_on, "version": made}
    form = NoteForm(request.POST or None, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            change_note(actor=request.member, note=note, version=form.cleaned_data["version"], **form.note())
        except EditConflict as conflict:
            theirs = conflict.current
        else:
            messages.success(request, _("Saved."))
            return redirect(_page_of(note))
    page = {"note": note, "form": form, "theirs": theirs, "made": made, "back": _page_of(note)}
    status = 422 if form.errors or theirs else 200
    return render(request, "customers/note/edit.html", page, status=status)


@require_safe
@member_required
def note_history(request: MemberRequest, note_id: int) -> HttpResponse:
    """What a note said before; whoever reads it may know."""
    note = _find(request, note_id)
    page = {"note": note, "versions": note.versions.all(), "back": _page_of(note)}
    return render(request, "customers/note/history.html", page)


@require_POST
@member_required
def note_deletion(request: MemberRequest, note_id: int) -> HttpResponse:
    note = _find(request, note_id)
    if not can_delete_note(request.member, note):
        raise PermissionDenied(_("A note is deleted by whoever wrote it."))
    delete_note(actor=request.member, note=note)
    offer_undo(request, _("The note is deleted."), reverse("customers:note_restoration", args=[note_id]))
    return redirect(_next(request) or _page_of(note, anchor=False))


@require_POST
@member_required
def note_restoration(request: MemberRequest, note_id: int) -> HttpResponse:
    """Takes back a deletion. Sent twice, the note is simply there."""
    here = Note.objects.visible_to(request.member).filter(id=note_id).first()
    if here is None:
        try:
            here = restore_note(actor=request.member, note_id=note_id)
        except ValidationError as nothing:
            raise Http404 from nothing
    messages.success(request, _("The note is there again."))
    return redirect(_page_of(here))


@require_POST
@member_required
def note_kept(request: MemberRequest, note_id: int) -> HttpResponse:
    note = _find(request, note_id)
    keep_promise(actor=request.member, note=note)
    offer_undo(request, _("Promise kept."), reverse("customers:note_reopening", args=[note.id]))
    return redirect(_next(request) or _page_of(note, anchor=False))


@require_POST
@member_required
def note_reopening(request: MemberRequest, note_id: int) -> HttpResponse:
    note = _find(request, note_id)
    reopen_promise(actor=request.member, note=note)
    messages.success(request, _("The promise is open again."))
    return redirect(_next(request) or _page_of(note, anchor=False))


def _find(request: MemberRequest, note_id: int) -> Note:
    notes = Note.objects.visible_to(request.member).select_related("customer", "ticket", "author")
    return get_object_or_404(notes, id=note_id)


def _page_of(note: Note, *, anchor: bool = True) -> str:
    """The page that the note stands on, at the note."""
    if note.customer_id:
        page = reverse("customers:customer_show", args=[note.customer_id])
        return f"{page}#note-{note.id}" if anchor else page
    return reverse("customers:ticket_show", args=[note.ticket_id])


def _next(request: MemberRequest) -> str:
    """Where the person came from, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""
