"""Imports in the browser: hand files in, say which column is which, try, import, read what was refused."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import admin_required
from cs_platform.lib.sheets import csv_response
from customers.actions import uploads as actions
from customers.forms.imports import MappingForm, SourceForm, UploadForm
from customers.imports.errors import refused_rows
from customers.imports.intake import receive
from customers.imports.kinds import KINDS
from customers.imports.matching import TITLES, came_with, guess, looked_up
from customers.imports.readers import Unreadable
from customers.imports.uploads import MOST_TRIED
from customers.models import ImportRun, Upload
from customers.queries import imports as queries
from metrics.queries import pending_since

State = Upload.State


@require_safe
@admin_required
def import_index(request: MemberRequest) -> HttpResponse:
    sources = queries.sources(request.member)
    page = {
        "sources": [{"run": run, "title": TITLES.get(run.kind, run.kind)} for run in sources],
        "uploads": queries.open_uploads(request.member),
        "kinds": _kinds(),
    }
    return render(request, "customers/import/index.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_new(request: MemberRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        uploads = _received(request, form)
        if len(uploads) == 1:
            return redirect("customers:import_show", uploads[0].id)
        if uploads:
            messages.success(request, _("The files are here. Open each one to say what is in it."))
            return redirect("customers:import_index")
    page = {"form": form, "kinds": _kinds(), "most_bytes": settings.UPLOAD_MAX_BYTES}
    return render(request, "customers/import/new.html", page, status=422 if form.errors else 200)


def _received(request: MemberRequest, form: UploadForm) -> list[Upload]:
    if not form.is_valid():
        return []
    try:
        return receive(request.member, form.cleaned_data["file"])
    except Unreadable as error:
        form.add_error("file", str(error))
        return []


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_show(request: MemberRequest, upload_id: int) -> HttpResponse:
    """Where the upload stands; a POST says what is in it and has it tried. The fragment asks again by itself."""
    upload = _upload(request, upload_id)
    page: dict = {"upload": upload, "title": TITLES.get(upload.kind, ""), "most_tried": MOST_TRIED}
    form = None
    if upload.state == State.UPLOADED:
        form = page["form"] = _mapping_form(request, upload)
        page["beside"] = _beside(upload, form.guess.ready)
        if request.method == "POST" and form.is_valid():
            return _mapped(request, upload, form)
    elif request.method == "POST":
        messages.warning(request, _("This file has moved on since you opened the page."))
        return redirect("customers:import_show", upload.id)
    if upload.state in (State.QUEUED, State.RUNNING):
        page["progress"] = queries.progress_of(upload)
    if upload.state == State.DONE:
        page["counting_since"] = pending_since(upload.company_id)
    template = "customers/import/_upload.html" if request.htmx else "customers/import/show.html"
    answer = render(request, template, page, status=422 if form is not None and form.errors else 200)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _mapping_form(request: MemberRequest, upload: Upload) -> MappingForm:
    asked = SourceForm(request.POST if request.method == "POST" else request.GET)
    asked.is_valid()
    kind = asked.cleaned_data.get("kind") or None
    program = asked.cleaned_data.get("program") if "program" in asked.data else upload.mapping.get("ready")
    found = guess(upload, kind, program)
    if upload.mapping and kind in (None, upload.kind) and program == upload.mapping.get("ready"):
        found.columns.update(upload.mapping["columns"])  # what was chosen before
    return MappingForm(upload, found, request.POST if request.method == "POST" else None)


def _mapped(request: MemberRequest, upload: Upload, form: MappingForm) -> HttpResponse:
    kind, mapping = form.cleaned_data["kind"], form.mapping()
    return _done(request, upload, actions.map_upload, kind=kind, mapping=mapping)


def _beside(upload: Upload, program: str) -> list[dict]:
    there = came_with(upload) if program else set()
    return [
        {"name": name, "is_needed": needed, "is_there": name in there}
        for name, needed in looked_up(program).items()
    ]


@require_POST
@admin_required
def import_start(request: MemberRequest, upload_id: int) -> HttpResponse:
    return _done(request, _upload(request, upload_id), actions.queue_upload)


@require_POST
@admin_required
def import_columns(request: MemberRequest, upload_id: int) -> HttpResponse:
    return _done(request, _upload(request, upload_id), actions.remap_upload)


@require_POST
@admin_required
def import_cancellation(request: MemberRequest, upload_id: int) -> HttpResponse:
    return _done(request, _upload(request, upload_id), actions.cancel_upload)


def _done(request: MemberRequest, upload: Upload, action, **what) -> HttpResponse:
    try:
        action(actor=request.member, upload=upload, **what)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect("customers:import_show", upload.id)


@require_safe
@admin_required
def import_errors(request: MemberRequest, run_id: int) -> StreamingHttpResponse:
    """The refused rows of a run: line, column, reason, row."""
    answer = refused_rows(get_object_or_404(ImportRun.objects.visible_to(request.member), id=run_id))
    if answer is None:
        raise Http404(_("No row of this import was refused, or the file is gone."))
    return answer


@require_safe
@admin_required
def import_template(request: MemberRequest, kind: str) -> StreamingHttpResponse:
    """A file that holds nothing but the names of the columns."""
    if kind not in KINDS:
        raise Http404
    return csv_response(kind, [column.name for column in KINDS[kind].columns], [])


def _upload(request: MemberRequest, upload_id: int) -> Upload:
    uploads = Upload.objects.visible_to(request.member).select_related("run", "actor", "company")
    return get_object_or_404(uploads, id=upload_id)


def _kinds() -> list[dict]:
    """Every kind, with the columns that each needs."""
    return [
        {
            "name": name,
            "title": TITLES[name],
            "needed": [column.name for column in kind.columns if column.required],
        }
        for name, kind in KINDS.items()
    ]
