"""A new playbook with the steps that somebody begins from."""

from django.db import transaction

from accounts.models import Member
from playbooks.graph import Graph
from playbooks.models import Playbook, Scenario, Version

from .drafts import open_draft, save_graph
from .playbooks import create_playbook
from .scenarios import create_scenario


@transaction.atomic
def begin_playbook(
    *,
    actor: Member,
    scenario: Scenario | None,
    new_scenario: str = "",
    title: str = "",
    graph: Graph | None = None,
) -> Version:
    """A draft from a template, or with a start and an end; with its scenario, if that is new, too.

    Raises ValidationError that names the field.
    """
    scenario = scenario or create_scenario(actor=actor, name=new_scenario)
    draft = create_playbook(actor=actor, scenario=scenario, title=title)
    return save_graph(actor=actor, draft=draft, graph=graph) if graph else draft


@transaction.atomic
def take_over(*, actor: Member, playbook: Playbook, graph: Graph, edits: int | None = None) -> Version:
    """Steps that were read from a text, as the draft of a playbook. edits: how many the reader of the preview saw.

    Raises EditConflict if somebody edited it meanwhile, ValidationError while a version is in review.
    """
    draft = open_draft(actor=actor, playbook=playbook)
    return save_graph(actor=actor, draft=draft, graph=graph, edits=edits)
