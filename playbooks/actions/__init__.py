"""Recorded writes of the playbooks app."""

from .drafts import discard_draft, new_key, open_draft, save_graph
from .playbooks import archive_playbook, change_playbook, create_playbook, restore_playbook
from .review import publish, send_back, send_to_review, withdraw
from .scenarios import (
    archive_scenario,
    change_scenario,
    create_scenario,
    make_scenario_of,
    map_category,
    restore_scenario,
    unmap_category,
)
from .verification import mark_expired, unverify, verify

__all__ = [
    "archive_playbook",
    "archive_scenario",
    "change_playbook",
    "change_scenario",
    "create_playbook",
    "create_scenario",
    "discard_draft",
    "make_scenario_of",
    "map_category",
    "mark_expired",
    "new_key",
    "open_draft",
    "publish",
    "restore_playbook",
    "restore_scenario",
    "save_graph",
    "send_back",
    "send_to_review",
    "unmap_category",
    "unverify",
    "verify",
    "withdraw",
]
