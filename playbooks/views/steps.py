"""Small edits in the editor. Each takes the open step along, so that nothing that was written gets lost.

GET leads back to the editor: that is where somebody arrives who had to sign in again in the middle of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import drop_draft
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from customers.actions import EditConflict
from playbooks.actions import steps as actions
from playbooks.forms.steps import Sent, sent
from playbooks.graph import Graph, Refused
from playbooks.models import Playbook, Version
from playbooks.permissions import can_draft
from playbooks.queries.editor import at_work, in_use
from playbooks.queries.graphs import graph_of
from playbooks.queries.meeting import meeting

from .drafts import find_playbook, show, to_draft


@dataclass(frozen=True)
class Deed:
    """What a view of an edit has before it."""

    request: MemberRequest
    playbook: Playbook
    version: Version
    graph: Graph
    sent: Sent


@dataclass(frozen=True)
class Done:
    """The draft after it, the step that is open now, and the id of what gets the focus."""

    version: Version
    key: str = ""
    focus: str = ""


def edit(view: Callable[..., Done]) -> Callable[..., HttpResponseBase]:
    """409 when somebody else wrote at the same step, 422 with a message when the edit is refused."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @member_required
    @wraps(view)
    def wrapped(request: MemberRequest, playbook: int, **names: str | int) -> HttpResponse:
        found = find_playbook(request, playbook)
        version = at_work(found)
        if request.method != "POST" or version is None:
            return to_draft(found, str(names.get("key", "")))
        allow(can_draft(request.member), _("You may read this playbook, but not change it."))
        graph = graph_of(version)
        deed = Deed(request, found, version, graph, sent(request.POST, member=request.member, graph=graph))
        try:
            done = view(deed, **names)
        except EditConflict:
            return _both(deed)
        except (Refused, ValidationError) as refused:
            return _refused(deed, refused)
        return _answer(deed, done)

    return wrapped


@edit
def step(deed: Deed, key: str) -> Done:
    """Saves the open step. then: the step to open next, "-" for none."""
    version = actions.write_step(actor=deed.request.member, draft=deed.version, seen=deed.sent.seen)
    then = deed.request.POST.get("then", "")
    if then == "-":
        return Done(version, "", f"row-{key}")
    return Done(version, then or key, f"title-{then}" if then else "")


@edit
def steps(deed: Deed) -> Done:
    """Adds a step behind another one: after= in the body."""
    after = deed.request.POST.get("after", "")
    version, key = actions.add_step(
        actor=deed.request.member, draft=deed.version, after=after, seen=deed.sent.seen
    )
    return Done(version, key, f"title-{key}")


@edit
def position(deed: Deed, key: str) -> Done:
    """Moves a step in the list: by= "up" or "down"."""
    by = {"up": -1, "down": 1}.get(deed.request.POST.get("by", ""), 0)
    version = actions.move_step(
        actor=deed.request.member, draft=deed.version, key=key, by=by, seen=deed.sent.seen
    )
    return Done(version, deed.sent.key)


@edit
def removal(deed: Deed, key: str) -> Done:
    mark = deed.request.POST.get("removed", "")
    version = actions.remove_step(
        actor=deed.request.member, draft=deed.version, key=key, mark=mark, seen=deed.sent.seen
    )
    return Done(version, deed.sent.key if deed.sent.key != key else "", f"back-{key}")


@edit
def returning(deed: Deed, key: str) -> Done:
    """Brings a removed step back."""
    version = actions.return_step(
        actor=deed.request.member,
        draft=deed.version,
        key=key,
        base=in_use(deed.playbook),
        seen=deed.sent.seen,
    )
    return Done(version, deed.sent.key, f"row-{key}")


@edit
def exits(deed: Deed, key: str) -> Done:
    """Adds an exit to a step."""
    version = actions.add_exit(actor=deed.request.member, draft=deed.version, key=key, seen=deed.sent.seen)
    places = len(deed.sent.form.exits) if deed.sent.form else 0
    return Done(version, key, f"exit-{places + 1}")


@edit
def exit_removal(deed: Deed, key: str, place: int) -> Done:
    version = actions.remove_exit(
        actor=deed.request.member, draft=deed.version, key=key, place=place, seen=deed.sent.seen
    )
    return Done(version, key, "add-exit")


def _answer(deed: Deed, done: Done) -> HttpResponse:
    drop_draft(actor=deed.request.member, place=f"playbook:{done.version.id}")
    if not deed.request.htmx:
        return to_draft(deed.playbook, done.key)
    # Only words changed: the form that somebody is writing in stays as it is.
    is_quiet = "quiet" in deed.request.GET and _is_alike(deed.graph, graph_of(done.version))
    return show(deed.request, deed.playbook, done.version, key=done.key, focus=done.focus, is_quiet=is_quiet)


def _is_alike(before: Graph, after: Graph) -> bool:
    """Whether the same steps stand in the same order, of the same kinds and with as many exits."""
    return [(each.key, each.kind, len(each.exits)) for each in before.nodes] == [
        (each.key, each.kind, len(each.exits)) for each in after.nodes
    ]


def _both(deed: Deed) -> HttpResponse:
    """What somebody else wrote, beside the person's own text, which stays in the form."""
    version = at_work(deed.playbook) or deed.version
    graph = graph_of(version)
    form = deed.sent.form
    told = meeting(version, graph, form.written("").node if form and form.is_valid() else None)
    return show(
        deed.request,
        deed.playbook,
        version,
        form=form,
        conflict=told,
        seen_edits=deed.sent.edits,
        seen_mark=deed.sent.mark,
        is_quiet="quiet" in deed.request.GET,
        status=409,
    )


def _refused(deed: Deed, refused: Refused | ValidationError) -> HttpResponse:
    texts = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
    form = deed.sent.form
    if form is not None and not form.is_valid():
        texts = [*texts, *form.non_field_errors()]
    return show(
        deed.request,
        deed.playbook,
        at_work(deed.playbook) or deed.version,
        form=form,
        refused=texts,
        seen_edits=deed.sent.edits,
        seen_mark=deed.sent.mark,
        is_quiet="quiet" in deed.request.GET,
        status=422,
    )
