"""Whose figures a member may read. One rule for pages, API and exports."""

from datetime import date
from functools import cached_property

from accounts.models import Member
from accounts.permissions import can_read_figures_of, can_read_team_of
from accounts.queries import ids_below, manager_of

from .scope import NOBODY, Level, Scope


class Reader:
    """A member who asks; the tree that decides what they may read is looked up once. today: if it is known."""

    def __init__(self, member: Member, today: date | None = None):
        self.member = member
        self._known_today = today

    def can_read(self, scope: Scope) -> bool:
        """Company totals are everybody's; figures of people and teams go by today's tree.

        Today's manager sees a rep's whole past; a former one keeps the totals of the own team on the own
        days. Nobody's figures are nobody's, so all may see them.
        """
        if scope.company_id != self.member.company_id:
            return False
        if scope.level == Level.COMPANY or self.member.sees_everybody:
            return True
        if scope.person_id == NOBODY:
            return scope.level == Level.REP
        if can_read_figures_of(self.member, scope.person_id, self._below):
            return True
        if scope.level == Level.REP:
            return False
        return can_read_team_of(self.member, scope.person_id, self._below, self._own_manager, scope.tree)

    def may_name(self, person_id: int) -> bool:
        """Whether a person may stand beside a figure of theirs."""
        return self.can_read(Scope(self.member.company_id, Level.REP, person_id))

    @cached_property
    def _today(self) -> date:
        return self._known_today or self.member.company.today()

    @cached_property
    def _below(self) -> set[int]:
        return ids_below(self.member, self._today) if self.member.leads_people else set()

    @cached_property
    def _own_manager(self) -> int | None:
        return manager_of(self.member, self._today)


def can_read(member: Member, scope: Scope) -> bool:
    return Reader(member).can_read(scope)
