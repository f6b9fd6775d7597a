"""May this member? Pure predicates; views, API and templates ask the same ones."""

from collections.abc import Collection

from accounts.models import Member, Role


def can_manage_people(member: Member) -> bool:
    return member.sees_everybody


def can_change_person(member: Member, person: Member) -> bool:
    """An admin's role and employment are for admins: else a leader could take the company's keys away."""
    return can_manage_people(member) and (member.is_admin or not person.is_admin)


def roles_given_by(member: Member) -> list[Role]:
    """The roles that a member may give to others."""
    return [role for role in Role if member.is_admin or role != Role.ADMIN]


def can_propose_line(member: Member) -> bool:
    """A manager says who should report to whom; a leader or an admin decides."""
    return member.role == Role.MANAGER


def can_manage_company(member: Member) -> bool:
    """Imports, keys, settings, mails."""
    return member.role == Role.ADMIN


def can_remove_demo(member: Member) -> bool:
    """The companies of the demo go by a button; any other by a command on the server."""
    return member.role == Role.ADMIN and bool(member.company.demo_note)


def can_read_figures_of(member: Member, person_id: int, below: Collection[int]) -> bool:
    """The figures of one person: one's own, those of people below (today), or all for leader and admin."""
    return (
        member.sees_everybody
        or person_id == member.id
        or (member.role == Role.MANAGER and person_id in below)
    )


def can_read_team_of(
    member: Member, manager_id: int, below: Collection[int], own_manager: int | None, tree: bool
) -> bool:
    """The totals of a team: one's own team as its manager or as one of it, and the teams below."""
    if can_read_figures_of(member, manager_id, below):
        return True
    return manager_id == own_manager and not tree
