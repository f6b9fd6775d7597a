"""What readers say is wrong, and nobody has answered yet."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from playbooks.graph import Graph
from playbooks.models import Flag, Playbook


@dataclass(frozen=True)
class FlagAsked:
    """A flag that a new version may answer. step: what it was said of; is_changed: the version changes that step."""

    flag: Flag
    step: str
    is_changed: bool


def open_flags(playbook: Playbook) -> QuerySet[Flag]:
    """Of all its versions, oldest first."""
    rows = Flag.objects.filter(
        company_id=playbook.company_id, version__playbook=playbook, answered_at__isnull=True
    )
    return rows.select_related("author", "version").order_by("flagged_at", "id")


def flags_to_answer(
    playbook: Playbook, before: Graph | None, now: Graph, changed: Collection[str]
) -> list[FlagAsked]:
    """What is open while a version waits for its publication. changed: keys of steps that differ or are gone."""
    if before is None:
        return []
    titles = {node.key: node.title for graph in (before, now) for node in graph.nodes}
    return [
        FlagAsked(flag, titles.get(flag.step_key) or _("A step that is gone"), flag.step_key in changed)
        for flag in open_flags(playbook)
    ]
