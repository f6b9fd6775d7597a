"""The page of the ramp: people who began and, for managers and leaders, how groups of them got on."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Member
from accounts.queries import ids_below
from metrics.definitions import METRICS
from training.models import RideAlong
from training.ramp import SHOWN_FROM, Band, band_of

from .ramp import days_of, milestones_of
from .ramp_reckoning import ramps
from .ramp_starters import TITLES, Ramp, starters
from .settings import settings_of

# The dose of ride-alongs is that of the first days: whoever takes longer would have had time for more.
DOSE_DAYS = timedelta(days=30)
LEAST_SCALE = 40


@dataclass(frozen=True)
class Cell:
    """A band of a group, in words and as places on the scale in per cent."""

    title: str
    band: Band
    scale: int

    @property
    def text(self) -> str:
        band = self.band
        if band.n < SHOWN_FROM:
            return _("too few to show")
        if not band.is_shown:
            return _("%(reached)s of %(n)s are there") % {"reached": band.reached, "n": band.n}
        return _("day %(day)s") % {"day": band.middle}

    @property
    def range_text(self) -> str:
        band = self.band
        if not band.is_shown or band.low is None:
            return ""
        told = {"low": band.low, "high": band.high, "reached": band.reached}
        if band.high is None:
            return _("middle half from %(low)s on; %(reached)s are there") % told
        return _("middle half %(low)s to %(high)s; %(reached)s are there") % told

    def _place(self, day: int | None) -> float:
        return 100 * min(self.scale if day is None else day, self.scale) / self.scale

    @property
    def left(self) -> str:
        return f"{self._place(self.band.low):.1f}%"

    @property
    def width(self) -> str:
        return f"{max(self._place(self.band.high) - self._place(self.band.low), 1):.1f}%"

    @property
    def dot(self) -> str:
        return f"{self._place(self.band.middle):.1f}%"


@dataclass(frozen=True)
class Group:
    name: str
    n: int
    cells: list[Cell]

    @property
    def is_exploratory(self) -> bool:
        return any(cell.band.is_exploratory for cell in self.cells)


@dataclass(frozen=True)
class RampPage:
    """own: of the reader, if they began lately. people: whom the reader may see, the newest first."""

    own: Ramp | None
    people: list[Ramp]
    pair: tuple[str, str]
    holidays: int = 0
    versions: list[Group] = field(default_factory=list)
    cohorts: list[Group] = field(default_factory=list)
    doses: list[Group] = field(default_factory=list)
    hosts: list[Group] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [str(title) for title in TITLES.values()]


def ramp_page(member: Member) -> RampPage:
    """A rep sees the own ramp; a manager the people below; leaders and admins all."""
    settings = settings_of(member.company_id)
    pair = (_title(settings.satisfaction), _title(settings.productivity))
    if not member.leads_people:
        return RampPage(milestones_of(member), [], pair)
    today = member.company.today()
    found = starters(
        member.company_id, today, below=None if member.sees_everybody else ids_below(member, today)
    )
    people = ramps(member.company, found)
    beside = _beside(member.company_id, people)
    return RampPage(
        None,
        people,
        pair,
        len(settings.holidays),
        groups(people, lambda ramp: ramp.starter.version_name or _("On no path")),
        groups(people, lambda ramp: _quarter(ramp.starter.start), reverse=True),
        groups(people, lambda ramp: _dose(len(beside[ramp.starter.member.id]))),
        groups(
            [ramp for ramp in people if beside[ramp.starter.member.id]],
            lambda ramp: Counter(beside[ramp.starter.member.id]).most_common(1)[0][0],
        ),
    )


def groups(people: Sequence[Ramp], name_of: Callable[[Ramp], str], *, reverse: bool = False) -> list[Group]:
    """By name; the scale is the same for all of them."""
    apart: dict[str, list[Ramp]] = {}
    for ramp in people:
        apart.setdefault(name_of(ramp), []).append(ramp)
    found = {name: _bands(apart[name]) for name in sorted(apart, reverse=reverse)}
    scale = max([LEAST_SCALE, *_days(band for bands in found.values() for band in bands.values())]) + 5
    return [
        Group(name, len(apart[name]), [Cell(str(TITLES[key]), band, scale) for key, band in bands.items()])
        for name, bands in found.items()
    ]


def _bands(people: Iterable[Ramp]) -> dict[str, Band]:
    days = [days_of(ramp) for ramp in people]
    return {key: band_of(each[key] for each in days) for key in TITLES}


def _days(bands: Iterable[Band]) -> list[int]:
    return [day for band in bands for day in (band.middle, band.high) if day is not None]


def _quarter(day: date) -> str:
    return _("%(year)s, quarter %(quarter)s") % {"year": day.year, "quarter": (day.month + 2) // 3}


def _dose(rides: int) -> str:
    if not rides:
        return _("0 ride-alongs")
    low = min((rides - 1) // 3 * 3 + 1, 7)
    if low == 7:
        return _("7 ride-alongs or more")
    return _("%(low)s to %(high)s ride-alongs") % {"low": low, "high": low + 2}


def _beside(company_id: int, people: Sequence[Ramp]) -> dict[int, list[str]]:
    """{person: the names of the hosts of the ride-alongs held in their first thirty days}."""
    began = {ramp.starter.member.id: ramp.starter.start for ramp in people}
    rows = RideAlong.objects.filter(
        company_id=company_id, state=RideAlong.State.HELD, enrolment__member_id__in=began
    )
    found: dict[int, list[str]] = {who: [] for who in began}
    for who, host, at in rows.order_by("id").values_list("enrolment__member_id", "host__name", "starts_at"):
        if at.date() < began[who] + DOSE_DAYS:
            found[who].append(host)
    return found


def _title(key: str) -> str:
    return str(METRICS[key].title) if key in METRICS else key
