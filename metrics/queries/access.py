"""Whose figures a member may read. One rule for pages, API and exports."""

from accounts.models import Member
from accounts.permissions import can_read_figures_of, can_read_team_of
from accounts.queries import ids_below, manager_of
from cs_platform.lib import clock

from .scope import Level, Scope


def can_read(member: Member, scope: Scope) -> bool:
    """Company totals are everybody's; figures of people and teams go by today's tree.

    Today's manager sees a rep's whole past; a former one keeps the totals of the own team on the own days.
    Nobody's figures are nobody's, so all may see them.
    """
    if scope.company_id != member.company_id:
        return False
    if scope.level == Level.COMPANY or member.sees_everybody:
        return True
    if scope.person_id == 0:
        return scope.level == Level.REP
    today = member.company.zones().day(clock.now())
    below = ids_below(member, today)
    if scope.level == Level.REP:
        return can_read_figures_of(member, scope.person_id, below)
    return can_read_team_of(member, scope.person_id, below, manager_of(member, today), scope.tree)
