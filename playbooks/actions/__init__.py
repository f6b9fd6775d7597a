"""Recorded writes of the playbooks app."""

from .drafts import discard_draft, new_key, open_draft, save_graph
from .playbooks import archive_playbook, change_playbook, create_playbook
from .review import publish, send_back, send_to_review, withdraw
from .scenarios import change_scenario, create_scenario, map_category, unmap_category
from .verification import unverify, verify

__all__ = [
    "archive_playbook",
    "change_playbook",
    "change_scenario",
    "create_playbook",
    "create_scenario",
    "discard_draft",
    "map_category",
    "new_key",
    "open_draft",
    "publish",
    "save_graph",
    "send_back",
    "send_to_review",
    "unmap_category",
    "unverify",
    "verify",
    "withdraw",
]
