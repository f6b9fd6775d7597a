"""The graphs that versions hold."""

from collections import defaultdict
from collections.abc import Collection

from playbooks.graph import Graph, Kind, Node, Way
from playbooks.models import Exit, Step, Version


def graph_of(version: Version) -> Graph:
    """The steps of a version, in two queries."""
    return graphs_of(version.company_id, [version.id])[version.id]


def graphs_of(company_id: int, version_ids: Collection[int]) -> dict[int, Graph]:
    """The same of several versions, still in two queries."""
    columns = ("id", "of_id", "key", "kind", "title", "body", "say", "is_required", "team_id")
    steps = Step.objects.filter(company_id=company_id, of__in=version_ids).order_by("of_id", "position")
    rows = list(steps.values_list(*columns))
    ways: dict[int, list[Way]] = defaultdict(list)
    # By the steps themselves: a join would lead the planner through the exits of all versions.
    exits = Exit.objects.filter(company_id=company_id, step__in=[row[0] for row in rows])
    for step_id, label, to in exits.order_by("step_id", "position").values_list("step_id", "label", "to"):
        ways[step_id].append(Way(label, to))
    nodes: dict[int, list[Node]] = {version_id: [] for version_id in version_ids}
    for step_id, of_id, key, kind, title, body, say, is_required, team_id in rows:
        ways_on = tuple(ways[step_id])
        nodes[of_id].append(Node(key, Kind(kind), title, body, say, is_required, team_id, ways_on))
    return {version_id: Graph(tuple(found)) for version_id, found in nodes.items()}
