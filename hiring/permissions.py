"""May this member? Pure predicates; views, API and templates ask the same ones. What is read: `queries.sealing`."""

from collections.abc import Collection

from accounts.models import Member, Role
from hiring.models import Decision, Interview, Requisition, Scorecard


def can_hire(member: Member) -> bool:
    """Open requisitions; read and change attributes, questions and kits."""
    return member.role != Role.REP


def can_set_rules(member: Member) -> bool:
    """The line of the composite, how long files are kept, letters, voluntary answers."""
    return member.sees_everybody


def can_manage(member: Member, requisition: Requisition, team: Collection[int]) -> bool:
    """Candidates, stages, interviews, decisions of a requisition. team: ids of its hiring team."""
    own = {requisition.owner_id, requisition.manager_id, *team}
    return member.sees_everybody or member.id in own


def can_excuse(member: Member, card: Scorecard, manages: bool) -> bool:
    """Somebody's scorecard that is not in: whoever manages the requisition, or the person, who may have a conflict."""
    return card.is_open and (manages or card.member_id == member.id)


def can_score(member: Member, card: Scorecard) -> bool:
    """One's own, while it is not in."""
    return card.member_id == member.id and card.is_open and card.interview.state != Interview.State.CANCELLED


def can_approve_decision(member: Member, decision: Decision, manages: bool) -> bool:
    """A second person who manages the requisition."""
    waits = decision.state == Decision.State.PROPOSED
    return waits and manages and decision.decided_by_id != member.id
