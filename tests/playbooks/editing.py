"""What the editor's page sends."""

from django.urls import reverse

from playbooks.models import Version
from playbooks.queries.graphs import graph_of
from playbooks.queries.removed import mark_of


def page_of(draft: Version, step: str = "") -> str:
    page = reverse("playbooks:draft", args=[draft.playbook_id])
    return f"{page}?step={step}" if step else page


def url(draft: Version, name: str, *args) -> str:
    return reverse(f"playbooks:draft_{name}", args=[draft.playbook_id, *args])


def form_of(draft: Version, key: str, **said) -> dict[str, str]:
    """What the page would send with a step open: what stands, but for what is said otherwise."""
    draft.refresh_from_db()
    node = graph_of(draft)[key]
    sent = {
        "open": key,
        "edits": str(draft.edits),
        "mark": mark_of(node),
        f"{key}-title": node.title,
        f"{key}-kind": node.kind.value,
        f"{key}-body": node.body,
        f"{key}-say": node.say,
        f"{key}-team": str(node.team or ""),
    }
    if node.is_required:
        sent[f"{key}-is_required"] = "on"
    for at, way in enumerate(node.exits):
        sent[f"{key}-exit-{at}-label"] = way.label
        sent[f"{key}-exit-{at}-to"] = way.to
    outer = ("then", "after", "by", "removed", "over", "edits", "mark")
    return sent | {name if name in outer else f"{key}-{name}": value for name, value in said.items()}
