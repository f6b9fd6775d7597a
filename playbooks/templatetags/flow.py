"""{% flow graph problems=problems changed=changed new=new now=key %}: a playbook as picture and as list."""

from collections.abc import Collection

from django import template
from django.utils.safestring import SafeString

from cs_platform.templatetags.parts import part
from playbooks.flowchart import OutlineStep, draw, outline
from playbooks.graph import Graph, Problem
from playbooks.models import Step

register = template.Library()

ICONS = {
    "start": "player-play",
    "action": "bolt",
    "decision": "arrows-split",
    "script": "quote",
    "check": "checkbox",
    "handoff": "transfer",
    "end": "player-stop",
}


@register.simple_tag
def flow(
    graph: Graph,
    problems: Collection[Problem] = (),
    changed: Collection[str] = (),
    new: Collection[str] = (),
    now: str = "",
) -> SafeString:
    """The pane that scrolls, the shapes explained, and the same as a list."""
    said = {"problems": tuple(problems), "changed": sorted(changed), "new": sorted(new), "now": now}
    return part("playbooks/_flow.html", graph=graph, **said)


@register.simple_tag
def flow_picture(
    graph: Graph, problems: Collection[Problem], changed: Collection[str], new: Collection[str], now: str
) -> SafeString:
    """Only the picture."""
    return draw(graph, problems=problems, changed=changed, new=new, now=now)


@register.simple_tag
def flow_outline(graph: Graph) -> tuple[OutlineStep, ...]:
    """Only the list."""
    return outline(graph)


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind of step."""
    return ICONS.get(str(kind), "point")


@register.filter
def kind_name(kind: str) -> str:
    """A kind of step in words."""
    return str(Step.Kind(str(kind)).label)
