"""The page of all playbooks: coverage, what lowered it, what to write next, and the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import decimal, whole
from metrics.boards.address import FigureAddress
from metrics.queries import Reader, Scope, present
from playbooks.models.playbook import Trust
from playbooks.permissions import can_set_up

from .coverage import Coverage, OfScenario, coverage
from .history import History, history
from .lists import Row, rows
from .next_to_write import ToWrite, next_to_write
from .parts import Part
from .words import LINE, percent, points, span, why_lapsed

START_AT, DONE_BY = 5, 10  # people


@dataclass(frozen=True)
class Slice:
    """A part of the bar: from and width in percent of it."""

    part: Part
    n: int
    share: float
    start: float

    @property
    def x(self) -> str:
        return f"{self.start:.2f}"

    @property
    def width(self) -> str:
        return f"{100 * self.share:.2f}"

    @property
    def text(self) -> str:
        return percent(self.share)


@dataclass(frozen=True)
class Listed:
    """A playbook of the list with the tickets that are of its scenario."""

    row: Row
    n: int
    share: float | None

    @property
    def share_text(self) -> str:
        return f"{decimal(100 * self.share, 1)} %" if self.share is not None else "–"

    @property
    def completed_text(self) -> str:
        return percent(self.row.runs.share)


@dataclass(frozen=True)
class Lapse:
    """A scenario whose playbook lowered coverage: by how many points, why, and what is to be done."""

    scenario: OfScenario
    points: str
    why: str
    deed: str
    is_readable: bool


@dataclass(frozen=True)
class CoveragePage:
    """readable: ids of the playbooks that the reader may open. people: at work today."""

    coverage: Coverage
    history: History
    to_write: Sequence[ToWrite]
    listed: Sequence[Listed]
    readable: frozenset[int]
    people: int
    sets_up: bool
    can_map: bool

    @property
    def address(self) -> FigureAddress:
        found = self.coverage
        return FigureAddress("playbook_coverage", Scope(found.company_id), found.start, found.end)

    @property
    def value_number(self) -> str:
        return percent(self.coverage.value).removesuffix(" %")

    @property
    def interval_text(self) -> str:
        return span(*self.coverage.interval)

    @property
    def before_text(self) -> str:
        return percent(self.history.before.value) if self.history.before else ""

    @property
    def change_text(self) -> str:
        return points(self.history.change)

    @property
    def lapses(self) -> list[Lapse]:
        return [self._lapse(each) for each in self.coverage.lapsed]

    def _lapse(self, each: OfScenario) -> Lapse:
        return Lapse(
            each,
            points(self.coverage.points(each.n)),
            why_lapsed(each.standing, self.coverage.day),
            _("Verify") if each.standing.verifier else _("Name a verifier"),
            each.standing.playbook in self.readable,
        )

    @cached_property
    def slices(self) -> list[Slice]:
        found, start = [], 0.0
        for part in Part:
            n = self.coverage.parts.get(part, 0)
            share = n / self.coverage.n if self.coverage.n else 0.0
            found.append(Slice(part, n, share, start))
            start += 100 * share
        return found

    @property
    def bar_label(self) -> str:
        told = ", ".join(f"{each.part.label} {each.text}" for each in self.slices)
        return _("Of %(n)s tickets: %(told)s. The line is at 80 %%.") % {
            "n": whole(self.coverage.n),
            "told": told,
        }

    @property
    def gap_text(self) -> str:
        size = {"points": points(100 * ((self.coverage.value or 0) - LINE))}
        if self.coverage.is_below:
            return _("%(points)s points below the line") % size
        return _("%(points)s points above the line") % size

    @cached_property
    def without_due(self) -> str:
        """What it is if those that are due lapse too."""
        due = self.coverage.parts.get(Part.DUE, 0)
        return percent((self.coverage.covered - due) / self.coverage.n) if due else ""

    @property
    def lapsed_points(self) -> str:
        return points(self.coverage.points(self.coverage.parts.get(Part.LAPSED, 0)))

    @property
    def counts(self) -> dict[str, int]:
        """How many of the list there are of each state."""
        states = [each.row.trust for each in self.listed]
        return {
            "all": len(states),
            "lapsed": sum(state in (Trust.EXPIRED, Trust.UNVERIFIED) for state in states),
            "due": states.count(Trust.DUE),
            "verified": states.count(Trust.VERIFIED),
        }

    @property
    def published(self) -> int:
        return sum(each.row.published is not None for each in self.listed)

    @property
    def on_the_way(self) -> int:
        return sum(each.row.at_work is not None for each in self.listed)

    @property
    def lede(self) -> str:
        found = self.coverage
        if not found.n:
            return _("No tickets were opened in the last 90 days, so there is nothing to cover.")
        side = _("below the 80 % line") if found.is_below else _("above the 80 % line")
        said = {"value": percent(found.value), "side": side}
        if self.history.change <= -1:
            first = _("Coverage fell to %(value)s, %(side)s.") % said
        elif self.history.change >= 1:
            first = _("Coverage rose to %(value)s, %(side)s.") % said
        else:
            first = _("%(value)s of your tickets are covered, %(side)s.") % said
        return f"{first} {self._advice()}".strip()

    def _advice(self) -> str:
        found, lapsed = self.coverage, self.coverage.lapsed
        if lapsed:
            said = {"n": len(lapsed), "value": percent(self._with(sum(each.n for each in lapsed)))}
            return (
                ngettext(
                    "Verify the one that lapsed and it is %(value)s again.",
                    "Verify the %(n)s that lapsed and it is %(value)s again.",
                    len(lapsed),
                )
                % said
            )
        if found.is_below and self.to_write:
            first = self.to_write[0].scenario
            return _("Write “%(name)s” and it is %(value)s.") % {
                "name": first.name,
                "value": percent(self._with(first.n)),
            }
        if self.without_due:
            return _("If those that are due lapse it is %(value)s.") % {"value": self.without_due}
        return ""

    def _with(self, n: int) -> float:
        return (self.coverage.covered + n) / self.coverage.n

    @property
    def alarm(self) -> str:
        """What a company that grows should hear; nothing if it is small or covered enough."""
        if not self.coverage.is_below or self.people < START_AT:
            return ""
        said = {"people": self.people, "value": percent(self.coverage.value)}
        if self.people >= DONE_BY:
            return (
                _(
                    "You are %(people)s people and %(value)s of your tickets are covered. This is late: by the tenth "
                    "person 80 %% should be written down. Give somebody hours for the first rows below."
                )
                % said
            )
        return (
            _(
                "You are %(people)s people and %(value)s of your tickets are covered. Now is the time: from the fifth "
                "person on write down what you do, so that 80 %% stands before the tenth comes."
            )
            % said
        )


def coverage_page(member: Member) -> CoveragePage:
    """As a member sees it today."""
    company = member.company
    at = present(company)
    found = coverage(company, at.today, at)
    reader = Reader(member, at.today)
    tickets = {each.id: each.n for each in found.scenarios}
    listed = [
        Listed(row, n, n / found.n if found.n else None)
        for row in rows(member, at.today)
        for n in [tickets.get(row.playbook.scenario_id, 0)]
    ]
    return CoveragePage(
        coverage=found,
        history=history(found),
        to_write=next_to_write(found, reader.may_name),
        listed=listed,
        readable=frozenset(each.row.playbook.id for each in listed),
        people=Member.objects.filter(company_id=company.id).at_work(at.today).count(),
        sets_up=can_set_up(member),
        can_map=can_set_up(member),
    )


def in_state(listed: Sequence[Listed], state: str) -> list[Listed]:
    """Those of the list in a state: lapsed, due or verified; all for any other word."""
    of = {
        "lapsed": (Trust.EXPIRED, Trust.UNVERIFIED),
        "due": (Trust.DUE,),
        "verified": (Trust.VERIFIED,),
    }.get(state)
    return [each for each in listed if of is None or each.row.trust in of]
