"""Drafts: what an editor changes before anybody reads it."""

from secrets import token_hex

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import EditConflict
from customers.models.rules import LONGEST_TEXT
from playbooks.graph import Graph, Kind, Node, Way, graph_of
from playbooks.models import Exit, Flag, Playbook, Run, RunEvent, Step, Version
from playbooks.queries.graphs import graph_of as stored_graph


def new_key() -> str:
    """A key that no other step has."""
    return token_hex(4)


def first_steps(draft: Version) -> None:
    end = Node(new_key(), Kind.END, _("The customer knows what happens next"))
    start = Node(new_key(), Kind.START, draft.playbook.scenario.name, exits=(Way(to=end.key),))
    _write(draft, Graph((start, end)))


@transaction.atomic
def open_draft(*, actor: Member, playbook: Playbook) -> Version:
    """The draft of a playbook: the one that there is, else a copy of what is published, with the same keys.

    Raises ValidationError while a version is in review.
    """
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    versions = Version.objects.filter(company_id=actor.company_id, playbook=playbook).order_by("-number")
    newest = versions.first()
    if newest is not None and newest.state == Version.State.IN_REVIEW:
        raise ValidationError(_("A version is in review. Wait for the answer, or take it back."))
    if newest is not None and newest.is_open:
        return newest
    published = versions.filter(state=Version.State.PUBLISHED).first()
    draft = Version.objects.create(
        company_id=actor.company_id,
        playbook=playbook,
        number=newest.number + 1 if newest else 1,
        author=actor,
        editors=[actor.id],
        edited_by=actor,
        edited_at=clock.now(),
    )
    if published is not None:
        _write(draft, stored_graph(published))
    else:
        first_steps(draft)
    activity.record("playbook.drafted", playbook, actor=actor, version=draft.number)
    return draft


@transaction.atomic
def save_graph(*, actor: Member, draft: Version, graph: Graph, edits: int | None = None) -> Version:
    """The steps of a draft, as they are given. edits: how many the editor had seen.

    Whoever edits is an author too: they cannot approve it. Raises EditConflict if somebody else edited it
    meanwhile, ValidationError for what is no draft any more, and Refused for what is no graph.
    """
    draft = locked(actor, draft)
    if edits is not None and draft.edits != edits:
        raise EditConflict(draft, draft.edits)
    if not draft.is_open:
        raise ValidationError(_("This version is not a draft any more."))
    for node in graph_of(graph.nodes).nodes:
        if max(len(node.body), len(node.say)) > LONGEST_TEXT or len(node.title) > 200:
            raise ValidationError(_("Step %(n)s is too long.") % {"n": graph.number(node.key)})
    _write(draft, graph)
    draft.edits += 1
    draft.edited_at, draft.edited_by = clock.now(), actor
    draft.editors = sorted({*draft.editors, actor.id})
    draft.save(update_fields=["edits", "edited_at", "edited_by", "editors"])
    return draft


@transaction.atomic
def discard_draft(*, actor: Member, draft: Version) -> None:
    """Throws a draft away; what is published stays. A playbook that never was published goes with it."""
    draft = locked(actor, draft)
    if not draft.is_open:
        raise ValidationError(_("This version is not a draft any more."))
    activity.record("playbook.draft_discarded", draft.playbook, actor=actor, version=draft.number)
    # What was only tried out, and what was said of it, goes along.
    trials = Run.objects.filter(company_id=actor.company_id, version=draft, is_trial=True)
    RunEvent.objects.filter(company_id=actor.company_id, run__in=trials).delete()
    trials.delete()
    Flag.objects.filter(company_id=actor.company_id, version=draft).delete()
    draft.delete()


def locked(actor: Member, version: Version) -> Version:
    """The version as it stands now, with its playbook, until the end of the transaction."""
    found = Version.objects.visible_to(actor).select_related("playbook__scenario")
    return found.select_for_update(no_key=True, of=("self",)).get(id=version.id)


def _write(draft: Version, graph: Graph) -> None:
    """Steps and exits as rows; steps that stay keep their rows."""
    company = draft.company_id
    rows = {step.key: step for step in Step.objects.filter(company_id=company, of=draft)}
    gone = [step.id for key, step in rows.items() if key not in graph]
    Exit.objects.filter(company_id=company, step__of=draft).delete()
    Step.objects.filter(company_id=company, id__in=gone).delete()
    new: list[Step] = []
    old: list[Step] = []
    for position, node in enumerate(graph.nodes, 1):
        step = rows.get(node.key) or Step(company_id=company, of=draft, key=node.key)
        before = _values(step)
        step.position, step.kind, step.title = position, node.kind.value, node.title
        step.body, step.say, step.is_required, step.team_id = node.body, node.say, node.is_required, node.team
        if not step.pk:
            new.append(step)
        elif _values(step) != before:
            old.append(step)
        rows[node.key] = step
    Step.objects.bulk_create(new)
    Step.objects.bulk_update(old, ["position", "kind", "title", "body", "say", "is_required", "team"])
    Exit.objects.bulk_create(
        [
            Exit(company_id=company, step=rows[node.key], position=at, label=way.label, to=way.to)
            for node in graph.nodes
            for at, way in enumerate(node.exits)
        ]
    )


def _values(step: Step) -> tuple[object, ...]:
    return (step.position, step.kind, step.title, step.body, step.say, step.is_required, step.team_id)
