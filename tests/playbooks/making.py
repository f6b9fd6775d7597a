"""Playbooks for tests, made as people make them: written, sent, approved."""

from accounts.models import Member
from playbooks.actions import create_playbook, create_scenario, publish, save_graph, send_to_review
from playbooks.graph import Graph, Kind, Node, Way
from playbooks.models import Playbook, Scenario, Version


def a_graph() -> Graph:
    """A customer was charged twice: one decision with two ways that meet at the end."""
    return Graph(
        (
            Node("s", Kind.START, "A customer says they were charged twice", exits=(Way(to="find"),)),
            Node("find", Kind.ACTION, "Find both payments", body="In the ledger.", exits=(Way(to="say"),)),
            Node(
                "say", Kind.SCRIPT, "Say what you see", say="I can see two payments.", exits=(Way(to="both"),)
            ),
            Node(
                "both",
                Kind.DECISION,
                "Are both payments settled?",
                exits=(Way("Yes, both settled", "refund"), Way("No, one is pending", "void")),
            ),
            Node("refund", Kind.ACTION, "Refund the second payment", exits=(Way(to="end"),)),
            Node("void", Kind.ACTION, "Void the pending payment", is_required=False, exits=(Way(to="end"),)),
            Node("end", Kind.END, "Confirm in writing"),
        )
    )


def a_scenario(member: Member, name: str = "Duplicate charge", **fields) -> Scenario:
    return create_scenario(actor=member, name=name, **fields)


def a_draft(member: Member, title: str = "Duplicate charge", graph: Graph | None = None, **fields) -> Version:
    scenario = fields.pop("scenario", None) or a_scenario(member, title)
    draft = create_playbook(actor=member, scenario=scenario, title=title, **fields)
    return save_graph(actor=member, draft=draft, graph=graph or a_graph())


def a_playbook(author: Member, approver: Member, title: str = "Duplicate charge", **fields) -> Playbook:
    """One that is published."""
    draft = a_draft(author, title, **fields)
    sent = send_to_review(actor=author, draft=draft, change=Version.Change.MATERIAL, summary="First")
    return publish(actor=approver, version=sent).playbook
