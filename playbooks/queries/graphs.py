"""The graphs that versions hold."""

from collections.abc import Collection

from django.db import connection

from playbooks.graph import Graph, Kind, Node, Way
from playbooks.models import Version

# The exits step by step: a join would lead the planner through the exits of all versions.
_STEPS = """
SELECT s.of_id, s.key, s.kind, s.title, s.body, s.say, s.is_required, s.team_id,
       ARRAY(SELECT ARRAY[e.label, e."to"]::text[] FROM playbooks_exit e
              WHERE e.company_id = s.company_id AND e.step_id = s.id ORDER BY e.position)
  FROM playbooks_step s WHERE s.company_id = %s AND s.of_id = ANY(%s) ORDER BY s.of_id, s.position
"""


def graph_of(version: Version) -> Graph:
    """The steps of a version, in one query."""
    return graphs_of(version.company_id, [version.id])[version.id]


def graphs_of(company_id: int, version_ids: Collection[int]) -> dict[int, Graph]:
    """The same of several versions, still in one query."""
    nodes: dict[int, list[Node]] = {version_id: [] for version_id in version_ids}
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [company_id, list(nodes)])
        for of_id, key, kind, title, body, say, is_required, team_id, exits in cursor.fetchall():
            ways = tuple(Way(label, to) for label, to in exits)
            nodes[of_id].append(Node(key, Kind(kind), title, body, say, is_required, team_id, ways))
    return {version_id: Graph(tuple(found)) for version_id, found in nodes.items()}
