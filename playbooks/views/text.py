"""A playbook as text: taken away as a file, and brought in as a draft."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import MemberRequest
from accounts.models import Team
from accounts.views.access import allow, member_required, page_status
from customers.actions.conflict import EditConflict
from playbooks.actions.starting import take_over
from playbooks.forms.text import TextForm
from playbooks.graph import Graph, problems
from playbooks.models import Playbook
from playbooks.permissions import can_draft
from playbooks.queries.editor import at_work, in_use
from playbooks.queries.graphs import graph_of
from playbooks.queries.reading import Reading, reading
from playbooks.text import markdown, mermaid

from .reading import to_read, version_wanted


@require_safe
@member_required
def export_markdown(request: MemberRequest, playbook: int) -> HttpResponse:
    page = _out(request, playbook)
    teams = dict(Team.objects.filter(company_id=request.member.company_id).values_list("id", "name"))
    text = markdown.write(page.graph, page.playbook.title, teams=teams)
    return _file(page.playbook, text, "md", "text/markdown")


@require_safe
@member_required
def export_mermaid(request: MemberRequest, playbook: int) -> HttpResponse:
    page = _out(request, playbook)
    return _file(page.playbook, mermaid.write(page.graph), "mmd", "text/plain")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def importing(request: MemberRequest, playbook: int) -> HttpResponse:
    """Shows what a text comes to; with deed=take it becomes the draft."""
    found = to_read(request, playbook)
    allow(can_draft(request.member), _("You may read this playbook, but not change it."))
    draft = at_work(found)
    before = graph_of(draft) if draft else _published(found)
    rows = Team.objects.filter(company_id=request.member.company_id).values_list("name", "id")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    seen = {"edits": draft.edits if draft else 0}  # a fresh copy has none
    form = TextForm(*sent, teams=dict(rows), before=before, initial=seen)
    graph = form.graph if form.is_bound and form.is_valid() else None
    if graph and request.POST.get("deed") == "take" and _take(request, found, form):
        messages.success(request, _("The draft has the steps of the text."))
        return redirect("playbooks:draft", found.id)
    page = {"playbook": found, "form": form, "graph": graph, "draft": draft, "replaced": len(before)}
    if graph:
        found_wrong = problems(graph)
        told = [{"number": graph.number(each.key), "text": each.text} for each in found_wrong]
        page |= {"problems": found_wrong, "told": told, "source": form.cleaned_data["source"], **seen}
    return render(request, "playbooks/import.html", page, status=page_status(form))


def _take(request: MemberRequest, playbook: Playbook, form: TextForm) -> bool:
    try:
        take_over(actor=request.member, playbook=playbook, graph=form.graph, edits=form.cleaned_data["edits"])
    except EditConflict:
        form.add_error(
            None, _("Somebody changed the draft meanwhile. Look at it before you replace its steps.")
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
    else:
        return True
    return False


def _published(playbook: Playbook) -> Graph:
    version = in_use(playbook)
    return graph_of(version) if version else Graph()


def _out(request: MemberRequest, playbook: int) -> Reading:
    page = reading(request.member, to_read(request, playbook), version_wanted(request))
    if page is None or page.version is None:
        raise Http404
    return page


def _file(playbook: Playbook, text: str, ending: str, kind: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    name = slugify(playbook.title)[:80] or f"playbook-{playbook.id}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer
