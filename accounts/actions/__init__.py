"""Recorded writes of the accounts app."""

from .companies import change_company, change_zone, create_company
from .drafts import drop_draft, save_draft
from .invitations import (
    accept_invitation,
    give_up_invitation,
    invite_member,
    send_invitation,
    withdraw_invitations,
)
from .joining import add_person
from .keys import create_api_key, revoke_api_key
from .members import change_member, deactivate_member, enter_member, link_user, reactivate_member
from .notifications import (
    drop_old_notifications,
    read_about,
    read_all_notifications,
    read_notification,
    take_back_reading,
)
from .proposals import propose_line
from .removal import remove_company, remove_demo, take_away
from .reporting import LineChange, LineRefused, hand_over_team, set_line, set_lines
from .setup import ask_for_demo, join_demo, set_up
from .teams import create_team, delete_team, rename_team

__all__ = [
    "LineChange",
    "LineRefused",
    "accept_invitation",
    "add_person",
    "ask_for_demo",
    "change_company",
    "change_member",
    "change_zone",
    "create_api_key",
    "create_company",
    "create_team",
    "deactivate_member",
    "delete_team",
    "drop_draft",
    "drop_old_notifications",
    "enter_member",
    "give_up_invitation",
    "hand_over_team",
    "invite_member",
    "join_demo",
    "link_user",
    "reactivate_member",
    "propose_line",
    "read_about",
    "read_all_notifications",
    "read_notification",
    "remove_company",
    "remove_demo",
    "rename_team",
    "revoke_api_key",
    "save_draft",
    "send_invitation",
    "set_line",
    "set_lines",
    "set_up",
    "take_away",
    "take_back_reading",
    "withdraw_invitations",
]
