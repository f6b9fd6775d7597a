"""The page of a path: week by week, with what is to be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import day as in_words
from playbooks.models import Playbook
from playbooks.queries.lists import readable
from training.completion import counted
from training.models import Enrolment, Entry
from training.pace import behind
from training.permissions import can_judge, can_waive

from .parts import Part, Way, way_of
from .people import is_above
from .signoffs import waiting_for
from .weeks import COLUMNS, Week, weeks_of

AHEAD, OTHERS = 4, 4


@dataclass(frozen=True)
class PathPage:
    """today: what the trainee can do now, first things first. asked: what waits for the reader's word here. others:
    what waits for it elsewhere, waiting: how much in all."""

    enrolment: Enrolment
    way: Way
    weeks: Sequence[Week]
    today: Sequence[Part]
    asked: Sequence[Part]
    others: Sequence[Entry]
    waiting: int
    is_own: bool
    may_judge: bool
    may_waive: bool
    done: int
    total: int
    behind: int

    @property
    def per_cent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def columns(self) -> list[str]:
        return [str(kind.label) for kind in COLUMNS]

    @property
    def waits_elsewhere(self) -> list[Part]:
        """Of the trainee: what another one has to say something to."""
        return [part for part in self.way.parts if part.state.key == "waits"]

    @cached_property
    def waivable(self) -> list[Part]:
        return [part for part in self.way.parts if not part.is_done] if self.may_waive else []

    @property
    def lede(self) -> str:
        enrolment, way = self.enrolment, self.way
        if enrolment.state == Enrolment.State.COMPLETED:
            return _("Completed: every required part is done.")
        if enrolment.state == Enrolment.State.WITHDRAWN:
            return _("This path was given up. What was done on it stays.")
        if way.day < 1:
            return _("Starts on %(day)s.") % {"day": in_words(enrolment.starts_on, way.today, "D j M")}
        said = [self._where(), self._asked()]
        return " ".join(each for each in said if each)

    def _where(self) -> str:
        way = self.way
        pace = _("on pace")
        if self.behind:
            pace = ngettext("%(n)s part behind", "%(n)s parts behind", self.behind) % {"n": self.behind}
        if way.week > way.weeks:
            return _("Week %(week)s of a path of %(weeks)s, %(pace)s.") % {
                "week": way.week, "weeks": way.weeks, "pace": pace,
            }  # fmt: skip
        return _("Week %(week)s of %(weeks)s, %(pace)s.") % {
            "week": way.week, "weeks": way.weeks, "pace": pace,
        }  # fmt: skip

    def _asked(self) -> str:
        n = len(self.asked)
        if not n:
            return ""
        return ngettext("One sign-off waits for you.", "%(n)s sign-offs wait for you.", n) % {"n": n}


def path_page(member: Member, enrolment: Enrolment, today: date) -> PathPage:
    """As a reader sees it who may see it."""
    above = not member.sees_everybody and is_above(member, enrolment.member_id)
    waives = can_waive(member, enrolment, above)
    way = way_of(enrolment, today, judges=waives)
    items = [part.item for part in way.parts]
    done, total = counted(items, {part.item.id: part.at for part in way.parts})
    dues = sorted(item.due for item in items if item.is_required)
    asked = [part for part in way.parts if part.at.waits and can_judge(member, enrolment, part.item, above)]
    others = waiting_for(member) if waives else None
    elsewhere = list(others[: OTHERS + 1]) if others is not None else []
    return PathPage(
        enrolment=enrolment,
        way=way,
        weeks=weeks_of(way, _urls(member, way), enrolment.member_id == member.id),
        today=to_do(way) if enrolment.is_active else [],
        asked=sorted(asked, key=lambda part: part.asked.id if part.asked else 0),
        others=elsewhere[:OTHERS],
        waiting=len(elsewhere),
        is_own=enrolment.member_id == member.id,
        may_judge=waives,
        may_waive=waives,
        done=done,
        total=total,
        behind=behind(done, dues, way.day),
    )


def to_do(way: Way) -> list[Part]:
    """What can be gone on with now, by when it is due; what is required comes first on the same day."""
    parts = [part for part in way.parts if part.is_to_do or part.state.key == "planned"]
    return sorted(parts, key=lambda part: (part.due_on, not part.item.is_required))[:AHEAD]


def _urls(member: Member, way: Way) -> dict[int | None, str]:
    """{playbook id: its address} of those that the reader may open."""
    ids = [each.module.playbook_id for each in way.chapters if each.module.playbook_id]
    found: Any = readable(member).filter(id__in=ids) if ids else Playbook.objects.none()
    return {id: reverse("playbooks:show", args=[id]) for id in found.values_list("id", flat=True)}
