"""Recorded writes of the accounts app."""

from .companies import change_zone, create_company
from .drafts import drop_draft, save_draft
from .keys import create_api_key, revoke_api_key
from .members import change_member, deactivate_member, enter_member, link_user
from .reporting import LineChange, LineRefused, hand_over_team, set_line, set_lines

__all__ = [
    "LineChange",
    "LineRefused",
    "change_member",
    "change_zone",
    "create_api_key",
    "create_company",
    "deactivate_member",
    "drop_draft",
    "enter_member",
    "hand_over_team",
    "link_user",
    "revoke_api_key",
    "save_draft",
    "set_line",
    "set_lines",
]
