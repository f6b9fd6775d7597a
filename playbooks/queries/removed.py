"""Steps that somebody removed from a draft: kept beside what they write, so that they can be brought back."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from accounts.models import Member
from accounts.queries import draft_of
from playbooks.graph import Kind, Node, Way
from playbooks.models import Version


@dataclass(frozen=True)
class Removed:
    """A step that is gone. at: its place in the list, from 0; leads: the exits that led to it, (step, place)."""

    node: Node
    at: int
    leads: tuple[tuple[str, int], ...] = ()


def mark_of(node: Node) -> str:
    """A short text that is another one as soon as anything of a step is."""
    return blake2b(json.dumps(asdict(node)).encode(), digest_size=8).hexdigest()


def place_of_removed(draft: Version) -> str:
    return f"playbook:{draft.id}:removed"


def content_of(removed: Iterable[Removed]) -> dict[str, Any]:
    """What is kept of steps that were removed."""
    return {"steps": json.dumps([asdict(each) for each in removed])}


def removed_of(member: Member, draft: Version) -> list[Removed]:
    """Steps that a member removed from a draft, the last one last. What cannot be read is passed over."""
    found = draft_of(member, place_of_removed(draft))
    if found is None:
        return []
    try:
        return [_removed(each) for each in json.loads(found.content["steps"])]
    except (KeyError, TypeError, ValueError, AttributeError):
        return []


def _removed(kept: dict[str, Any]) -> Removed:
    said = kept["node"]
    node = Node(
        key=str(said["key"])[:12],
        kind=Kind(said["kind"]),
        title=str(said["title"]),
        body=str(said["body"]),
        say=str(said["say"]),
        is_required=bool(said["is_required"]),
        team=int(said["team"]) if said["team"] is not None else None,
        exits=tuple(Way(str(way["label"])[:120], str(way["to"])[:12]) for way in said["exits"]),
    )
    leads = tuple((str(key), max(0, int(place))) for key, place in kept["leads"])
    return Removed(node, max(0, int(kept["at"])), leads)
