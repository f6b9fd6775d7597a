"""May this member? Pure predicates; views, API and templates ask the same ones."""

from collections.abc import Callable

from accounts.models import Member, Role
from playbooks.models import Playbook, Version

# Rules of higher apps on who may own a playbook, asked in the same transaction: (member, playbook) gives why not.
owner_rules: list[Callable[[Member, Playbook | None], str]] = []


def can_set_up(member: Member) -> bool:
    """Make scenarios, map categories, name owners and verifiers, give writing time."""
    return member.role != Role.REP


def can_draft(member: Member) -> bool:
    """Anybody may write; nothing is read by others before a second person approves."""
    return member.is_active


def can_edit(member: Member, version: Version) -> bool:
    """Change the steps of a draft."""
    return version.is_open and can_draft(member)


def can_approve(member: Member, version: Version) -> bool:
    """Never the author: somebody who was asked, the owner, the verifier, or whoever sets playbooks up."""
    if version.state != Version.State.IN_REVIEW or member.id in version.editors:
        return False
    asked = {version.reviewer_id, version.playbook.owner_id, version.playbook.verifier_id}
    return member.id in asked or can_set_up(member)


def can_verify(member: Member, playbook: Playbook, team_id: int | None) -> bool:
    """The verifier, anybody of the verifying team, or whoever sets playbooks up. team_id: the member's team today."""
    if playbook.verifier_id == member.id or can_set_up(member):
        return True
    return playbook.verifier_team_id is not None and playbook.verifier_team_id == team_id


def can_ask_readers(member: Member, playbook: Playbook) -> bool:
    """Ask those who have read it to read it again: its owner, and whoever sets playbooks up."""
    return playbook.owner_id == member.id or can_set_up(member)


def can_answer_flag(member: Member, playbook: Playbook, team_id: int | None) -> bool:
    """Whoever answers for the playbook: its owner, and who may verify it."""
    return playbook.owner_id == member.id or can_verify(member, playbook, team_id)
